"""
Two halves on several processes make of a stream what one worker makes of it, whatever is cut off in between.

Sources and units are several; posts are repeated, edited, edited back, late and answered; steps of the processes come
in any order; at any write a process may be killed, or stopped while another takes what it held (MECHANICS §9).
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.posts import MemoryPostStore
from pipeline.adapters.memory.tokens import MemoryPosterTokens
from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.facts import CLOCKS_FROM, no_deadline
from pipeline.domain.mention import Mention
from pipeline.domain.post import Post
from pipeline.runner import Asking, Stores, Worker
from pipeline.workflow.burial import Burial
from pipeline.workflow.desk import Desk, Practice
from tests.builders import HOUR, MONDAY, HeldClock
from tests.halves_house import Cluster, Fate
from tests.halves_streams import UNITS, a_classifier, a_watch, streams

ORDERED = {"order", "seen_seq", "again", "group", "repost_of", "similarity", "posters", "linked"}
"""What depends on the order in which sources come, and so on how the partitions are read."""


@dataclass(frozen=True)
class Sight:
    """What an installation stores of a stream, as sets, without what the order of sources decides."""

    posts: frozenset[tuple[str, tuple[tuple[str, str, int], ...]]]
    mentions: frozenset[str]
    opinions: frozenset[tuple[str, str]]


def seen(posts: MemoryPostStore, stream: Sequence[Post]) -> Sight:
    """Return what is stored."""
    ids, versions = {post.id for post in stream}, {post.version for post in stream}
    stored = {
        (each, tuple((one.post.version, one.post.text, one.post.collected_at) for one in posts.versions(each)))
        for each in ids
    }
    mentions = {repr(sorted(shown(mention).items())) for unit in UNITS for mention, _ in posts.mentions(unit, 0)}
    opinions = {(version, repr(said)) for version, said in posts.opinions(versions, "test@1").items()}
    return Sight(frozenset(stored), frozenset(mentions), frozenset(opinions))


def shown(mention: Mention) -> dict[str, object]:
    """Return what of a mention does not depend on the order of sources; that it is grouped does not."""
    said = {name: value for name, value in asdict(mention).items() if name not in ORDERED}
    return {**said, "is_grouped": mention.group is not None}


def by_one_worker(stream: Sequence[Post]) -> MemoryPostStore:
    """Return what one worker stores of the stream."""
    clock, posts, bus = HeldClock(MONDAY + HOUR), MemoryPostStore(), MemoryPostBus()
    desk = Desk(MemoryIncidentLog(posts), posts, clock, lambda _: Practice(DEFAULT_POLICY, no_deadline, CLOCKS_FROM))
    worker = Worker(
        Stores(bus, posts, MemoryPosterTokens()),
        a_classifier(),
        clock,
        Asking(desk.ask, desk.head, desk.standing, desk.splits),
        a_watch(),
        Burial(bus, clock),
    )
    bus.publish(stream)
    while worker.step().read:
        pass
    return posts


STEPS = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(("finder", "grouper"))), max_size=30)
FATES = st.lists(st.sampled_from((*[Fate.GO_ON] * 5, Fate.DIE, Fate.STAND_STILL)), max_size=60)


def by_halves(
    stream: Sequence[Post], steps: Sequence[tuple[int, str]], fates: Sequence[Fate], limit: int, processes: int
) -> Cluster:
    """Return the cluster when everything is worked: the stream came in two parts, between and among the steps."""
    coming: Iterator[Fate] = iter(fates)
    cluster = Cluster(a_watch(), classifier=a_classifier(), limit=limit, fate=lambda _: next(coming, Fate.GO_ON))
    for _ in range(processes):
        cluster.start()
    half = len(stream) // 2
    cluster.bus.publish(stream[:half])
    for number, (which, what) in enumerate(steps):
        if number == len(steps) // 2:
            cluster.bus.publish(stream[half:])
        cluster.step(which, what)
    if not steps:
        cluster.bus.publish(stream[half:])
    cluster.drain()
    return cluster


@settings(max_examples=100, deadline=None)
@given(stream=streams(), steps=STEPS, limit=st.integers(1, 5), processes=st.integers(1, 3))
def test_two_halves_store_what_one_worker_stores(
    stream: list[Post], steps: list[tuple[int, str]], limit: int, processes: int
) -> None:
    """From raw posts on, posts, mentions and opinions are equal as sets."""
    cluster = by_halves(stream, steps, (), limit, processes)
    assert seen(cluster.posts, stream) == seen(by_one_worker(stream), stream)


@settings(max_examples=200, deadline=None)
@given(stream=streams(), steps=STEPS, fates=FATES, limit=st.integers(1, 5), processes=st.integers(1, 3))
def test_they_store_it_too_when_processes_die_and_stand_still_between_any_two_writes(
    stream: list[Post], steps: list[tuple[int, str]], fates: list[Fate], limit: int, processes: int
) -> None:
    """Nothing is lost, nothing is doubled, and who was overtaken changes nothing."""
    cluster = by_halves(stream, steps, fates, limit, processes)
    assert seen(cluster.posts, stream) == seen(by_one_worker(stream), stream)
