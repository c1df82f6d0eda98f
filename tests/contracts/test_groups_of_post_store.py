"""How every PostStore lists groups for the desk, with the marks that the log leaves on them."""

from dataclasses import replace

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.event import GENESIS, Batch, Event, Value
from pipeline.domain.group import TodoReason
from pipeline.domain.post import Millis
from pipeline.ports import IncidentLog, PostStore
from tests.contracts.conftest import Pair
from tests.stored import HOUR, MONDAY, OTHER, UNIT, a_group, a_mention, a_post, work


def decide(log: IncidentLog, type_: str, group: str, *, at: Millis = MONDAY, **data: str | int) -> Batch:
    """A decision about one group stands in the log."""
    seq, previous = log.head(UNIT)
    seen: dict[str, Value] = {group: {"posts": 1, "posters": 1, "reasons": []}}
    event = Event(type_, 1, at, "", "account:duty-1", {"group": group, "seen": seen, **data})
    batch = Batch(UNIT, seq + 1, previous if seq else GENESIS, f"c{seq + 1}", (event,))
    log.append(batch, [])
    return batch


def listed(posts: PostStore, *, todo_only: bool = True) -> list[str]:
    """Return the ids of the unit's groups as the desk lists them."""
    return [view.row.id for view in posts.groups(UNIT, todo_only=todo_only, cursor=None, limit=99).rows]


