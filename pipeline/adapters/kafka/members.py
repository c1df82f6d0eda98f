"""The client's consumer: made where a port answers, a member of the group from a careful start."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

from kafka import KafkaConsumer, TopicPartition

from .faults import CLIENT_FAULTS
from .settings import KafkaSettings, consumer_options, member_options

log = logging.getLogger(__name__)

CLOSE_MS = 3_000
STABLE = "<stable>"


class Consumer(Protocol):
    """As much of KafkaConsumer as readers use. It has no types of its own."""

    def subscribe(self, topics: Sequence[str]) -> None:
        """The consumer takes part in the group."""

    def assign(self, partitions: Sequence[TopicPartition]) -> None:
        """The consumer reads the partitions without any group."""

    def assignment(self) -> Iterable[TopicPartition]:
        """Return what is assigned to this consumer now."""

    def group_metadata(self) -> Any:  # noqa: ANN401 - a named tuple of the client
        """Return state, generation and member id."""

    def poll(self, timeout_ms: int) -> Mapping[TopicPartition, Sequence[Any]]:
        """Return records that came, or nothing after the time."""

    def seek(self, partition: TopicPartition, offset: int) -> None:
        """The next record of the partition is the one at the offset."""

    def pause(self, *partitions: TopicPartition) -> None:
        """Nothing more is fetched of the partitions."""

    def resume(self, *partitions: TopicPartition) -> None:
        """The partitions are fetched again."""

    def position(self, partition: TopicPartition, timeout_ms: int) -> int | None:
        """Return the offset that is fetched next."""

    def beginning_offsets(self, partitions: Sequence[TopicPartition], timeout_ms: int) -> Mapping[TopicPartition, int]:
        """Return the first offset that there is."""

    def end_offsets(self, partitions: Sequence[TopicPartition], timeout_ms: int) -> Mapping[TopicPartition, int]:
        """Return the offset that the next record will have."""

    def commit_async(self, offsets: Mapping[TopicPartition, Any], callback: Callable[..., None]) -> object:
        """Tell the group's coordinator how far we are; the answer comes by the callback."""

    def commit(self, offsets: Mapping[TopicPartition, Any], timeout_ms: int) -> None:
        """Tell the group's coordinator how far we are, and wait for its answer."""


def build_member(settings: KafkaSettings) -> Consumer:
    """Return a consumer of the group that has not subscribed yet."""
    consumer: Consumer = KafkaConsumer(**consumer_options(settings), **member_options(settings))
    return consumer


def build_onlooker(settings: KafkaSettings) -> Consumer:
    """Return a consumer outside of any group."""
    consumer: Consumer = KafkaConsumer(**consumer_options(settings), group_id=None)
    return consumer


def topic_id(consumer: object, topic: str) -> str:
    """Return the id of the topic as the consumer's newest metadata say it; "" while it is not known."""
    # the client tells it nowhere else, and an admin client beside each reader would be one more thing to break
    known = consumer._cluster.topic_id(topic)  # type: ignore[attr-defined]  # noqa: SLF001
    return "" if known is None else str(known)


def partitions_known(consumer: object, topic: str) -> int:
    """Return how many partitions the topic has as far as the consumer knows, without asking; 0: not known yet."""
    # `partitions_for_topic` asks for all topics of the cluster, and waits without an end while the broker is away
    known = consumer._cluster.partitions_for_topic(topic)  # type: ignore[attr-defined]  # noqa: SLF001
    return len(known or ())


def close_consumer(consumer: object) -> None:
    """The consumer has left its group and its thread has ended, or a line in the log says why not."""
    try:
        consumer.close(autocommit=False, timeout_ms=CLOSE_MS)  # type: ignore[attr-defined]  # the client has no types
    except CLIENT_FAULTS as fault:
        log.info("bus.close_failed: a consumer did not close quietly (%s)", type(fault).__name__)
