"""Children are started again when they die, and end with their parent."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from api.supervisor import PROCESS, Child, Supervisor
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
