"""Merges of groups in every post store: stored once, followed by every read, and never past a person's decision."""

from dataclasses import replace

import pytest

from pipeline.domain.errors import LostRace, StaleWorker
from pipeline.domain.event import Batch, Event, Value
from pipeline.domain.group_merge import Found, GroupMerge, MergeProposal
from pipeline.domain.seen import NOTHING, data_of_seen
from pipeline.ports import IncidentLog, PostStore, Work
from tests.contracts.conftest import Pair
from tests.stored import MONDAY, OTHER, UNIT, a_group, a_mention, a_post, work


def a_merge(absorbed: str, into: str, order: int = 9, **changes: object) -> GroupMerge:
    """Return a merge behind the ninth post of the unit."""
    merge = GroupMerge(UNIT, absorbed, into, order=order, post="p9", similarity=2_500, posters=4, seen_seq=0)
    return replace(merge, **changes)  # type: ignore[arg-type]  # the fields of GroupMerge, as tests name them


def merging(*merges: GroupMerge, to: int, rows: tuple[str, ...] = ()) -> Work:
    """Return a step that found merges."""
    return replace(work(groups=[a_group(group) for group in rows], to=to), found=Found(merges))


def of_three_groups(posts: PostStore) -> None:
    """Groups g1, g2 and g3 stand, of a post each."""
    several = [a_post(number) for number in (1, 2, 3)]
    mentions = [a_mention(post, group=f"g{n}", order=n) for n, post in enumerate(several, start=1)]
    posts.commit(work(several, mentions, [a_group(f"g{n}") for n in (1, 2, 3)]))


def decide(log: IncidentLog, type_: str, group: str, incident: str = "", **data: Value) -> None:
    """A decision about a group stands in the log."""
    seq, previous = log.head(UNIT)
    seen: dict[str, Value] = {group: data_of_seen(NOTHING)}
    event = Event(type_, 1, MONDAY, incident, "account:duty-1", {"group": group, "seen": seen, **data})
    log.append(Batch(UNIT, seq + 1, previous, f"c{seq + 1}", (event,)), [])


def test_merges_come_back_in_order_each_once(posts: PostStore) -> None:
    """A step that is worked again stores nothing twice; another unit has none."""
    of_three_groups(posts)
    steps = [merging(a_merge("g3", "g2"), a_merge("g2", "g1"), to=2), merging(a_merge("g3", "g2"), to=3)]
    for step in steps:
        posts.commit(step)
    assert posts.merges(UNIT) == [a_merge("g3", "g2"), a_merge("g2", "g1")]
    assert posts.merges(OTHER) == []


def test_reads_follow_the_merges(posts: PostStore) -> None:
    """An absorbed group has no row; its id answers with the group that it is part of, and mentions stay as decided."""
    of_three_groups(posts)
    posts.commit(merging(a_merge("g3", "g2"), a_merge("g2", "g1"), to=2, rows=("g1",)))
    for group in ("g1", "g2", "g3"):
        view = posts.group(UNIT, group)
        assert view is not None
        assert view.row.id == "g1"
        assert [mention.group for mention in posts.members(UNIT, group)] == ["g1", "g2", "g3"]
    page = posts.groups(UNIT, todo_only=False, cursor=None, limit=9)
    assert [view.row.id for view in page.rows] == ["g1"]
    assert posts.group(OTHER, "g3") is None


@pytest.mark.parametrize("decided", ["g1", "g2"])
def test_a_merge_that_does_not_know_of_a_decision_is_stale(stores: Pair, decided: str) -> None:
    """Nothing of the step is stored; decided anew under the newer log, it is."""
    of_three_groups(stores.posts)
    decide(stores.log, "group_set_aside", decided, how="filed")
    with pytest.raises(StaleWorker):
        stores.posts.commit(merging(a_merge("g2", "g1"), to=2))
    assert (stores.posts.merges(UNIT), stores.posts.position("bus-1", 0)) == ([], work(to=1).position)
    stores.posts.commit(merging(a_merge("g2", "g1", seen_seq=1), to=2))
    assert len(stores.posts.merges(UNIT)) == 1


