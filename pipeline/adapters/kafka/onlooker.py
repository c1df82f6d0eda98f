"""Records of a partition from an offset to its end, read without being a member of any group."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kafka import TopicPartition

from .faults import CLIENT_FAULTS, refusal
from .members import Consumer, build_onlooker, close_consumer, topic_id
from .port import require_port
from .record import Raw
from .settings import KafkaSettings

POLL_MS, ASK_MS = 200, 5_000


@dataclass(slots=True)
class Onlooker:
    """Reads a topic from outside; its client stays connected between two readings."""

    settings: KafkaSettings
    topic: str
    build: Callable[[KafkaSettings], Consumer] = build_onlooker
    clock: Callable[[], float] = time.monotonic
    _consumer: Consumer | None = None

    def reach(self, partition: int) -> tuple[str, int, int]:
        """Return the topic's id, the first offset that there is, and the one that the next record will have."""
        place = TopicPartition(self.topic, partition)
        try:
            consumer = self._open(place)
            first = consumer.beginning_offsets([place], timeout_ms=ASK_MS)[place]
            return topic_id(consumer, self.topic), first, consumer.end_offsets([place], timeout_ms=ASK_MS)[place]
        except CLIENT_FAULTS as fault:
            self.close()
            raise refusal(self.settings, fault) from fault

    def follow(self, partition: int, start: int, end: int) -> Iterator[Raw]:
        """
        Yield the records from `start` on, before `end`.

        Stops early where nothing more comes within `read_within`; raises StoreUnavailable where the client fails.
        """
        place = TopicPartition(self.topic, partition)
        try:
            consumer = self._open(place)
            consumer.seek(place, start)
            until = self.clock() + self.settings.read_within
            while (consumer.position(place, timeout_ms=ASK_MS) or 0) < end and self.clock() < until:
                rows = consumer.poll(timeout_ms=POLL_MS).get(place, ())
                until = self.clock() + self.settings.read_within if rows else until
                yield from (
                    Raw(row.offset, row.key, row.value, tuple(row.headers or ())) for row in rows if row.offset < end
                )
        except CLIENT_FAULTS as fault:
            self.close()
            raise refusal(self.settings, fault) from fault

    def close(self) -> None:
        """No client is connected."""
        consumer, self._consumer = self._consumer, None
        if consumer is not None:
            close_consumer(consumer)

    def _open(self, place: TopicPartition) -> Consumer:
        if self._consumer is None:
            require_port(self.settings)
            self._consumer = self.build(self.settings)
        if place not in self._consumer.assignment():
            self._consumer.assign([place])
        return self._consumer
