"""Members of a group and its row: the same members always give the same row."""

from dataclasses import replace

from pipeline.domain.group import TodoReason
from pipeline.domain.member import Member, by_order, members_of, row_of
from tests import stored
from tests.builders import DAY, HOUR, MONDAY, UNIT

ONE = Member(
    post="a",
    order=0,
    occurred_at=MONDAY,
    collected_at=MONDAY,
    source="forum",
    is_repost=False,
    posters=1,
    about=None,
    needs_help=False,
    grave_level=0,
    addressed=False,
    is_silent=False,
    line="养老服务",
    place="柳湾镇",
    todo=TodoReason.UNCLEAR,
)


def test_a_row_does_not_depend_on_the_order_in_which_members_are_given() -> None:
    """A reload may find them in any order."""
    members = [replace(ONE, post=name, order=number) for number, name in enumerate("abc")]

    assert row_of(UNIT, "g", members) == row_of(UNIT, "g", reversed(members))


def test_a_repost_adds_weight_and_nobody() -> None:
    """It is counted as a repost, not as a post, and its writer is no further poster."""
    row = row_of(UNIT, "g", [ONE, replace(ONE, post="b", order=1, is_repost=True)])

    assert (row.posts, row.reposts, row.posters) == (1, 1, 1)


def test_posts_of_more_than_two_weeks_ago_are_not_recent() -> None:
    """New matter counts 14 days back from the newest post."""
    old = replace(ONE, occurred_at=MONDAY - 15 * DAY)
    row = row_of(UNIT, "g", [old, replace(ONE, post="b", order=1)])

    assert (row.posts, row.recent_posts) == (2, 1)


def test_a_silent_post_is_counted_but_is_not_recent() -> None:
    """What came late or was found by a changed rule raises nothing."""
    row = row_of(UNIT, "g", [ONE, replace(ONE, post="b", order=1, is_silent=True)])

    assert (row.posts, row.silent_posts, row.recent_posts) == (2, 1, 1)


def test_a_group_is_about_us_if_any_post_says_so() -> None:
    """One clear voice outweighs those that abstain; without one, an abstention outweighs a no."""
    yes, no = replace(ONE, post="b", order=1, about=True), replace(ONE, post="c", order=2, about=False)

    assert row_of(UNIT, "g", [ONE, yes, no]).about is True
    assert row_of(UNIT, "g", [ONE, no]).about is None
    assert row_of(UNIT, "g", [no]).about is False


def test_the_strongest_reason_makes_the_to_do() -> None:
    """A message to the unit outweighs a post that the machine is not sure of."""
    addressed = replace(ONE, post="b", order=1, todo=TodoReason.ADDRESSED, addressed=True)

    assert row_of(UNIT, "g", [ONE, addressed]).todo is TodoReason.ADDRESSED
    assert row_of(UNIT, "g", [replace(ONE, todo=None)]).todo is None


def test_the_first_post_of_its_own_names_the_matter() -> None:
    """A repost that came first through another source does not."""
    repost = replace(ONE, post="r", order=0, is_repost=True)
    own = replace(ONE, post="own", order=1, occurred_at=MONDAY + HOUR)

    assert row_of(UNIT, "g", [repost, own]).lead == "own"


def test_two_posts_that_were_given_one_order_are_never_mixed() -> None:
    """A partition moved between two commits, and both workers had counted to the same order."""
    one, other = stored.a_post(1), stored.a_post(2)
    rows = [
        (stored.a_mention(other, order=5), other),
        (stored.a_mention(one, order=5), one),
        (stored.a_mention(other, order=5, rule="second"), other),
        (stored.a_mention(one, order=6, rule="second"), one),
    ]
    told = [(post.id, [mention.rule for mention in mentions]) for mentions, post in by_order(rows)]

    assert told == [("p1", ["subsidy"]), ("p2", ["subsidy", "second"]), ("p1", ["second"])]
    assert set(members_of(rows)["g1"]) == {"p1", "p2"}
    assert list(by_order(rows)) == list(by_order([rows[1], rows[0], *rows[2:]]))
