"""
Commits on Elasticsearch are several writes: a worker who dies or is overtaken between any two of them harms nothing.

Each test plays the same step again and again, and cuts or overtakes it a few requests later each time; with
HUIYIN_CUT_STRIDE=1, as a campaign asks, one request later.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from elastic_transport import BaseNode

from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.domain.errors import LostRace, StaleWorker
from pipeline.domain.event import GENESIS, Batch, Event, Value
from pipeline.domain.seen import NOTHING, data_of_seen
from pipeline.ports import Work
from tests.elastic_house import ElasticHouse
from tests.elastic_line import Died, before, dying_at
from tests.stored import MONDAY
from tests.stored_scene import Scene

STRIDE = int(os.environ.get("HUIYIN_CUT_STRIDE", "4"))
MOMENTS = range(1, 80, STRIDE)
"""At which request a step is cut or overtaken; more than it makes, so that each test ends where nothing happened."""


@pytest.fixture
def open_store(elastic_house: ElasticHouse) -> Callable[[], ElasticPostStore]:
    """A function that opens the store as a process of its own."""
    return lambda: ElasticPostStore(elastic_house.open())


def expected(scene: Scene, *, later: bool = False) -> Mapping[str, Any]:
    """Return what a store says after a scene that nobody disturbed."""
    posts = MemoryPostStore()
    for work in (scene.before(), scene.step(), *([scene.later()] if later else [])):
        posts.commit(work)
    return scene.outcome(posts)


def outcome(house: ElasticHouse, scene: Scene) -> Mapping[str, Any]:
    """Return what the store says of the scene to a process that has seen nothing of it."""
    elastic = house.open()
    elastic.refresh("groups", "posts-*")  # lists of them may be a second old
    return scene.outcome(ElasticPostStore(elastic))


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a person's decision."""

    is_in_log: bool


def decided_about(
    house: ElasticHouse, scene: Scene, group: str, tries: list[Decided], *, line: type[BaseNode] | None = None
) -> None:
    """A person has set a group of the scene aside, or was told that it is part of another by now."""
    log = ElasticIncidentLog(house.open(line))
    data: dict[str, Value] = {"group": group, "how": "filed", "seen": {group: data_of_seen(NOTHING)}}
    event = Event("group_set_aside", 1, MONDAY, "", "account:duty-1", data)
    try:
        log.append(Batch(scene.unit, 1, GENESIS, "c1", (event,)), [])
    except LostRace:
        tries.append(Decided(is_in_log=False))
    else:
        tries.append(Decided(is_in_log=True))


def is_refused(worker: ElasticPostStore, work: Work) -> bool:
    """The work was offered; whether the worker was told that he is stale."""
    try:
        worker.commit(work)
    except StaleWorker:
        return True
    return False


def assert_people_win(
    house: ElasticHouse, scene: Scene, group: str, decided: Decided, *, worker_is_stale: bool
) -> None:
    """No merge goes past a decision: it was refused, or undone and the worker is told at its next step."""
    posts = ElasticPostStore(house.open())
    is_merged = [merge.absorbed for merge in posts.merges(scene.unit)] == ["g2"]
    assert not (is_merged and worker_is_stale)
    if group == "g1":
        assert decided.is_in_log
        return
    assert is_merged is not decided.is_in_log
    view = posts.group(scene.unit, group)
    assert view is not None
    assert view.row.id == ("g1" if is_merged else "g2")
    assert (view.mark is not None) is decided.is_in_log


def step_again(posts: ElasticPostStore, scene: Scene) -> bool:
    """The next worker has taken the partition and done the step; whether it was decided, so taking it was enough."""
    position = posts.take(f"bus-{scene.tag}", 0)
    assert position is not None
    if position.offset < 2:
        posts.commit(scene.step())
    return position.offset == 2


@pytest.mark.parametrize("half_way", [False, True])
def test_a_worker_that_dies_at_any_write_leaves_a_step_that_the_next_one_finishes(
    elastic_house: ElasticHouse, open_store: Callable[[], ElasticPostStore], half_way: bool
) -> None:
    """Nothing is lost and nothing doubled, also where half of a bulk was written; and it is cut many times."""
    decided = []
    for number in MOMENTS:
        scene = Scene(f"d{number}{'h' if half_way else ''}")
        open_store().commit(scene.before())
        line, _ = dying_at(number, half_way=half_way)
        try:
            ElasticPostStore(elastic_house.open(line)).commit(scene.step())
            break
        except Died:
            decided.append(step_again(open_store(), scene))
        assert outcome(elastic_house, scene) == expected(scene), f"cut at write {number}"
    assert decided == sorted(decided)
    assert set(decided) == {False, True}


def test_a_worker_that_is_overtaken_at_any_request_changes_nothing_of_the_new_holders(
    elastic_house: ElasticHouse, open_store: Callable[[], ElasticPostStore]
) -> None:
    """He was stopped in mid-commit; the other finished the step and went on; let go, he notices and leaves."""
    for number in MOMENTS:
        scene = Scene(f"o{number}")
        open_store().commit(scene.before())
        overtaken: list[int] = []

        def overtake(scene: Scene = scene, overtaken: list[int] = overtaken) -> None:
            holder = open_store()
            step_again(holder, scene)
            holder.commit(scene.later())
            overtaken.append(1)

        slow = ElasticPostStore(elastic_house.open(before(number + 2, overtake)))  # two requests are its taking
        slow.take(f"bus-{scene.tag}", 0)
        with suppress(StaleWorker):
            slow.commit(scene.step())
            assert not overtaken, f"overtaken before request {number}, it did not notice"
            break
        assert outcome(elastic_house, scene) == expected(scene, later=True), f"overtaken before request {number}"
    assert number > 15


@pytest.mark.parametrize("group", ["g1", "g2"])
def test_a_decision_at_any_moment_of_a_merge_is_kept_or_refused_and_never_both(
    elastic_house: ElasticHouse, open_store: Callable[[], ElasticPostStore], group: str
) -> None:
    """Where the batch stands, no group that it names was absorbed past it; and the worker learns of it."""
    for number in MOMENTS:
        scene = Scene(f"m{number}{group}")
        open_store().commit(scene.before())
        tries: list[Decided] = []
        decide = partial(decided_about, elastic_house, scene, group, tries)
        worker = ElasticPostStore(elastic_house.open(before(number, decide)))
        list(worker.mentions(scene.unit, 0))
        is_stale = is_refused(worker, scene.step())
        if not tries:
            break
        assert_people_win(elastic_house, scene, group, tries[0], worker_is_stale=is_stale)
        if group == "g2" and tries[0].is_in_log:
            assert is_stale or is_refused(worker, scene.later()), f"decided before request {number}: never told"
    assert number > 15


def test_a_merge_at_any_moment_of_a_decision_is_made_before_it_or_not_at_all(
    elastic_house: ElasticHouse, open_store: Callable[[], ElasticPostStore]
) -> None:
    """The other way round: the whole step of the worker falls between two requests of the append."""
    for number in MOMENTS:
        scene = Scene(f"a{number}")
        open_store().commit(scene.before())
        worker, stale = open_store(), list[bool]()
        list(worker.mentions(scene.unit, 0))

        def merge(worker: ElasticPostStore = worker, scene: Scene = scene, stale: list[bool] = stale) -> None:
            stale.append(is_refused(worker, scene.step()))

        tries: list[Decided] = []
        decided_about(elastic_house, scene, "g2", tries, line=before(number, merge))
        if not stale:
            break
        assert_people_win(elastic_house, scene, "g2", tries[0], worker_is_stale=stale[0])
    assert number > 5