def test_groups_are_listed_newest_first_page_by_page(posts: PostStore) -> None:
    """Each group stands on exactly one page; equal times are told apart by the id."""
    rows = [a_group(f"g{number}", at=MONDAY + number // 2 * HOUR) for number in range(7)]
    posts.commit(work(groups=[*rows, a_group("g9", unit=OTHER)]))
    pages = [posts.groups(UNIT, todo_only=False, cursor=None, limit=3)]
    while pages[-1].cursor is not None:
        pages.append(posts.groups(UNIT, todo_only=False, cursor=pages[-1].cursor, limit=3))
    shown = [[view.row.id for view in page.rows] for page in pages]
    assert shown == [["g6", "g5", "g4"], ["g3", "g2", "g1"], ["g0"]]


def test_a_cursor_that_is_none_is_refused(posts: PostStore) -> None:
    """Whoever edits a cursor is told, and does not get a wrong page."""
    with pytest.raises(BadInput, match="no cursor"):
        posts.groups(UNIT, todo_only=True, cursor="'; DROP", limit=3)


def test_the_queue_holds_only_groups_that_ask_for_a_person(posts: PostStore) -> None:
    """What is only stored is listed on request, and is no to-do."""
    posts.commit(work(groups=[a_group("g1"), a_group("g2", todo=None), a_group("g3", todo=TodoReason.UNCLEAR)]))
    assert listed(posts) == ["g3", "g1"]
    assert listed(posts, todo_only=False) == ["g3", "g2", "g1"]


def test_a_row_comes_back_as_the_worker_wrote_it_last(posts: PostStore) -> None:
    """A second commit of the group replaces the machine's fields."""
    first = a_group(todo=None, line=None, about=None)
    last = a_group(posts=3, posters=2, grave=True, todo=TodoReason.GRAVE, at=MONDAY + HOUR, latest_order=9)
    posts.commit(work(groups=[first]))
    posts.commit(work(groups=[last], to=2))
    view = posts.group(UNIT, "g1")
    assert view is not None
    assert (view.row, view.mark, view.is_todo) == (last, None, True)
    assert posts.group(UNIT, "g-unknown") is posts.group(OTHER, "g1") is None


def test_a_mark_stands_beside_the_row_whichever_came_first(stores: Pair) -> None:
    """The worker never overwrites what people decided; their decision may even come before the row."""
    decide(stores.log, "group_set_aside", "g1", how="irrelevant")
    stores.posts.commit(work(groups=[a_group("g1"), a_group("g2")]))
    decide(stores.log, "group_set_aside", "g2", how="filed")
    stores.posts.commit(work(groups=[a_group("g2", sources=2)], to=2))
    views = [stores.posts.group(UNIT, group) for group in ("g1", "g2")]
    assert [(v.mark.state, v.mark.how, v.is_todo) for v in views if v and v.mark] == [
        ("set_aside", "irrelevant", False),
        ("set_aside", "filed", False),
    ]
    assert listed(stores.posts) == []


def test_a_set_aside_group_is_a_todo_again_when_the_worker_sees_enough(stores: Pair) -> None:
    """Three further posts of two people bring it back; nobody has to touch the mark."""
    stores.posts.commit(work(groups=[a_group()]))
    decide(stores.log, "group_set_aside", "g1", how="irrelevant")
    stores.posts.commit(work(groups=[a_group(posts=3, posters=3)], to=2))
    assert listed(stores.posts) == []
    stores.posts.commit(work(groups=[a_group(posts=4, posters=3)], to=3))
    assert listed(stores.posts) == ["g1"]


def test_a_group_that_an_incident_owns_is_no_todo_until_it_is_restored(stores: Pair) -> None:
    """Opened, it leaves the queue; given back, it returns."""
    stores.posts.commit(work(groups=[a_group()]))
    opening: dict[str, Value] = {"level": 4, "origin": "MONITORED", "published_at": MONDAY, "discovered_at": MONDAY}
    decide_on_incident(stores.log, "opened", opening)
    view = stores.posts.group(UNIT, "g1")
    assert view is not None
    assert view.mark is not None
    assert (view.mark.owner, view.is_todo) == ("i1", False)
    decide_on_incident(stores.log, "group_restored", {})
    assert listed(stores.posts) == ["g1"]


def decide_on_incident(log: IncidentLog, type_: str, data: dict[str, Value]) -> None:
    """A decision of incident i1 about group g1 stands in the log."""
    seq, previous = log.head(UNIT)
    event = Event(type_, 1, MONDAY, "i1", "account:duty-1", {"group": "g1", **data})
    log.append(Batch(UNIT, seq + 1, previous, f"c{seq + 1}", (event,)), [])


def test_the_live_view_is_told_what_changed_and_nothing_else(stores: Pair) -> None:
    """By the worker or by a person; a row written again as it was is no change; other units are not shown."""
    posts = stores.posts
    posts.commit(work(groups=[a_group("g1"), a_group("g2"), a_group("g9", unit=OTHER)]))
    change, views = posts.changed_groups(UNIT, 0)
    assert sorted(view.row.id for view in views) == ["g1", "g2"]
    posts.commit(work(groups=[a_group("g1"), a_group("g2", sources=2)], to=2))
    after_worker, views = posts.changed_groups(UNIT, change)
    assert [view.row.id for view in views] == ["g2"]
    decide(stores.log, "group_set_aside", "g1", how="filed")
    after_person, views = posts.changed_groups(UNIT, after_worker)
    assert [(view.row.id, view.is_todo) for view in views] == [("g1", False)]
    assert change < after_worker < after_person
    assert posts.changed_groups(UNIT, after_person) == (after_person, [])
    assert [view.row.id for view in posts.changed_groups(UNIT, 0, after_worker)[1]] == ["g2"]
    assert (posts.newest_change(UNIT), posts.newest_change("unknown")) == (after_person, 0)


def test_rebuilt_groups_are_exactly_the_given_rows(posts: PostStore) -> None:
    """Rows that are not among them are gone, for this unit only."""
    posts.commit(work(groups=[a_group("g1"), a_group("g2"), a_group("g9", unit=OTHER)]))
    posts.rebuild_groups(UNIT, [a_group("g2", posts=5), a_group("g3")])
    assert listed(posts, todo_only=False) == ["g3", "g2"]
    view = posts.group(UNIT, "g2")
    assert view is not None
    assert view.row.posts == 5
    assert posts.group(OTHER, "g9") is not None


def test_posts_that_a_person_split_off_are_members_of_their_new_group(stores: Pair) -> None:
    """Mentions move with the log's batch, so a reload folds them where the person put them."""
    several = [a_post(number) for number in (1, 2, 3)]
    mentions = [a_mention(post, order=number) for number, post in enumerate(several)]
    stores.posts.commit(work(several, mentions, [a_group()]))
    seq, previous = stores.log.head(UNIT)
    data: dict[str, Value] = {"group": "g1", "into": "g7", "posts": ["p2", "p3"]}
    event = Event("group_split", 1, MONDAY, "", "account:duty-1", data)
    stores.log.append(Batch(UNIT, seq + 1, previous, "c1", (event,)), [])
    assert [mention.post for mention in stores.posts.members(UNIT, "g1")] == ["p1"]
    assert [mention.post for mention in stores.posts.members(UNIT, "g7")] == ["p2", "p3"]
    assert stores.posts.commit(work(mentions=[replace(mentions[1], group="g7")], to=2)) == 0


def test_the_mark_of_a_complaint_about_staff_is_stored_and_comes_back(posts: PostStore) -> None:
    """On the mention, on the row, and on a row that is rebuilt."""
    post = a_post(1)
    row, mention = a_group("g1", lead=post.id, conduct=True), a_mention(post, conduct=True)
    posts.commit(work([post], [mention], [row]))
    posts.rebuild_groups(UNIT, [row])
    view = posts.group(UNIT, "g1")
    assert view is not None
    assert view.row.conduct
    assert [found.conduct for found, _ in posts.mentions(UNIT, 0)] == [True]
