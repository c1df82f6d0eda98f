"""
Records go to Kafka and are acknowledged, whatever happens to the broker meanwhile.

What is not yet acknowledged waits in a bounded, ordered map. An outage can wedge the client's idempotent producer for
ever (docs/kafka-python-bugs.md, 1); then a new one is made and what waits is sent again, in order. That may double a
record whose acknowledgement was lost, so whoever reads must know it by its id.
"""

import hashlib
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.partition import partition_of

from .faults import CLIENT_FAULTS, NEVER, refusal
from .port import PortWatch, require_port
from .producing import Producer, build_producer, stop_producer
from .record import Outgoing
from .settings import KafkaSettings

log = logging.getLogger(__name__)

STANDS = 2.5
"""Seconds for which a broker must have taken connections before a producer is given up."""
PATIENCE, PATIENCE_OF_SEVERAL, MOST_PATIENCE = 3.0, 15.0, 60.0
"""Seconds without an acknowledgement before a producer is given up; among several brokers a new leader takes 8–13 s."""
_TICK = 0.05


@dataclass(slots=True, eq=False)
class _Waiting:
    """A record that is not yet acknowledged, or the fault for which it never will be."""

    record: Outgoing
    is_done: bool = False
    fault: BaseException | None = None


@dataclass(slots=True)
class Publisher:
    """
    Publishes records; safe to use from several threads, in order per caller and key.

    `build` makes a producer, `port` says since when a broker takes connections. No thread of its own: whoever waits
    for his records tends those of all.
    """

    settings: KafkaSettings
    build: Callable[[KafkaSettings], Producer] = build_producer
    stop: Callable[[object], None] = stop_producer
    port: PortWatch | None = None
    clock: Callable[[], float] = time.monotonic
    rebuilt: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)
    _ring: threading.Event = field(default_factory=threading.Event)
    _answers: deque[tuple[int, bytes, BaseException | None]] = field(default_factory=deque)
    _waiting: dict[bytes, _Waiting] = field(default_factory=dict)
    _unsent: deque[bytes] = field(default_factory=deque)
    _bytes: int = 0
    _producer: Producer | None = None
    _generation: int = 0
    _has_failed: bool = False
    _moved_at: float = 0.0
    _patience: float = PATIENCE

    def __post_init__(self) -> None:
        self._patience = self._first_patience
        if self.port is None:
            self.port = PortWatch(self.settings.servers)

    def deliver(self, records: Sequence[Outgoing]) -> None:
        """
        All records are acknowledged by the broker, in order per key.

        Raises StoreUnavailable where no broker takes connections (BUS-301), too much waits already (BUS-302), the
        broker refuses us (BUS-303) or not all was acknowledged in time (BUS-304). Then some may be on the topic or
        come there still; publishing them again is right, for a repeat is skipped by whoever reads.
        """
        until = self.clock() + self.settings.publish_within
        with self._turn(until):
            mine = [self._enter(record, until) for record in records]
        while not all(each.is_done for each in mine):
            with self._turn(until):
                self._tend()
            if all(each.is_done for each in mine):
                break
            if self.clock() >= until:
                raise self._too_late(sum(not each.is_done for each in mine))
            self._rest()
        for each in mine:
            if each.fault is not None:
                raise refusal(self.settings, each.fault)

    def waiting(self) -> int:
        """Return how many records are not yet acknowledged."""
        return len(self._waiting)

    def close(self) -> None:
        """No thread sends any more; what nobody waited for is dropped."""
        with self._guard:
            producer, self._producer = self._producer, None
            self._generation += 1
            if producer is not None:
                self.stop(producer)

    @property
    def _first_patience(self) -> float:
        several = len(self.settings.servers) > 1 or self.settings.replication > 1
        return PATIENCE_OF_SEVERAL if several else PATIENCE

    @contextmanager
    def _turn(self, until: float) -> Iterator[None]:
        if not self._guard.acquire(timeout=max(_TICK, until - self.clock())):
            raise self._too_late(len(self._waiting))
        try:
            yield
        finally:
            self._guard.release()

    def _rest(self) -> None:
        self._ring.wait(_TICK)
        self._ring.clear()

    def _enter(self, record: Outgoing, until: float) -> _Waiting:
        """The record waits to be sent; one that waits already, after a caller lost patience, is the same."""
        name = hashlib.sha256(b"\0".join((record.topic.encode(), record.key.encode(), record.value))).digest()
        known = self._waiting.get(name)
        if known is not None:
            return known
        while not self._has_room(record):
            self._tend()
            if self._has_room(record):
                break
            if self.clock() >= until:
                raise self._too_much()
            self._rest()
        if not self._waiting:
            self._moved_at = self.clock()
        waiting = self._waiting[name] = _Waiting(record)
        self._unsent.append(name)
        self._bytes += record.size
        return waiting

    def _has_room(self, record: Outgoing) -> bool:
        if not self._waiting:
            return True
        fits = self._bytes + record.size <= self.settings.most_waiting_bytes
        return fits and len(self._waiting) < self.settings.most_waiting

    def _tend(self) -> None:
        """Answers are taken in, what is unsent is sent, and a producer that brings nothing any more is replaced."""
        self._take_answers()
        if self._waiting:
            self._open()
            self._send_unsent()
            self._mend()

    def _take_answers(self) -> None:
        while self._answers:
            generation, name, fault = self._answers.popleft()
            if fault is None:
                self._moved_at, self._patience = self.clock(), self._first_patience
                self._settle(name, None)
            elif generation == self._generation and isinstance(fault, NEVER):
                self._settle(name, fault)
            elif generation == self._generation:
                self._has_failed = True

    def _settle(self, name: bytes, fault: BaseException | None) -> None:
        waiting = self._waiting.pop(name, None)
        if waiting is not None:
            self._bytes -= waiting.record.size
            waiting.fault, waiting.is_done = fault, True

    def _open(self) -> None:
        """There is a producer; for the first one a broker must answer at once, later ones are waited for."""
        if self._producer is not None:
            return
        if self._generation == 0:
            require_port(self.settings, self._port.takes)
        elif self._port.taken_for() < STANDS:
            return
        try:
            self._producer = self.build(self.settings)
        except CLIENT_FAULTS as fault:
            if self._generation == 0 or isinstance(fault, NEVER):
                raise refusal(self.settings, fault) from None
            log.warning("bus.no_producer: a new producer was not to be had (%s); tried again", type(fault).__name__)
            self._port.forget()
            return
        self._generation += 1
        self._unsent = deque(self._waiting)
        self._has_failed, self._moved_at = False, self.clock()

    def _send_unsent(self) -> None:
        while self._unsent and self._producer is not None:
            waiting = self._waiting.get(self._unsent[0])
            try:
                if waiting is not None:
                    self._send(self._producer, self._unsent[0], waiting.record)
            except NEVER as fault:
                self._settle(self._unsent[0], fault)
            except CLIENT_FAULTS as fault:
                log.info("bus.not_taken: the client took no record (%s); tried again", type(fault).__name__)
                self._has_failed = True
                return
            self._unsent.popleft()

    def _send(self, producer: Producer, name: bytes, record: Outgoing) -> None:
        partition = partition_of(record.key, len(set(producer.partitions_for(record.topic))))
        headers = list(record.headers)
        promise = producer.send(
            record.topic, key=record.key.encode(), value=record.value, headers=headers, partition=partition
        )
        promise.add_callback(self._answer, self._generation, name, None)
        promise.add_errback(self._fail, self._generation, name)

    def _answer(self, generation: int, name: bytes, fault: BaseException | None, _receipt: object = None) -> None:
        # called by the client's thread, which must never wait for our lock
        self._answers.append((generation, name, fault))
        self._ring.set()

    def _fail(self, generation: int, name: bytes, fault: BaseException) -> None:
        self._answer(generation, name, fault)

    def _mend(self) -> None:
        """
        A producer that was wedged by an outage is replaced, and what waits is sent again in order.

        Never while the broker is down, and not before a producer that is well had time to come back by itself: a
        rebuild in mid-flight may double records, and doing so again and again would never end.
        """
        late = self.clock() - self._moved_at > self._patience
        if self._producer is None or not (self._has_failed or late) or self._port.taken_for() < STANDS:
            return
        log.warning("bus.producer_replaced: %d records wait, and the broker is there", len(self._waiting))
        producer, self._producer = self._producer, None
        self.stop(producer)
        self.rebuilt += 1
        self._take_answers()
        self._patience = min(2 * self._patience, MOST_PATIENCE)
        self._open()
        self._send_unsent()

    @property
    def _port(self) -> PortWatch:
        assert self.port is not None  # noqa: S101 - set in __post_init__
        return self.port

    def _too_much(self) -> StoreUnavailable:
        sentence = (
            f"{len(self._waiting)} records wait for Kafka at {self.settings.named} already; nothing more is taken "
            "until it acknowledges them: look whether the broker runs and its disk has room"
        )
        return StoreUnavailable(sentence, code="BUS-302")

    def _too_late(self, missing: int) -> StoreUnavailable:
        sentence = (
            f"Kafka at {self.settings.named} did not acknowledge {missing} records within "
            f"{self.settings.publish_within:.0f} s; look whether the broker runs and its disk has room, then try again"
        )
        return StoreUnavailable(sentence, code="BUS-304")
