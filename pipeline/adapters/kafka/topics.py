"""The topics themselves: made where they are missing, checked, cut at the front, never given more partitions."""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient, TopicPartition, errors
from kafka.admin import ConfigResource, ConfigResourceType

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis

from .faults import CLIENT_FAULTS, refusal
from .port import require_port
from .settings import DAY, LARGEST_RECORD, RETENTION, SECOND, SEGMENT, KafkaSettings, Options, connection_options

log = logging.getLogger(__name__)

LONGEST = 7 * DAY
"""Bus retention, MECHANICS §7."""
SLACK = 600 * SECOND
"""The broker looks for old segments every 5 minutes and unlinks their files a minute later."""
_ADMIN_MS = 10_000
_UNKNOWN_TOPIC = errors.UnknownTopicOrPartitionError.errno


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as it stands: its id (the stream), how many partitions and copies, and its settings."""

    name: str
    id: str
    partitions: int
    replication: int
    config: Mapping[str, str]

    @property
    def longest_stay(self) -> Millis | None:
        """Return how long a record may stay, in ms; None where nothing ends it."""
        retention = int(self.config["retention.ms"])
        return None if retention < 0 or "delete" not in self.cleanup else retention + int(self.config["segment.ms"])

    @property
    def cleanup(self) -> frozenset[str]:
        """Return the cleanup policies."""
        return frozenset(self.config["cleanup.policy"].split(","))


def build_admin(settings: KafkaSettings) -> KafkaAdminClient:
    """Return a connected admin client."""
    return KafkaAdminClient(**connection_options(settings), request_timeout_ms=_ADMIN_MS)


@dataclass(frozen=True, slots=True)
class Topics:
    """What is asked of the brokers about topics. Each call has a client of its own; it takes about 30 ms."""

    settings: KafkaSettings
    build: Callable[[KafkaSettings], Any] = build_admin

    @property
    def names(self) -> tuple[str, ...]:
        """Return the topics of Huiyin."""
        return (self.settings.posts, self.settings.mentions, self.settings.dead_letters)

    def ensure(self) -> list[str]:
        """All topics are there; returns those that were made. Raises StoreUnavailable where that is not to be."""
        with self._admin() as admin:
            known = _described(admin, self.names)
            missing = [name for name in self.names if name not in known]
            for name in missing:
                try:
                    admin.create_topics({name: self._wanted(name)}, timeout_ms=_ADMIN_MS, wait_for_metadata=True)
                    log.info("bus.topic_made: %s", name)
                except errors.TopicAlreadyExistsError:
                    log.info("bus.topic_made: %s was made by another process", name)
        return missing

    def standing_of(self, name: str) -> tuple[str, int]:
        """Return the id that the topic was given when it was made, and how many partitions; raise StoreUnavailable."""
        with self._admin() as admin:
            known = _described(admin, (name,))
        if name not in known:
            raise _missing(self.settings, name)
        return str(known[name]["topic_id"]), len(known[name]["partitions"])

    def standing(self) -> list[Topic]:
        """Return the topics that there are, as they stand."""
        with self._admin() as admin:
            known = _described(admin, self.names)
            if not known:
                return []
            asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in known]
            configs = admin.describe_configs(asked, config_filter="all")["topic"]
        return [
            Topic(
                name,
                str(said["topic_id"]),
                len(said["partitions"]),
                min(len(each["replica_nodes"]) for each in said["partitions"]),
                {key: str(value["value"]) for key, value in configs[name].items()},
            )
            for name, said in known.items()
        ]

    def problems(self) -> list[str]:
        """Return what is wrong with the topics, one sentence with code each; empty where all is well."""
        standing = {topic.name: topic for topic in self.standing()}
        said = [str(_missing(self.settings, name)) for name in self.names if name not in standing]
        return said + [problem for topic in standing.values() for problem in self._problems_of(topic)]

    def last_copy_ends(self, now: Millis) -> Millis:
        """Return when nothing that is on a topic now will be there any more, in UTC ms."""
        stays = {topic.name: topic.longest_stay for topic in self.standing()}
        for name, stay in stays.items():
            if stay is None:
                raise StoreUnavailable(_for_ever(name), code="BUS-311")
        return now + max((stay for stay in stays.values() if stay is not None), default=0) + SLACK

    def cut(self, name: str, partition: int, before: int) -> None:
        """Records of the partition before the offset are gone."""
        with self._admin() as admin:
            admin.delete_records({TopicPartition(name, partition): before}, timeout_ms=_ADMIN_MS)

    def _problems_of(self, topic: Topic) -> Iterator[str]:
        wanted = self._wanted(topic.name)
        stay = topic.longest_stay
        if stay is None:
            yield f"{_for_ever(topic.name)} [BUS-311]"
        elif stay > LONGEST:
            yield (
                f"topic {topic.name} keeps records up to {stay / DAY:.1f} days (retention.ms and segment.ms together); "
                f"at most 7 are allowed: set retention.ms={RETENTION} and segment.ms={SEGMENT} [BUS-311]"
            )
        if topic.config["message.timestamp.type"] != "LogAppendTime":
            yield (
                f"topic {topic.name} takes a record's age from whoever wrote it, so nobody can say when it ends; "
                "set message.timestamp.type=LogAppendTime [BUS-311]"
            )
        if topic.name == self.settings.dead_letters and "compact" not in topic.cleanup:
            yield f"topic {topic.name} is not compacted; set cleanup.policy=compact,delete [BUS-312]"
        if topic.partitions != wanted["num_partitions"]:
            yield (
                f"topic {topic.name} has {topic.partitions} partitions, the setting says {wanted['num_partitions']}; "
                "write the true one; never add partitions to a topic in use: order and ownership go by them [BUS-312]"
            )
        if topic.replication < wanted["replication_factor"]:
            yield (
                f"topic {topic.name} has {topic.replication} copies, the setting says {wanted['replication_factor']}; "
                "raise them with kafka-reassign-partitions [BUS-312]"
            )

    def _wanted(self, name: str) -> Options:
        is_letters = name == self.settings.dead_letters
        return {
            "num_partitions": 1 if is_letters else self.settings.partitions,
            "replication_factor": self.settings.replication,
            "configs": {
                "cleanup.policy": "compact,delete" if is_letters else "delete",
                "retention.ms": str(RETENTION),
                "segment.ms": str(SEGMENT),
                "message.timestamp.type": "LogAppendTime",
                "max.message.bytes": str(LARGEST_RECORD + 100_000),
                "min.insync.replicas": str(max(1, self.settings.replication - 1)),
            },
        }

    @contextmanager
    def _admin(self) -> Iterator[Any]:
        require_port(self.settings)
        admin = None
        try:
            admin = self.build(self.settings)
            yield admin
        except CLIENT_FAULTS as fault:
            raise refusal(self.settings, fault) from fault
        finally:
            if admin is not None:
                admin.close()


def _described(admin: Any, names: tuple[str, ...]) -> dict[str, dict[str, Any]]:  # noqa: ANN401 - the client has no types
    """Return name → description of the topics that there are."""
    known = {}
    for said in admin.describe_topics(list(names)):
        if said["error_code"] not in (0, _UNKNOWN_TOPIC):
            raise errors.for_code(said["error_code"])
        if said["error_code"] == 0:
            known[said["name"]] = said
    return known


def _missing(settings: KafkaSettings, name: str) -> StoreUnavailable:
    sentence = (
        f"Kafka at {settings.named} has no topic {name}; start `huiyin work` once with a user that may create topics, "
        "or make it by hand as deploy/runbook.md says"
    )
    return StoreUnavailable(sentence, code="BUS-310")


def _for_ever(name: str) -> str:
    return f"topic {name} keeps records for ever; set retention.ms={RETENTION} and a cleanup.policy with delete"
