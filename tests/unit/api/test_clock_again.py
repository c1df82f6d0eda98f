"""A clock that lost its lease, or its store, is no clock that has ended."""

import threading
from collections.abc import Callable

from api.serving import keep_time_again
from pipeline.domain.errors import StoreUnavailable


class Tries:
    """Keeps no time: each try does what is said next, and the last one is told to stop."""

    def __init__(self, stop: threading.Event, said: list[Callable[[], None]]) -> None:
        self.stop = stop
        self.said = said
        self.count = 0

    def keep(self) -> None:
        """One try."""
        self.count += 1
        what = self.said.pop(0)
        if not self.said:
            self.stop.set()
        what()


def refuses() -> None:
    raise StoreUnavailable("Elasticsearch is away", code="STO-301")


def loses() -> None:
    """The lease was lost, so keeping has ended."""


def test_who_lost_the_lease_or_the_store_waits_for_the_clock_again() -> None:
    """A server that is away for longer than a lease would else leave a cluster without a clock, and nobody told."""
    stop = threading.Event()
    tries = Tries(stop, [refuses, loses, loses])

    keep_time_again(tries.keep, _Hurried(stop))

    assert tries.count == 3


def test_a_clock_that_was_told_to_stop_is_not_started_again() -> None:
    """The end of the parent, or a signal, is the end."""
    stop = threading.Event()
    stop.set()
    tries = Tries(stop, [loses])

    keep_time_again(tries.keep, stop)

    assert tries.count == 0


class _Hurried(threading.Event):
    """The event itself, but nobody waits for it."""

    def __init__(self, event: threading.Event) -> None:
        super().__init__()
        self._event = event

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        del timeout
        return self.is_set()
