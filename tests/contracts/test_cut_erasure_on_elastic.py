"""
Erasure and retention on Elasticsearch are several writes: cut between any two of them, the next one finishes them.

A worker who writes a post while it is erased, and dies at any moment, brings nothing of it back.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from elastic_transport import BaseNode

from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.local_day import day_of
from pipeline.ports import PostStore, Work
from tests.elastic_house import ElasticHouse, leave_bytes
from tests.elastic_line import Asked, Died, dying_at, listening
from tests.stored import DAY, EVER, HOUR, MONDAY, UNIT, a_group, a_mention, a_post, work

MOST = 80
"""More requests than any of them makes."""
LATE = MONDAY + 400 * DAY
KEEP = frozenset({(UNIT, "g1")})


def a_store(house: ElasticHouse, line: type[BaseNode] | None = None) -> ElasticPostStore:
    """Return the store as a process of its own opens it, who sees all that was written before."""
    elastic = house.open(line)
    if line is None:
        elastic.refresh("*")
    return ElasticPostStore(elastic, expunging=leave_bytes)


def the_step() -> Work:
    """A step with two posts, one of them edited, both mentioned and quoted."""
    several = [a_post(1, "甲说低保"), a_post(1, "甲又说低保", collected_at=MONDAY + HOUR), a_post(2, "乙说低保")]
    return work(several, [a_mention(several[1]), a_mention(several[2], order=1)], [a_group()], to=2)


def said(posts: PostStore) -> Mapping[str, Any]:
    """Return what a store says of two posts: whether texts, quotes or opinions are left, and where they count."""
    return {
        "texts": {name: [one.post.text for one in posts.versions(name)] for name in ("p1", "p2")},
        "found": [post.id for post in posts.search(UNIT, "低保", **EVER, limit=9)],
        "quoted": {name: [bool(one.hits) for one in posts.mentions_of(UNIT, name)] for name in ("p1", "p2")},
        "opinions": sorted(posts.opinions([post.version for post in the_step().posts], "m1")),
        "days": posts.daily("*", 0, day_of(LATE)),
        "group": posts.group(UNIT, "g1") is not None,
    }


def expected(*, erased: bool) -> Mapping[str, Any]:
    """Return what a store says after the step, and after the erasure of the first post."""
    posts = MemoryPostStore()
    posts.commit(the_step())
    if erased:
        posts.erase(frozenset({"p1"}), MONDAY)
    return said(posts)


def test_an_erasure_that_was_cut_at_any_write_is_finished_by_the_same_call(elastic_house: ElasticHouse) -> None:
    """Whatever it had reached; the list names the post from the first write on."""
    for number in range(1, MOST):
        elastic_house.empty()
        a_store(elastic_house).commit(the_step())
        line, _ = dying_at(number)
        try:
            a_store(elastic_house, line).erase(frozenset({"p1"}), MONDAY)
            break
        except Died:
            a_store(elastic_house).erase(frozenset({"p1"}), MONDAY)
        assert said(a_store(elastic_house)) == expected(erased=True), f"cut at write {number}"
    assert number > 4


def test_what_is_erased_while_a_worker_writes_it_does_not_come_back(elastic_house: ElasticHouse) -> None:
    """Before any of his requests, and he goes on, or dies at the next one and another does the step again."""
    for number in range(1, MOST):
        for dies in (False, True):
            elastic_house.empty()
            heard = 0

            def told(asked: Asked, number: int = number, dies: bool = dies) -> None:
                nonlocal heard
                heard += 1
                if heard == number:
                    a_store(elastic_house).erase(frozenset({"p1"}), MONDAY)
                if dies and heard > number and asked.is_write:
                    raise Died

            with suppress(Died):
                a_store(elastic_house, listening(told)).commit(the_step())
            if heard < number:
                assert number > 8
                return
            do_the_step_unless_done(a_store(elastic_house))
            left = said(a_store(elastic_house))
            assert is_forgotten(left), f"erased before request {number}, dies {dies}: {left}"


def do_the_step_unless_done(posts: PostStore) -> None:
    """The next worker has taken the partition, and the step is done."""
    position = posts.take("bus-1", 0)
    if position is None or position.offset < 2:
        posts.commit(the_step())


def is_forgotten(left: Mapping[str, Any]) -> bool:
    """Whether nothing of the first post can be read or found, and all of the second."""
    return (
        not any(left["texts"]["p1"])
        and not any(left["quoted"]["p1"])
        and left["found"] == ["p2"]
        and left["texts"]["p2"] == ["乙说低保"]
        and left["quoted"]["p2"] == [True]
    )


def test_a_drop_that_was_cut_at_any_write_goes_on_with_the_next_one(elastic_house: ElasticHouse) -> None:
    """What is kept is kept, counts outlive the posts and are counted once, rows without posts are gone."""
    whole = kept_by(MemoryPostStore)
    for number in range(1, MOST):
        elastic_house.empty()
        store_old_posts(a_store(elastic_house))
        line, _ = dying_at(number)
        is_whole = True
        try:
            a_store(elastic_house, line).drop_parts(LATE, LATE, KEEP)
        except Died:
            is_whole = False
            a_store(elastic_house).drop_parts(LATE, LATE, KEEP)
        assert what_is_kept(a_store(elastic_house)) == whole, f"cut at write {number}"
        if is_whole:
            break
    assert number > 8


def kept_by(store: Callable[[], PostStore]) -> Mapping[str, Any]:
    """Return what a store says after a drop that nobody cut."""
    posts = store()
    store_old_posts(posts)
    posts.drop_parts(LATE, LATE, KEEP)
    return what_is_kept(posts)


def store_old_posts(posts: PostStore) -> None:
    """A week of posts that nobody mentions, and a month of two groups."""
    mentioned = [a_post(1), a_post(2), a_post(3)]
    groups = [
        a_mention(mentioned[0]),
        *(a_mention(each, group="g2", order=n) for n, each in enumerate(mentioned[1:], 1)),
    ]
    posts.commit(work([*mentioned, a_post(4), a_post(5)], groups, [a_group("g1"), a_group("g2")]))


def what_is_kept(posts: PostStore) -> Mapping[str, Any]:
    """Return posts, mentions, rows, opinions and counts of a store."""
    return {
        "found": [post.id for post in posts.search("*", "低保", **EVER, limit=9)],
        "posts": [name for name in ("p1", "p2", "p3", "p4", "p5") if posts.post(name) is not None],
        "mentions": [mention.post for mention, _ in posts.mentions(UNIT, 0)],
        "of_gone": [len(posts.mentions_of(UNIT, name)) for name in ("p2", "p3")],
        "groups": [posts.group(UNIT, name) is not None for name in ("g1", "g2")],
        "days": [posts.daily(unit, 0, day_of(LATE)) for unit in ("*", UNIT)],
    }