def test_a_worker_that_did_not_know_of_a_merge_is_stale(posts: PostStore) -> None:
    """It gives a group another end, or puts a new post into a group that is no more; a repeat is no new post."""
    of_three_groups(posts)
    posts.commit(merging(a_merge("g2", "g1"), to=2))
    late, early = a_post(9), a_post(2)
    for step in (merging(a_merge("g2", "g3"), to=3), work([late], [a_mention(late, group="g2", order=10)], to=3)):
        with pytest.raises(StaleWorker):
            posts.commit(step)
    assert posts.commit(work([early], [a_mention(early, group="g2", order=2)], to=3)) == 0
    assert (posts.post("p9"), posts.merges(UNIT)) == (None, [a_merge("g2", "g1")])


def test_nobody_decides_about_a_group_that_was_absorbed_meanwhile(stores: Pair) -> None:
    """The race is lost, the log stands as it was, and whoever decides again sees the group that it is part of."""
    of_three_groups(stores.posts)
    stores.posts.commit(merging(a_merge("g2", "g1"), to=2, rows=("g1",)))
    with pytest.raises(LostRace):
        decide(stores.log, "group_set_aside", "g2", how="filed")
    assert stores.log.head(UNIT)[0] == 0
    decide(stores.log, "group_set_aside", "g1", how="filed")
    view = stores.posts.group(UNIT, "g2")
    assert view is not None
    assert view.mark is not None
    assert view.mark.group == "g1"


def test_a_split_reaches_the_posts_of_absorbed_groups(stores: Pair) -> None:
    """However they came into the group, the named ones leave it; the projections made anew say the same."""
    of_three_groups(stores.posts)
    stores.posts.commit(merging(a_merge("g3", "g2"), a_merge("g2", "g1"), to=2, rows=("g1",)))
    seq, previous = stores.log.head(UNIT)
    data: dict[str, Value] = {"group": "g1", "into": "g7", "posts": ["p3"]}
    event = Event("group_split", 1, MONDAY, "", "account:duty-1", data)
    stores.log.append(Batch(UNIT, seq + 1, previous, "split", (event,)), [])
    for _ in range(2):
        assert [mention.post for mention in stores.posts.members(UNIT, "g1")] == ["p1", "p2"]
        assert [mention.post for mention in stores.posts.members(UNIT, "g7")] == ["p3"]
        stores.log.reproject(UNIT)


def test_what_is_kept_is_kept_with_all_that_it_absorbed(posts: PostStore) -> None:
    """An owned group loses no post to age, whichever group it came from; a group without posts has no row."""
    of_three_groups(posts)
    posts.commit(merging(a_merge("g2", "g1"), to=2, rows=("g1",)))
    late = MONDAY * 2
    assert posts.drop_parts(late, late, frozenset({(UNIT, "g1")})) == 1
    assert [mention.post for mention in posts.members(UNIT, "g1")] == ["p1", "p2"]
    assert [view.row.id for view in posts.groups(UNIT, todo_only=False, cursor=None, limit=9).rows] == ["g1"]


def test_the_row_of_a_merged_group_goes_with_its_last_post(posts: PostStore) -> None:
    """Not before: a post of an absorbed group is one of its posts."""
    of_three_groups(posts)
    posts.commit(merging(a_merge("g3", "g2"), a_merge("g2", "g1"), to=2, rows=("g1",)))
    assert posts.drop_parts(MONDAY * 2, MONDAY * 2, frozenset(), frozenset({"p3"})) == 2
    assert posts.group(UNIT, "g1") is not None
    assert [mention.post for mention in posts.members(UNIT, "g1")] == ["p3"]


def test_proposals_come_back_in_order_each_pair_once(posts: PostStore) -> None:
    """The first evidence stays; what people answered is in the log and not here."""
    first = MergeProposal(UNIT, "g1", "g2", order=4, post="p4", similarity=3_000, at=MONDAY)
    again, other = replace(first, order=6, post="p6"), replace(first, other="g3", order=5)
    posts.commit(replace(work(to=1), found=Found((), (first,))))
    posts.commit(replace(work(to=2), found=Found((), (other, again))))
    assert posts.proposals(UNIT) == [first, other]
    assert posts.proposals(OTHER) == []
