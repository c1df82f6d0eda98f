"""Children are started again when they die, and end with their parent."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from api.supervisor import A_PERSON_MUST_LOOK, PROCESS, Child, Supervisor
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.adapters.system_clock import SystemClock
from pipeline.domain.errors import StoreUnavailable
from pipeline.ports import Record
from tests.builders import DAY, MONDAY, HeldClock


def wait_for(condition: object, seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if callable(condition) and condition():
            return True
        time.sleep(0.05)
    return False


def supervise(child: Child, records: MemoryRecords, stop: threading.Event) -> threading.Thread:
    thread = threading.Thread(target=Supervisor([child], records, SystemClock()).run, args=(stop,))
    thread.start()
    return thread


def state(records: MemoryRecords, name: str) -> dict[str, object]:
    record = records.get(PROCESS, "", name)
    return dict(json.loads(record.value)) if record else {}


def test_a_child_that_dies_is_shown_as_dead_and_started_again() -> None:
    """The verb --help ends at once: a child that cannot live."""
    records, stop = MemoryRecords(), threading.Event()
    thread = supervise(Child("helper", ("--help",)), records, stop)
    try:
        assert wait_for(lambda: int(str(state(records, "helper").get("restarts", 0))) >= 2)
    finally:
        stop.set()
        thread.join(timeout=20)

    assert state(records, "helper")["state"] == "stopped"


class Shut(MemoryRecords):
    """Records that refuse the first few writes."""

    refusals = 3

    def put(self, record: Record, *, expect: int | None) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise StoreUnavailable("the disk is full")
        return super().put(record, expect=expect)


def test_a_store_that_refuses_for_a_moment_ends_no_child() -> None:
    """What could not be shown is shown later; the children live on."""
    records, stop = Shut(), threading.Event()
    thread = supervise(Child("helper", ("--help",)), records, stop)
    try:
        assert wait_for(lambda: bool(state(records, "helper")))
        assert thread.is_alive()
    finally:
        stop.set()
        thread.join(timeout=20)


def test_a_child_that_cannot_be_started_is_dead_and_tried_again() -> None:
    """The machine has no room for a process: the others go on, and this one waits its turn."""

    def refuse(_arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    records, clock = MemoryRecords(), HeldClock()
    child = Child("helper", ())
    supervisor = Supervisor([child], records, clock, start=refuse)
    supervisor.tend()
    supervisor.tend()

    assert (state(records, "helper")["state"], child.restarts) == ("dead", 1)
    clock.at = child.next_start_at
    supervisor.tend()
    assert child.restarts == 2


class Ended:
    """A child that has ended with the code."""

    pid = 1
    stdin = None

    def __init__(self, code: int) -> None:
        self.code = code

    def poll(self) -> int:
        """Return the exit code."""
        return self.code


def waits_of(code: int, *, lives: int, times: int) -> tuple[list[int], dict[str, object]]:
    """Return how long the supervisor waits after each end of a child that lives so long, and what it shows."""
    records, clock, child = MemoryRecords(), HeldClock(), Child("work", ())
    supervisor = Supervisor([child], records, clock, start=lambda _arguments: Ended(code))  # type: ignore[arg-type,return-value]  # only what is asked of a process
    waits = []
    for _ in range(times):
        supervisor.tend()
        clock.at += lives
        supervisor.tend()
        waits.append((child.next_start_at - clock.at) // 1_000)
        clock.at = child.next_start_at
    return waits, state(records, "work")


def test_a_child_that_stopped_for_a_person_is_started_ever_later_however_long_it_lived() -> None:
    """Each start would bury a hundred records more, so it begins at a minute and goes up to an hour."""
    waits, shown = waits_of(A_PERSON_MUST_LOOK, lives=120_000, times=8)

    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert "so that a person looks" in str(shown["why"])
    assert shown["state"] == "dead"


def test_a_child_that_breaks_at_once_is_started_ever_later_and_one_that_lived_soon() -> None:
    """Up to a minute; and the record says how it ended."""
    assert waits_of(2, lives=0, times=8)[0] == [2, 4, 8, 16, 32, 60, 60, 60]
    assert waits_of(1, lives=60_000, times=3)[0] == [1, 1, 1]
    assert waits_of(-9, lives=0, times=1)[1]["why"] == "was ended by signal 9"


def test_a_clock_that_steps_back_keeps_no_child_waiting() -> None:
    """The wait is at most a minute, whatever the clock says."""
    records, clock, tried = MemoryRecords(), HeldClock(), list[Sequence[str]]()

    def refuse(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
        tried.append(arguments)
        raise BlockingIOError(11, "Resource temporarily unavailable")

    supervisor = Supervisor([Child("helper", ())], records, clock, start=refuse)
    supervisor.tend()
    clock.at = MONDAY - DAY
    supervisor.tend()

    assert len(tried) == 2


def test_a_child_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    """The parent is killed without a chance to clean up; the child notices by its pipe."""
    program = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'from api.lifeline import follow_parent; "
        "follow_parent().wait()'], stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=Path.cwd()) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()

    assert wait_for(lambda: not _is_alive(child))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
