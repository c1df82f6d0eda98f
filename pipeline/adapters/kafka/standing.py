"""How a Kafka stands: brokers, versions, topics with their copies, what still waits in each partition, clocks."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, TypeAlias

from kafka import TopicPartition
from kafka.admin import OffsetSpec

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.ports.server import ServerFinding

from .faults import CLIENT_FAULTS, refusal
from .handshake import what_is_wrong
from .port import require_port, takes_connections
from .settings import KafkaSettings
from .topics import Topics, build_admin

OLDEST = (3, 9)
"""The oldest broker that the client's calls were tried on."""
SKEW: Millis = 1_000
MANY_WAITING = 10_000
"""A reader that is so far behind in one partition is too slow, or works no more."""
Reached: TypeAlias = Callable[[str, int], int | None]
"""(stream, partition) → the offset up to which the store answers for it; None where it has seen nothing of it."""


def examine(
    settings: KafkaSettings, now: Callable[[], Millis], reached: Reached | None = None
) -> Sequence[ServerFinding]:
    """
    Return what there is to say; brokers that do not answer, or refuse us, are the only thing said.

    `reached` is asked for what still waits; without it, where the store cannot be asked, nothing is said of that.
    """
    try:
        require_port(settings)
        with closing(build_admin(settings)) as admin:
            topics = Topics(settings)
            problems = topics.problems()
            return [
                *_brokers(settings, admin),
                *(ServerFinding("kafka topics", _state(problem), problem) for problem in problems),
                *_partitions(settings, admin, topics, now, reached),
            ]
    except StoreUnavailable as refused:
        return [ServerFinding("kafka", "problem", str(refused))]
    except CLIENT_FAULTS as fault:
        return [ServerFinding("kafka", "problem", what_is_wrong(settings) or str(refusal(settings, fault)))]


def _state(problem: str) -> Any:  # noqa: ANN401 - one of the two words of a finding
    """What keeps records for too long breaks a promise, and a missing topic everything; the rest is borne a while."""
    return "problem" if "[BUS-311]" in problem else "degraded"


def _brokers(settings: KafkaSettings, admin: Any) -> Iterator[ServerFinding]:  # noqa: ANN401 - the client has no types
    silent = [server for server in settings.servers if not takes_connections(server)]
    if silent:
        says = (
            f"no connection to {', '.join(silent)}; start these brokers, or take them out of [kafka] servers [BUS-313]"
        )
        yield ServerFinding("kafka", "degraded", says)
    brokers = admin.describe_cluster()["brokers"]
    versions = {
        str(each["broker_id"]): admin.get_broker_version_data(each["broker_id"]).broker_version for each in brokers
    }
    old = [f"{broker} ({_shown(version)})" for broker, version in versions.items() if version < OLDEST]
    if old:
        says = f"brokers {', '.join(old)} are older than {_shown(OLDEST)}, on which nothing was tried; bring them up"
        yield ServerFinding("kafka", "degraded", f"{says} [BUS-314]")
    if len(brokers) < settings.replication:
        says = f"{len(brokers)} brokers cannot hold {settings.replication} copies; add brokers or lower replication"
        yield ServerFinding("kafka", "degraded", f"{says} [BUS-315]")
    if not (silent or old):
        said = ", ".join(sorted({_shown(version) for version in versions.values()}))
        yield ServerFinding("kafka", "well", f"{len(brokers)} brokers of version {said} answer")


def _shown(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _partitions(
    settings: KafkaSettings,
    admin: Any,  # noqa: ANN401 - the client has no types
    topics: Topics,
    now: Callable[[], Millis],
    reached: Reached | None,
) -> Iterator[ServerFinding]:
    streams = {topic.name: topic for topic in topics.standing()}
    described = admin.describe_topics(list(streams)) if streams else []
    yield from _copies(described)
    partitions = [
        TopicPartition(said["name"], each["partition_index"]) for said in described for each in said["partitions"]
    ]
    yield from _clocks(admin, partitions, now)
    if reached is not None:
        for name in (settings.posts, settings.mentions):
            if name in streams:
                waiting = _waiting(
                    admin, [each for each in partitions if each.topic == name], streams[name].id, reached
                )
                yield _lag(name, waiting)


def _copies(described: Sequence[Mapping[str, Any]]) -> Iterator[ServerFinding]:
    leaderless, short = [], []
    for said in described:
        for each in said["partitions"]:
            name = f"{said['name']}/{each['partition_index']}"
            if each["leader_id"] < 0:
                leaderless.append(name)
            elif len(each["isr_nodes"]) < len(each["replica_nodes"]):
                short.append(name)
    if leaderless:
        says = f"no living broker leads {', '.join(leaderless)}; bring their brokers back"
        yield ServerFinding("kafka topics", "problem", f"{says} [BUS-316]")
    if short:
        says = f"copies are missing of {', '.join(short[:5])}{'…' if len(short) > len(short[:5]) else ''}"
        yield ServerFinding("kafka topics", "degraded", f"{says}; bring their brokers back [BUS-316]")
    if described and not (leaderless or short):
        yield ServerFinding("kafka topics", "well", f"{len(described)} topics, every partition with all its copies")


def _clocks(admin: Any, partitions: Sequence[TopicPartition], now: Callable[[], Millis]) -> Iterator[ServerFinding]:  # noqa: ANN401
    """Brokers stamp each record with their own time: a newest record from the future means that clocks differ."""
    if not partitions:
        return
    newest = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.MAX_TIMESTAMP))
    ahead = max((found.timestamp for found in newest.values()), default=-1) - now()
    if ahead > SKEW:
        says = f"the newest record was written {ahead / 1000:.1f} s ahead of this machine's clock"
        yield ServerFinding("kafka clocks", "degraded", f"{says}; set all clocks by chrony or ntpd [CLK-101]")


def _waiting(admin: Any, partitions: Sequence[TopicPartition], stream: str, reached: Reached) -> Mapping[int, int]:  # noqa: ANN401
    """Return partition → how many records the store does not answer for yet; what is over age counts no more."""
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.LATEST))
    begins = admin.list_partition_offsets(dict.fromkeys(partitions, OffsetSpec.EARLIEST))
    return {
        each.partition: max(0, ends[each].offset - max(reached(stream, each.partition) or 0, begins[each].offset))
        for each in partitions
    }


def _lag(name: str, waiting: Mapping[int, int]) -> ServerFinding:
    behind = {partition: count for partition, count in sorted(waiting.items()) if count}
    said = ", ".join(f"{partition}: {count}" for partition, count in behind.items()) or "none"
    says = f"waiting in {name}, by partition: {said}"
    if max(waiting.values(), default=0) < MANY_WAITING:
        return ServerFinding("kafka lag", "well", says)
    step = "see whether `huiyin work` runs for it, and start more of them, at most one for each partition"
    return ServerFinding("kafka lag", "degraded", f"{says}; {step} [BUS-317]")
