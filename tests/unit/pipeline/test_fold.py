"""The fold: what an edit changes of a member, and how many people wrote, whatever order posts come in."""

from dataclasses import replace

from api.bundled import bundled_lines
from pipeline.domain.group_merge import FREE, Standing
from pipeline.domain.mention import Opinion
from pipeline.domain.post import Origin, Post
from pipeline.stages.fold import Candidate, UnitMemory
from pipeline.stages.folded import Folded
from pipeline.stages.match import Match
from tests.builders import DAY, HOUR, MONDAY, UNIT, a_post, a_rule, an_opinion, written_by

SAID = "柳湾养老院的饭是凉的，老人吃了拉肚子，没人管"
TITLE = "柳湾养老院饭凉"
THREE = (
    "午饭端上来就是冷的，我妈不敢吃，柳湾养老院到底管不管",
    "我爸也住柳湾养老院，天天剩菜，找院长三次没用",
    "柳湾养老院伙食费刚涨，菜反而更差了，民政局来看看",
)
OURS, NOT_OURS = an_opinion(about=True), an_opinion(about=False)


def fold(memory: UnitMemory, post: Post, opinion: Opinion = OURS) -> Folded:
    return memory.fold(Candidate(post, (Match(a_rule("养老院"), ()),), opinion), seen_seq=0)


def edited(post: Post, text: str, *, after: int = HOUR) -> Post:
    return replace(a_post(str(post.given_id), text), collected_at=post.collected_at + after, tokens=post.tokens)


def test_a_post_that_an_edit_brings_in_is_remembered_like_a_new_one() -> None:
    """What repeats it joins its group, and its writer is counted."""
    memory, post = UnitMemory(UNIT, ()), a_post(1, "养老院旁边的火车真吵", tokens=written_by("甲"))
    fold(memory, post, NOT_OURS)
    (mention,) = fold(memory, edited(post, SAID)).mentions
    repost = fold(memory, a_post(2, f"转：{SAID}", at=MONDAY + 2 * HOUR)).mentions[0]

    assert mention.posters == 1
    assert (repost.group, repost.repost_of) == (mention.group, post.id)


def test_a_repost_stays_a_repost_when_an_edit_turns_it_off_topic() -> None:
    """What was decided about a post is not decided again, so nobody new has spoken."""
    memory, repost = UnitMemory(UNIT, ()), a_post(2, f"转：{SAID}", at=MONDAY + HOUR)
    fold(memory, a_post(1, SAID))
    fold(memory, repost)
    (mention,) = fold(memory, edited(repost, "养老院旁边的火车真吵"), NOT_OURS).mentions
    row = memory.row(str(mention.group))

    assert mention.repost_of is not None
    assert (row.posts, row.reposts) == (1, 1)


def three_people(*hours: int) -> tuple[UnitMemory, Post, str]:
    """Return a memory of three people who wrote in one group at these hours, the first post, and the group."""
    memory = UnitMemory(UNIT, ())
    posts = [
        a_post(number, text, at=MONDAY + hour * HOUR, title=TITLE, tokens=written_by(person))
        for number, (text, hour, person) in enumerate(zip(THREE, hours, "甲乙丙", strict=True))
    ]
    for post in posts:
        fold(memory, post)
    return memory, posts[0], str(memory.group_of(posts[0].id))


def test_an_edit_of_an_early_post_takes_nobody_out_of_the_count() -> None:
    """An edit that comes last, four days later, hides neither the post nor those who wrote since."""
    memory, first, group = three_people(0, 24, 48)
    before = memory.row(group)
    fold(memory, replace(edited(first, f"{first.text}！", after=4 * DAY), title=TITLE))
    after = memory.row(group)

    assert (before.recent_posts, before.recent_posters) == (3, 3)
    assert (after.recent_posts, after.recent_posters, after.silent_posts) == (3, 3, 0)


def test_an_edited_first_post_still_names_the_matter() -> None:
    """A member is a post and keeps its place, whatever becomes of its text."""
    memory, first, group = three_people(0, 1, 2)
    fold(memory, replace(edited(first, f"{first.text}！", after=DAY), title=TITLE))

    assert memory.row(group).lead == first.id


def test_a_post_that_comes_late_counts_those_who_wrote_after_it() -> None:
    """Posts of several sources arrive in any order; how many people wrote does not depend on it."""
    memory, _, group = three_people(10, 11, 5)

    assert memory.row(group).recent_posters == 3


def test_a_message_about_a_closed_matter_begins_a_group_that_names_it() -> None:
    """It never joins a closed incident; an edit of it keeps the link, and a post that is no message is not linked."""
    closed: set[str] = set()
    memory = UnitMemory(UNIT, (), lambda group: Standing("i1") if group in closed else FREE)
    (first,) = fold(memory, a_post(1, SAID)).mentions
    closed.add(str(first.group))
    letter = replace(a_post(2, SAID, at=MONDAY + HOUR), origin=Origin.MESSAGE)
    (mention,) = fold(memory, letter).mentions
    (joined,) = fold(memory, a_post(3, SAID, at=MONDAY + 2 * HOUR)).mentions

    assert (mention.linked, mention.group != first.group) == (first.group, True)
    assert memory.row(str(mention.group)).linked == first.group
    assert joined.linked is None
    fold(memory, replace(letter, version="v2", text=f"{SAID}，补充"))
    assert memory.row(str(mention.group)).linked == first.group


def test_a_posts_line_is_the_units_line_for_what_the_classifier_says() -> None:
    """Decided once and kept in every mention of the post, so a later change of the table rewrites no row."""
    memory = UnitMemory(UNIT, (), lines=bundled_lines())
    wide, named = (Match(a_rule("民政局", id=str(n), service_line=line), ()) for n, line in enumerate(["其他", "低保"]))
    said = an_opinion(about=True, service_line="殡葬服务")
    mentions = memory.fold(Candidate(a_post(1, SAID), (wide,), said), seen_seq=0).mentions
    both = memory.fold(Candidate(a_post(2, "低保没到账"), (wide, named), said), seen_seq=0).mentions

    assert [mention.service_line for mention in (*mentions, *both)] == ["殡葬管理", "低保", "低保"]
    assert memory.row(str(mentions[0].group)).line == "殡葬管理"
