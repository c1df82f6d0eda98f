"""The client's producer: made only where a port answers, and stopped by force."""

import logging
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from kafka import KafkaProducer

from .faults import CLIENT_FAULTS
from .settings import KafkaSettings, producer_options

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0


class Promise(Protocol):
    """What the client gives for a record that it has taken: it calls back from a thread of its own."""

    def add_callback(self, call: Callable[..., None], *said: object) -> object:
        """Call with what was said and the broker's answer once the record is acknowledged."""

    def add_errback(self, call: Callable[..., None], *said: object) -> object:
        """Call with what was said and the fault once the client has given the record up."""


class Producer(Protocol):
    """As much of KafkaProducer as the publisher uses."""

    def send(self, topic: str, **record: Any) -> Promise:  # noqa: ANN401 - key, value, headers and partition
        """Take one record; it is sent by the client's own thread."""

    def partitions_for(self, topic: str) -> Iterable[int]:
        """Return the partitions of a topic."""


def build_producer(settings: KafkaSettings) -> Producer:
    """Return a connected producer of its own id."""
    producer: Producer = KafkaProducer(**producer_options(settings))
    return producer


def stop_producer(producer: object) -> None:
    """
    The producer sends nothing any more, and its thread has ended.

    `close` alone first waits for what is under way; where that fails it raises and leaves the thread alive, which
    delivers later what was meanwhile sent by another producer. So the sender is stopped by force before.
    """
    sender = getattr(producer, "_sender", None)
    try:
        if sender is not None:
            sender.force_close()
            sender.join(STOP_SECONDS)
            if sender.is_alive():
                log.error("bus.sender_alive: a producer's thread did not end within %.0f s", STOP_SECONDS)
        producer.close(timeout=0)  # type: ignore[attr-defined]  # the client has no types
    except CLIENT_FAULTS as fault:
        log.info("bus.close_failed: a producer did not close quietly (%s)", type(fault).__name__)
