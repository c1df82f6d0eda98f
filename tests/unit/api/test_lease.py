"""A lease is noticed when it is lost, however it is lost, and a store that refuses for a moment loses nothing."""

import threading
import time
from collections.abc import Callable

import pytest

from api.lease import LASTS, Lease
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from tests.builders import MONDAY, HeldClock


class Refusing(MemoryRecords):
    """Records that take no lease while `is_shut` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.is_shut = threading.Event()
        self.refused = 0

    def take(self, name: str, holder: str, *, now: Millis, until: Millis) -> int | None:
        if self.is_shut.is_set():
            self.refused += 1
            raise StoreUnavailable("the disk is full")
        return super().take(name, holder, now=now, until=until)


def soon(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and not condition():
        time.sleep(0.005)
    return condition()


def a_lease(records: MemoryRecords, clock: HeldClock) -> Lease:
    return Lease(records, clock, "work", "a", renew_seconds=0.01)


def test_a_store_that_refuses_for_a_moment_loses_no_lease() -> None:
    """The lease still runs, and is renewed when the store answers."""
    records, clock = Refusing(), HeldClock()
    with a_lease(records, clock) as lease:
        records.is_shut.set()
        assert soon(lambda: records.refused > 2)
        records.is_shut.clear()

        assert not lease.lost.is_set()


def test_a_lease_that_could_not_be_renewed_until_its_end_is_lost() -> None:
    """Another holder may have it now: leave."""
    records, clock = Refusing(), HeldClock()
    with a_lease(records, clock) as lease:
        records.is_shut.set()
        clock.at = MONDAY + LASTS

        assert soon(lease.lost.is_set)
        records.is_shut.clear()


def test_a_lease_that_another_held_in_between_is_lost() -> None:
    """The process stood still; another took the lease, worked, and gave it back."""
    records, clock = MemoryRecords(), HeldClock()
    with a_lease(records, clock) as lease:
        assert records.take("work", "b", now=MONDAY + 2 * LASTS, until=MONDAY + 3 * LASTS)
        records.release("work", "b")

        assert soon(lease.lost.is_set)


@pytest.mark.parametrize("is_shut", [False, True])
def test_leaving_gives_the_lease_back_where_the_store_takes_it(*, is_shut: bool) -> None:
    """Where it does not, the lease runs out by itself."""
    records, clock = Refusing(), HeldClock()
    with a_lease(records, clock):
        if is_shut:
            records.is_shut.set()
    records.is_shut.clear()

    assert records.take("work", "b", now=MONDAY + 1, until=MONDAY + 2) is not None


def test_a_process_that_waits_takes_over_when_the_first_has_died() -> None:
    """Of two clocks one ticks; the other needs nobody to start it."""
    records, clock, stop, held = MemoryRecords(), HeldClock(), threading.Event(), threading.Event()
    records.take("clock", "first", now=clock.now(), until=clock.now() + LASTS)

    def wait() -> None:
        with Lease(records, clock, "clock", "second", renew_seconds=0.01, waits_until=stop) as lease:
            if lease.is_sure():
                held.set()
                stop.wait(10)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    assert not held.wait(0.1)
    clock.at += LASTS + 1

    assert held.wait(10)
    stop.set()
    waiting.join(10)
    assert not waiting.is_alive()


def test_a_process_that_waits_ends_when_it_is_told_to() -> None:
    """Without ever having held anything."""
    records, clock, stop = Refusing(), HeldClock(), threading.Event()
    records.take("clock", "first", now=clock.now(), until=clock.now() + LASTS)
    records.is_shut.set()
    told = threading.Timer(0.05, stop.set)
    told.start()

    with Lease(records, clock, "clock", "second", renew_seconds=0.01, waits_until=stop) as lease:
        assert not lease.is_sure()
    assert records.refused > 1
