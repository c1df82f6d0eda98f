"""An office's answer belongs to what it answers: nobody's complaint, no message to the unit, no alert."""

from collections.abc import Sequence

import pytest

from pipeline.domain.member import member_of, row_of
from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.post import Kind, Origin, Post
from tests.builders import HOUR, MONDAY, UNIT, FixedClassifier, a_post, a_rule, an_opinion, written_by
from tests.worker_house import House

ASKED = "低保金两个月没有发了，问了只说等通知"
GRAVE = a_rule("饿死", id="grave", grave=True, grave_level=1)
REPLIES = (
    "您好，您反映的低保金发放问题已收悉，我局正在核实，请您耐心等待。",
    "您好，经核实，低保金将于本月补发，感谢您对民政工作的支持。",
    "您好，低保金已经补发到账，如有疑问请到窗口咨询，祝您生活愉快。",
)


def an_answer(number: int, text: str = REPLIES[0], *, to: Post | None, **changes: object) -> Post:
    thread = None if to is None else to.id
    at = MONDAY + number * HOUR
    return a_post(f"answer {number}", text, at=at, kind=Kind.ANSWER, thread=thread, source="board", **changes)


def a_house() -> House:
    complaint = an_opinion(about=True, act="投诉", need=True)
    return House(a_rule("低保"), GRAVE, classifier=FixedClassifier({"": complaint}))


def mentions_of(house: House, post: Post) -> Sequence[Mention]:
    return house.posts.mentions_of(UNIT, post.id)


def test_answers_count_as_nobodys_post_and_open_nothing() -> None:
    """Three of them would be a new matter, had three people written them."""
    house, question = a_house(), a_post("question", ASKED, source="board", tokens=written_by("甲"))
    answers = [an_answer(n, text, to=question) for n, text in enumerate(REPLIES, start=1)]
    house.work(question, *answers)
    (view,) = house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows
    kept = [mentions_of(house, each)[0] for each in answers]

    assert [(mention.group, mention.posters) for mention in kept] == [(view.row.id, 1)] * 3
    assert (view.row.posts, view.row.posters, view.row.needs, view.row.last_at) == (1, 1, 1, MONDAY)
    assert house.opened() == []
    assert [post.id for _, post in house.posts.needs(UNIT, 10)] == [question.id]


@pytest.mark.parametrize("origin", [Origin.MESSAGE, Origin.LETTER])
def test_an_answer_on_a_message_board_is_no_message_to_the_unit(origin: Origin) -> None:
    """The question opens its incident; the answer adds no line that would have to be answered in turn."""
    house, question = a_house(), a_post("question", ASKED, source="board", origin=origin)
    house.work(question, an_answer(1, to=question, origin=origin))
    (found,) = [house.log.incident(UNIT, view.row.incident) for view in house.posts.changed_groups(UNIT, 0)[1]]

    assert house.opened() == ["addressed"]
    assert found is not None
    assert [line.post for line in found.lines] == [question.id]


def test_an_answer_that_no_rule_meets_belongs_to_its_question_all_the_same() -> None:
    """Offices rarely repeat the word that somebody watches."""
    house, question = a_house(), a_post("question", ASKED, source="board")
    answer = an_answer(1, "您好，您反映的问题已收悉。", to=question)
    house.work(question)
    house.work(answer)

    assert [mention.rule for mention in mentions_of(house, answer)] == ["answer"]
    assert mentions_of(house, answer)[0].group == mentions_of(house, question)[0].group


def test_an_answer_to_what_is_no_matter_of_ours_is_only_stored() -> None:
    """Its question met no rule, or is not known here."""
    house, question = a_house(), a_post("question", "路灯坏了很久", source="board")
    answers = an_answer(1, "您好，已转交相关部门。", to=question), an_answer(2, "您好，请直接咨询。", to=None)
    house.work(question, *answers)

    assert list(house.posts.mentions(UNIT, 0)) == []


def test_an_answer_without_its_question_asks_nobody() -> None:
    """A rule meets it, so it is found among the mentions; there is nothing to do about it."""
    house = a_house()
    answer = an_answer(1, to=None)
    house.work(answer)

    assert [mention.group for mention in mentions_of(house, answer)] == [None]
    assert house.posts.groups(UNIT, todo_only=False, cursor=None, limit=10).rows == []


def test_a_grave_word_in_an_answer_is_no_grave_matter() -> None:
    """The office denies what was said; the alarm is for those who say it."""
    house, question = a_house(), a_post("question", ASKED, source="board")
    answer = an_answer(1, "网传低保户饿死一事不实，经核实老人健在。", to=question)
    house.work(question, answer)

    assert not any(mention.grave for mention in mentions_of(house, answer))
    assert house.opened() == []


def test_the_offices_words_draw_nobody_elses_post_to_them() -> None:
    """What repeats an answer word for word is a post of its own, and no repost of the office."""
    house, question = a_house(), a_post("question", ASKED, source="board")
    said = "低保年度复核工作自十二月一日起进行，请带身份证和户口本到村里办理，逾期不办的将停发。"
    again = a_post("citizen", said, at=MONDAY + 3 * HOUR)
    house.work(question, an_answer(1, said, to=question))
    house.work(again)

    assert mentions_of(house, again)[0].repost_of is None
    assert mentions_of(house, again)[0].group != mentions_of(house, question)[0].group


def test_a_worker_that_was_started_again_counts_answers_as_little() -> None:
    """What an answer is stands in its post, so a reload decides alike."""
    house, question = a_house(), a_post("question", ASKED, source="board")
    house.work(question, an_answer(1, to=question))
    before = house.posts.changed_groups(UNIT, 0)[1]
    house.worker = house.hire()
    house.worker.load()
    house.work(an_answer(2, REPLIES[1], to=question))
    (view,) = house.posts.changed_groups(UNIT, 0)[1]

    assert view.row == before[0].row


def test_answers_that_a_split_left_alone_ask_nobody() -> None:
    """Their question was moved elsewhere; the group stands, and is no row of the queue."""
    house, question = a_house(), a_post("question", ASKED, source="board")
    answer = an_answer(1, to=question)
    house.work(question, answer)
    member = member_of(mentions_of(house, answer), answer)

    assert row_of(UNIT, "left", [member]).todo is None


def test_an_answer_is_not_asked_for_an_opinion_of_its_own() -> None:
    """Its mention abstains on every head, whatever the classifier would hold of such words."""
    house, question = a_house(), a_post("question", ASKED, source="board")
    answer = an_answer(1, to=question)
    house.work(question, answer)

    assert {mention.opinion for mention in mentions_of(house, answer)} == {Opinion()}
