"""A digest is a pure function of the log up to its cut and of the texts by id; it quotes what may be quoted."""

from dataclasses import replace

import pytest

from pipeline.domain.command import Acknowledge, NeedContacted, Open, SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.incident_command import Comment
from pipeline.domain.post import Origin, Visibility
from pipeline.domain.week import week_of
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.week_close import WeekCoverage
from tests.builders import HOUR, MONDAY, UNIT, a_post
from tests.digest_house import WEEK, DigestHouse
from tests.matters import a_note, a_row

WHO = "account:zhiban"
SAID = "云汐县城关镇养老院停水三天没人管"


def open_matter(house: DigestHouse, text: str = SAID, **changes: object) -> str:
    """Somebody has written about a matter, and it was opened; returns the incident's id."""
    post = a_post(text, text, at=MONDAY + HOUR, **changes)
    house.at(MONDAY + 4 * HOUR)
    group = next(row.id for row in house.works(post) if row.lead == post.id)
    if house.desk.state(UNIT).incident_of(group) is None:
        house.does(Open(command_id=f"open-{group}", actor=WHO, group=group))
    incident = house.desk.state(UNIT).incident_of(group)
    assert incident is not None
    return incident.id


def test_a_digest_made_again_has_the_same_bytes() -> None:
    """Whatever was decided, and however a matter has grown, since the week was cut."""
    house = DigestHouse()
    incident = open_matter(house)
    house.closes()
    first = house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name))
    house.does(Acknowledge(command_id="a", actor=WHO, incident=incident))
    house.works(*(a_post(f"late{n}", f"{SAID}，还是没水", at=house.now - HOUR) for n in range(3)))
    house.closes(week_of(WEEK.until))
    again = house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name))
    assert again == first
    assert incident in first.html
    assert SAID in first.text


def test_an_erased_text_is_shown_as_erased_and_nothing_else_changes() -> None:
    """The digest keeps its form; the words are gone from it too."""
    house = DigestHouse()
    open_matter(house)
    cut = house.closes()
    before = house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name))
    house.house.posts.erase(frozenset(one.post for one in cut.matters), house.now)
    after = house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name))
    assert SAID in before.html
    assert SAID not in after.html + after.text
    assert "（原文已删除）" in after.text
    assert after.quoted == ()
    assert after.text.splitlines()[-3:] == before.text.splitlines()[-3:]


@pytest.mark.parametrize(
    ("text", "changes"),
    [
        pytest.param("求助：养老院里的老人没钱看病", {}, id="a-plea-for-help"),
        pytest.param("养老院隔壁的孩子每天被关在门外", {}, id="a-child"),
        pytest.param(SAID, {"origin": Origin.LETTER, "visibility": Visibility.INTERNAL}, id="a-letter"),
        pytest.param(SAID, {"origin": Origin.HOTLINE, "visibility": Visibility.INTERNAL}, id="a-hotline-order"),
    ],
)
def test_nothing_of_needs_minors_or_letters_is_quoted(text: str, changes: dict[str, object]) -> None:
    """The matter is named, its words are not."""
    house = DigestHouse()
    incident = open_matter(house, text, **changes)
    house.closes()
    letter = house.editor.letter(house.editor.digests.of_week(UNIT, WEEK.name))
    assert text not in letter.html + letter.text
    assert incident in letter.text
    assert letter.quoted == ()


def test_a_complaint_about_staff_is_named_by_its_id_alone_and_asks_the_leader() -> None:
    """Neither among the week's matters, nor with place or service line, until the leader has decided."""
    house = DigestHouse()
    view = house.house.posts
    incident = open_matter(house)
    group = house.desk.state(UNIT).incidents[incident].group
    found = view.group(UNIT, group)
    assert found is not None
    view.rebuild_groups(UNIT, [replace(found.row, conduct=True)])
    cut = house.closes()
    digest = house.editor.digests.of_week(UNIT, WEEK.name)
    assert (cut.conduct, digest.matters) == ((incident,), ())
    row = house.editor.view(digest).decide[0]
    assert (row.matter, "反映工作人员作风" in row.why) == (f"编号 {incident[:8]}", True)


