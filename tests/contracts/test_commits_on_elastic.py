"""What a commit on Elasticsearch asks of the server, and what two that run at once make of one step."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest

from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.shelf import Shelf
from pipeline.domain.errors import StaleWorker
from pipeline.ports import Work
from tests.elastic_house import ElasticHouse
from tests.elastic_line import Asked, Died, dying_at, listening
from tests.stored import DAY, MONDAY, UNIT, a_group, a_mention, a_post, work
from tests.stored_scene import Scene

HANDFUL = 20
"""Requests of the largest step: each kind of document is read once and written once."""


def heard(house: ElasticHouse) -> tuple[ElasticPostStore, list[Asked]]:
    """Return a store and the list of what it asks."""
    asked: list[Asked] = []

    def listen(each: Asked) -> None:
        asked.append(each)

    return ElasticPostStore(house.open(listening(listen))), asked


def a_large_step() -> Work:
    """Return a step of 500 posts, of which 300 are mentioned, in 60 groups."""
    posts = [a_post(number, f"第{number}条：低保金还没有发") for number in range(500)]
    mentions = [a_mention(post, group=f"g{n % 60}", order=n) for n, post in enumerate(posts[:300])]
    return work(posts, mentions, [a_group(f"g{n}", posts=5) for n in range(60)], to=500)


def test_a_large_step_is_a_handful_of_requests(elastic_house: ElasticHouse) -> None:
    """However many posts it brings: no request is made per document."""
    posts, asked = heard(elastic_house)
    posts.take("bus-1", 0)
    posts.commit(work([a_post(9_000)], [a_mention(a_post(9_000), group=None)]))
    asked.clear()
    assert posts.commit(a_large_step()) == 300
    assert len(asked) <= HANDFUL, [f"{each.method} {each.target}" for each in asked]


def test_no_commit_searches(elastic_house: ElasticHouse) -> None:
    """Neither a new step, nor a step that is there already, nor the taking of a partition whose step was cut."""
    scene = Scene("s")
    ElasticPostStore(elastic_house.open()).commit(scene.before())
    line, _ = dying_at(12)
    with pytest.raises(Died):
        ElasticPostStore(elastic_house.open(line)).commit(scene.step())
    posts, asked = heard(elastic_house)
    posts.take(f"bus-{scene.tag}", 0)
    posts.commit(scene.step())
    posts.commit(scene.later())
    assert len(asked) > 20
    assert [each.target for each in asked if each.is_search] == []


def at_once(stores: Sequence[ElasticPostStore], step: Work) -> list[int | None]:
    """Return how many mentions were new to each of the stores that commit one step at one moment; None: stale."""
    barrier = Barrier(len(stores))

    def commit(posts: ElasticPostStore) -> int | None:
        barrier.wait(timeout=10)
        try:
            return posts.commit(step)
        except StaleWorker:
            return None

    with ThreadPoolExecutor(len(stores)) as pool:
        return list(pool.map(commit, stores))


def test_of_two_workers_with_one_step_each_mention_is_created_once(elastic_house: ElasticHouse) -> None:
    """Nobody took the partition: both write, and each document is there once."""
    for turn in range(4):
        several = [a_post(number + 100 * turn) for number in range(40)]
        step = work(several, [a_mention(post, order=n) for n, post in enumerate(several)], [a_group()], to=turn)
        new = at_once([ElasticPostStore(elastic_house.open()) for _ in range(2)], step)
        assert sum(each or 0 for each in new) == 40
        stored = [mention.post for mention, _ in ElasticPostStore(elastic_house.open()).mentions(UNIT, 0)]
        assert sorted(stored) == sorted({f"p{number + 100 * t}" for t in range(turn + 1) for number in range(40)})


def test_of_two_workers_with_two_decisions_one_is_stale(elastic_house: ElasticHouse) -> None:
    """Whoever comes second drops his memory; every mention has the decision of one of them, and one only."""
    for turn in range(4):
        post = a_post(turn)
        steps = [work([post], [a_mention(post, group=group)], to=turn + 1) for group in ("g1", "g2")]
        barrier = Barrier(2)

        def commit(step: Work, barrier: Barrier = barrier) -> bool:
            barrier.wait(timeout=10)
            return not is_stale(ElasticPostStore(elastic_house.open()), step)

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(commit, steps)) == [False, True]
        assert len(ElasticPostStore(elastic_house.open()).mentions_of(UNIT, post.id)) == 1


def is_stale(posts: ElasticPostStore, step: Work) -> bool:
    """The step was committed; whether the worker was stale."""
    try:
        posts.commit(step)
    except StaleWorker:
        return True
    return False


def test_a_move_that_was_cut_is_finished_by_whoever_finds_it(elastic_house: ElasticHouse) -> None:
    """A week's post matters to a unit: wherever its way to the month is cut, it lies in one part at last, unchanged."""
    for number in range(1, 9):
        post = a_post(number)
        ElasticPostStore(elastic_house.open()).commit(work([post], to=number))
        line, sent = dying_at(number)
        with suppress(Died):
            moving = Work((), [a_mention(post)], (), None)
            ElasticPostStore(elastic_house.open(line)).commit(moving)
        posts = ElasticPostStore(elastic_house.open())
        assert (stored := posts.post(post.id)) is not None
        assert stored.post == post
        posts.commit(Work((), (), (), None, gone=[(post.id, MONDAY + DAY)]))
        elastic = elastic_house.open()
        Shelf(elastic).finish_moves()
        elastic.refresh("posts-*")
        lying = [doc.index for doc in elastic.found("posts-*", {"query": {"term": {"id": post.id}}})]
        assert len(lying) == 1, f"cut at write {number} after {[each.target for each in sent]}"
        assert (stored := ElasticPostStore(elastic).post(post.id)) is not None
        assert stored.gone_at == MONDAY + DAY


def test_a_long_read_of_posts_is_taken_down_at_one_moment_and_leaves_nothing_open(elastic_house: ElasticHouse) -> None:
    """What comes later is not in it, an edit comes as it reads then, and no point in time holds files meanwhile."""
    several = [a_post(number) for number in range(1_100)]
    writer = ElasticPostStore(elastic_house.open())
    writer.commit(work(several))
    posts, asked = heard(elastic_house)
    reading = posts.posts_since(0)
    found = [next(reading)]
    assert [each.method for each in asked if each.target.partition("?")[0].endswith("_pit")] == ["POST", "DELETE"]
    assert any(b"search_after" in each.body for each in asked)
    writer.commit(work([a_post(2_000), a_post(1_050, "改过的说法", collected_at=MONDAY + DAY)], to=2))
    found += reading
    assert [post.id for post in found] == [post.id for post in several]
    assert found[1_050].text == "改过的说法"


def test_a_reload_sees_the_mentions_of_one_moment(elastic_house: ElasticHouse) -> None:
    """However many there are: what another worker creates while they are read is left to the next one."""
    several = [a_post(number) for number in range(1_100)]
    writer = ElasticPostStore(elastic_house.open())
    writer.commit(work(several, [a_mention(post, order=n) for n, post in enumerate(several)]))
    reading = ElasticPostStore(elastic_house.open()).mentions(UNIT, 0)
    first = next(reading)
    writer.commit(work([a_post(2_000)], [a_mention(a_post(2_000), order=2_000)], to=2))
    assert [mention.order for mention, _ in (first, *reading)] == list(range(1_100))
