"""
Records of one topic, by partitions that a group of readers shares.

Used by one thread. The caller says from where it reads, for positions lie in the store (MECHANICS §3); what is
committed to Kafka is for Kafka's own tools, and its failure stops nothing. Whatever the client raises, it is closed
and made anew; what the brokers do not answer is empty, and asked again.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from kafka import OffsetAndMetadata, TopicPartition, errors

from pipeline.domain.errors import StoreUnavailable

from .faults import CLIENT_FAULTS, NEVER, refusal
from .members import STABLE, Consumer, build_member, close_consumer, partitions_known, topic_id
from .part import Part
from .port import PortWatch, require_port
from .record import Raw
from .settings import KafkaSettings

log = logging.getLogger(__name__)

Given = TypeVar("Given")

POLL_MS, JOIN_POLL_MS = 200, 1_000
"""Shorter polls can leave the client in a rebalance for ever (docs/kafka-python-bugs.md, 2)."""
KEEP_ALIVE, COMMIT_EVERY, STUCK, STANDS = 1.0, 5.0, 20.0, 2.5
"""Seconds: polled at least so often while there is work; committed; given up without progress; see publisher.py."""
ASK_MS = 2_000
MOST_FAULTS = 5
FIRST_WAIT, LONGEST_WAIT = 0.25, 5.0


class MadeAnew(RuntimeError):
    """The topic has another id than before: what was known of it is about one that is gone."""


@dataclass(slots=True)
class Reader:
    """Reads a topic as a member of the group; nothing is connected before the first question."""

    settings: KafkaSettings
    topic: str
    build: Callable[[KafkaSettings], Consumer] = build_member
    shut: Callable[[object], None] = close_consumer
    port: PortWatch | None = None
    clock: Callable[[], float] = time.monotonic
    rebuilt: int = 0
    _consumer: Consumer | None = None
    _stream: str = ""
    _parts: dict[int, Part] = field(default_factory=dict)
    _generation: int | None = None
    _polled_at: float = 0.0
    _committed: dict[int, tuple[float, int]] = field(default_factory=dict)
    _faults: int = 0
    _not_before: float = 0.0
    _wanting_since: float | None = None

    def stream(self) -> str:
        """Return the topic's id as the reader's own client knows it; "" where it is not connected."""
        return self._stream if self._consumer is not None else ""

    def held(self) -> tuple[int, ...]:
        """Return the partitions that are this reader's now; none while a rebalance goes on."""
        return self._attempt(self._hold, ())

    def read(self, partition: int, after: int, limit: int) -> Sequence[Raw]:
        """
        Return what the partition holds from the offset on, oldest first; nothing where the partition is not ours.

        An offset that is not there (removed by retention, or ahead of the topic) means the earliest record, and is
        said in the log. Waits at most `read_within` for records that the broker says it has.
        """
        return self._attempt(lambda: self._read(partition, after, limit), ())

    def close(self) -> None:
        """The reader has left the group; a later question connects it again."""
        consumer, self._consumer = self._consumer, None
        self._forget()
        if consumer is not None:
            self.shut(consumer)

    def _attempt(self, call: Callable[[], Given], nothing: Given) -> Given:
        try:
            if not self._open():
                return nothing
            given = call()
        except NEVER as fault:
            self.close()
            raise refusal(self.settings, fault) from None
        except CLIENT_FAULTS as fault:
            self._begin_anew(type(fault).__name__)
            if self._faults > MOST_FAULTS:
                raise refusal(self.settings, fault) from fault
            return nothing
        self._faults = 0
        return given

    def _begin_anew(self, why: str) -> None:
        """The client is closed; the next one is made after a pause that grows with each fault."""
        log.warning("bus.reader_replaced: the reader of %s is made anew (%s)", self.topic, why)
        self.close()
        self.rebuilt += 1
        self._faults += 1
        self._wanting_since = None
        self._not_before = self.clock() + min(FIRST_WAIT * 2 ** (self._faults - 1), LONGEST_WAIT)

    def _open(self) -> bool:
        """
        A consumer is there and a member of the group; False where that must wait.

        A careful start: made without a topic, subscribed, the topic known, then polled long enough to join.
        """
        if self._consumer is None:
            if self.clock() < self._not_before:
                return False
            require_port(self.settings, self._port.takes)
            self._consumer = self.build(self.settings)
            self._consumer.subscribe([self.topic])
            self._wait_for_topic(self._consumer)
        return self._join()

    def _wait_for_topic(self, consumer: Consumer) -> None:
        until = self.clock() + self.settings.read_within
        while not partitions_known(consumer, self.topic):
            if self.clock() >= until:
                self.close()
                sentence = f"Kafka at {self.settings.named} shows us no topic {self.topic}; run `huiyin doctor`"
                raise StoreUnavailable(sentence, code="BUS-310")
            time.sleep(0.01)

    def _join(self) -> bool:
        """The group is stable, with whatever it gave us; where it is not within `join_within` the client is stuck."""
        until = self.clock() + self.settings.join_within
        while self._consumer is not None:
            if self._generation is not None and self.clock() - self._polled_at < KEEP_ALIVE:
                return True
            self._prove_membership()
            self._poll(POLL_MS if self._generation is not None else JOIN_POLL_MS)
            if self._generation is None and self.clock() >= until:
                self._begin_anew(f"no assignment within {self.settings.join_within:.0f} s")
        return False

    def _prove_membership(self) -> None:
        """
        After a pause in which the group may have given us up, nothing of before is believed until Kafka says so.

        A heartbeat may have kept us; a process that was stopped sent none, and does not know it.
        """
        away = self.clock() - self._polled_at
        if self._generation is None or away * 1_000 < self.settings.session_ms:
            return
        if away * 1_000 >= self.settings.longest_step_ms:
            log.warning("bus.slow_reader: %s was not read for %.0f s; its partitions went to others", self.topic, away)
        reached = {n: part.after for n, part in self._parts.items() if part.after is not None}
        if reached and self._consumer is not None:
            offsets = {TopicPartition(self.topic, n): OffsetAndMetadata(after, "", -1) for n, after in reached.items()}
            self._consumer.commit(offsets, timeout_ms=ASK_MS)

    def _hold(self) -> tuple[int, ...]:
        return tuple(sorted(self._parts))

    def _poll(self, timeout_ms: int) -> None:
        """Records that came are buffered with their partitions; a partition that has enough is fetched no further."""
        if self._consumer is None:
            return
        came = self._consumer.poll(timeout_ms=timeout_ms)
        self._polled_at = self.clock()
        self._follow_group(self._consumer)
        for place, rows in came.items():
            part = self._parts.get(place.partition)
            if part is not None:
                part.add(rows)
                if len(part.buffered) >= self.settings.most_buffered and not part.is_paused:
                    self._consumer.pause(place)
                    part.is_paused = True

    def _follow_group(self, consumer: Consumer) -> None:
        """Of another generation of the group nothing is kept; what a partition is read for is sought first."""
        group = consumer.group_metadata()
        generation = group.generation_id if group.state == STABLE else None
        held = {place.partition for place in consumer.assignment()} if generation is not None else set()
        if generation != self._generation or held != self._parts.keys():
            self._parts = {n: Part(f"{self.topic}/{n}") for n in sorted(held)}
            self._generation = generation
            consumer.pause(*(TopicPartition(self.topic, n) for n in self._parts))
            log.info("bus.partitions: %s holds %s", self.topic, sorted(held))
        stream = topic_id(consumer, self.topic)
        if stream and self._stream and stream != self._stream:
            self._stream = ""
            raise MadeAnew(f"{self.topic} was made anew")
        self._stream = stream or self._stream

    def _read(self, partition: int, after: int, limit: int) -> Sequence[Raw]:
        part, consumer = self._parts.get(partition), self._consumer
        if part is None or consumer is None:
            return ()
        try:
            if part.after != after:
                self._seek(consumer, partition, part, after)
            self._fill(consumer, partition, limit)
        except errors.RetriableError as fault:
            self._want(f"no answer about {part.name}: {type(fault).__name__}")
        part = self._parts.get(partition)
        if part is None or part.after != after:
            return ()  # it went to another reader while we waited
        taken = part.take(limit)
        self._commit(partition, after)
        return taken

    def _seek(self, consumer: Consumer, partition: int, part: Part, after: int) -> None:
        place = TopicPartition(self.topic, partition)
        first = consumer.beginning_offsets([place], timeout_ms=ASK_MS)[place]
        end = consumer.end_offsets([place], timeout_ms=ASK_MS)[place]
        start = after if first <= after <= end else first
        if 0 < after < first:
            log.error("bus.gap: %s begins at %d, and was read up to %d only [BUS-309]", part.name, first, after)
        elif after > end:
            log.warning("bus.ahead: %s ends at %d, before %d; it is read from its beginning", part.name, end, after)
        consumer.seek(place, start)
        part.begin(after, start)
        self._resume(consumer, place, part)

    def _resume(self, consumer: Consumer, place: TopicPartition, part: Part) -> None:
        if part.is_paused:
            consumer.resume(place)
            part.is_paused = False

    def _fill(self, consumer: Consumer, partition: int, limit: int) -> None:
        """As many records are buffered as the caller wants and the broker says there are."""
        place, until = TopicPartition(self.topic, partition), self.clock() + self.settings.read_within
        end = consumer.end_offsets([place], timeout_ms=ASK_MS)[place]
        while True:
            part = self._parts.get(partition)
            if part is None or part.after is None:
                return
            if end < part.upto:
                part.after = None  # the topic went back: what was read is not there any more
                return
            if len(part.buffered) >= limit or part.upto >= end or self._is_past(consumer, place, end):
                self._wanting_since = None
                return
            if self.clock() >= until:
                self._want(f"{part.name} has records that do not come")
                return
            self._resume(consumer, place, part)
            self._poll(POLL_MS)

    @staticmethod
    def _is_past(consumer: Consumer, place: TopicPartition, end: int) -> bool:
        """Return whether the client has passed the end, over records that are none, such as ends of transactions."""
        return (consumer.position(place, timeout_ms=ASK_MS) or 0) >= end

    def _want(self, why: str) -> None:
        """Without progress for long, and with a broker that takes connections, the client is stuck: another is made."""
        now = self.clock()
        self._wanting_since = now if self._wanting_since is None else self._wanting_since
        log.info("bus.wanting: %s", why)
        if now - self._wanting_since > STUCK and self._port.taken_for() >= STANDS:
            self._begin_anew(why)

    def _commit(self, partition: int, after: int) -> None:
        """Kafka's own tools are told how far the store is, now and then; where that fails the next one covers it."""
        when, before = self._committed.get(partition, (float("-inf"), 0))
        if after <= before or self.clock() - when < COMMIT_EVERY or self._consumer is None:
            return
        self._committed[partition] = (self.clock(), after)
        offsets = {TopicPartition(self.topic, partition): OffsetAndMetadata(after, "", -1)}
        try:
            self._consumer.commit_async(offsets, callback=_tell)
        except CLIENT_FAULTS as fault:
            _tell(offsets, fault)

    def _forget(self) -> None:
        self._parts, self._generation, self._committed = {}, None, {}

    @property
    def _port(self) -> PortWatch:
        if self.port is None:
            self.port = PortWatch(self.settings.servers)
        return self.port


def _tell(offsets: object, answer: object) -> None:
    if isinstance(answer, Exception):
        log.info("bus.commit_failed: %s (%s); only Kafka's own tools read it", offsets, type(answer).__name__)