def test_a_week_that_ended_while_nothing_ran_is_cut_where_it_ended() -> None:
    """Two weeks later: what was decided since then belongs to the week in which it was decided."""
    house = DigestHouse()
    incident = open_matter(house)
    house.at(WEEK.until + 9 * DAY)
    house.does(Acknowledge(command_id="a", actor=WHO, incident=incident))
    cut = house.closes(days_later=14)
    later = house.closes(week_of(WEEK.until), days_later=7)
    assert (cut.counts["new"], cut.until_seq) == (1, 1)
    assert (later.counts["new"], later.until_seq) == (0, 1)
    assert house.editor.digests.of_week(UNIT, later.week).numbers[0].last == 1
    assert house.closes(week_of(WEEK.until + 8 * DAY), days_later=7).until_seq == 2


def test_a_count_of_nothing_found_is_unknown_while_a_source_is_dead() -> None:
    """And so is its comparison a week later; what people decided is known."""
    house = DigestHouse()
    house.covers = WeekCoverage(1, 2, {"forum": MONDAY})
    house.closes()
    new, verified, *_ = house.editor.digests.of_week(UNIT, WEEK.name).numbers
    assert (new.value, verified.value) == (None, 0)
    house.covers = WeekCoverage(2, 2)
    following = week_of(WEEK.until)
    house.closes(following)
    new, verified, *_ = house.editor.digests.of_week(UNIT, following.name).numbers
    assert (new.value, new.last, verified.last) == (0, None, 0)


def test_a_number_stands_beside_last_week_and_the_median_of_four() -> None:
    """The median is exact, also between two numbers; weeks before the first are left out."""
    house = DigestHouse()
    found: list[str] = []
    for number in range(5):
        week = week_of(MONDAY + number * 7 * DAY)
        for _ in range(number):
            post = f"n{len(found)}"
            found.append(post)
            house.at(week.since + DAY)
            house.does(NeedContacted(command_id=post, actor=WHO, post=post))
        house.closes(week)
    last = house.editor.digests.of_week(UNIT, week.name).found["contacted"]
    assert (last.value, last.last, last.median_doubled) == (4, 3, 3)


def test_a_week_is_closed_once_whoever_asks() -> None:
    """The second one is told that nothing was done."""
    house = DigestHouse()
    house.closes()
    assert house.closer.close(UNIT, WEEK) is None
    assert [batch.command for batch in house.desk.log.read(UNIT, 0)] == [f"week:{WEEK.name}"]


def test_a_week_that_is_not_closed_has_a_preview_and_no_digest() -> None:
    """The preview says that it is one, and leaves no trace."""
    house = DigestHouse()
    incident = open_matter(house)
    with pytest.raises(Refused, match="INC-306"):
        house.editor.digests.of_week(UNIT, WEEK.name)
    letter = house.editor.letter(house.editor.digests.preview(UNIT))
    assert incident in letter.html
    assert "预览" in letter.text
    assert house.desk.state(UNIT).weeks == {}


def test_at_most_five_matters_the_gravest_first() -> None:
    """Each in four lines."""
    house = DigestHouse()
    texts = [
        "城关镇养老院停水三天",
        "青石镇那家敬老院的饭菜又冷又少",
        "县养老院收费涨了一倍不给收据",
        "敬老院电梯坏了两个月，轮椅下不来楼",
        "夜里养老院一个值班的人都找不到",
        "养老院空调不开，屋里闷热难当",
    ]
    incidents = [open_matter(house, text) for text in texts]
    house.does(SetLevel(command_id="l", actor=WHO, incident=incidents[-1], level=1, note=a_note()))
    house.does(Comment(command_id="c", actor=WHO, incident=incidents[0], note=a_note("n2")))
    house.closes()
    digest = house.editor.digests.of_week(UNIT, WEEK.name)
    assert len(digest.matters) == 5
    assert digest.matters[0].incident.id == incidents[-1]
    assert {len(row.lines) for row in house.editor.view(digest).matters} == {4}
    assert a_row().conduct is False
