"""What the machine may do with two groups that are one matter, and what is left of the groups that it merged."""

import pytest

from pipeline.domain.group_merge import (
    FREE,
    Counted,
    GroupMerge,
    MergesInOrder,
    Outcome,
    Standing,
    counted_of,
    outcome,
    survivors,
)

OPEN_1, OPEN_2 = Standing("i1", is_open=True), Standing("i2", is_open=True)
CLOSED = Standing("i3")
ASIDE = Standing(is_left_alone=True)
SPLIT = Standing("i1", is_open=True, is_left_alone=True)


def a_merge(absorbed: str, into: str, order: int = 0, posters: int = 1) -> GroupMerge:
    """Return a merge."""
    return GroupMerge("u", absorbed, into, order=order, post="p", similarity=3_000, posters=posters, seen_seq=0)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (FREE, FREE, Outcome.MERGE),
        (FREE, OPEN_1, Outcome.MERGE),
        (OPEN_1, OPEN_2, Outcome.PROPOSE),
        (OPEN_1, OPEN_1, Outcome.NOTHING),
        (FREE, CLOSED, Outcome.NOTHING),
        (OPEN_1, CLOSED, Outcome.NOTHING),
        (FREE, ASIDE, Outcome.NOTHING),
        (OPEN_1, ASIDE, Outcome.NOTHING),
        (FREE, SPLIT, Outcome.NOTHING),
        (OPEN_2, SPLIT, Outcome.NOTHING),
    ],
)
def test_the_machine_merges_while_at_most_one_is_owned(one: Standing, other: Standing, expected: Outcome) -> None:
    """Between two opened incidents it only proposes; closed matters and what people decided it leaves alone."""
    assert outcome(one, other) is outcome(other, one) is expected


def test_an_absorbed_group_is_part_of_what_absorbed_the_other_later() -> None:
    """However many merges followed."""
    merges = [a_merge("b", "a"), a_merge("d", "c", 1), a_merge("c", "a", 2)]
    assert survivors(merges) == {"b": "a", "c": "a", "d": "a"}


def test_merges_are_handed_out_behind_the_order_in_which_they_happened() -> None:
    """Before the next mention, each once, those of one order as they were made."""
    merges = [a_merge("b", "a", 3), a_merge("c", "a", 3), a_merge("d", "a", 7)]
    in_order = MergesInOrder(merges)
    assert [[merge.absorbed for merge in in_order.before(order)] for order in (3, 4, 5, 7)] == [[], ["b", "c"], [], []]
    assert [merge.absorbed for merge in in_order.rest()] == ["d"]
    assert in_order.rest() == []


def test_a_count_of_people_goes_with_the_group_that_survives() -> None:
    """The newest merge says how many there were then, and the most that any saw is kept."""
    merges = [a_merge("b", "a", 1, posters=5), a_merge("a", "c", 4, posters=2)]
    assert counted_of(merges) == {"c": Counted(order=4, posters=2, most=5)}


def test_a_message_never_joins_a_group_whose_incident_is_closed() -> None:
    """A free one, and one of an open incident, it may join."""
    assert [standing.takes_messages for standing in (FREE, OPEN_1, CLOSED, ASIDE)] == [True, True, False, True]
