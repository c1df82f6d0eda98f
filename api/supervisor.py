"""
One parent, several children: `huiyin run` is `crawl`, `work` and `serve` side by side, on the cluster `schedule` too.

A child that ends is started again with back-off and shown as what it is; the parent's end ends all. Parent and
children speak only through the stores.
"""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

log = logging.getLogger(__name__)

ENTRY = "from api.cli import main; raise SystemExit(main())"
"""How a child starts: the same program, without the current folder on the path where another `api` may lie."""

FIRST_WAIT: Millis = 1_000
LONGEST_WAIT: Millis = 60_000
CALM: Millis = 60_000
"""A child that has lived this long starts again without waiting."""

A_PERSON_MUST_LOOK = 3
"""The exit code of a child that stopped so that a person looks: starting it again at once would undo the stop."""
LONGEST_WAIT_FOR_A_PERSON: Millis = 3_600_000

PROCESS = "process"
"""The kind of the records in which children's states are kept."""


def child_command(arguments: Sequence[str]) -> list[str]:
    """Return the command line of a child with these arguments of the CLI."""
    return [sys.executable, "-P", "-c", ENTRY, *arguments, "--follow-parent"]


def start_child(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Return the child, started, with the line that tells it when its parent has ended."""
    return subprocess.Popen(child_command(arguments), stdin=subprocess.PIPE)  # noqa: S603 - our own program


@dataclass(slots=True)
class Child:
    """A child process: what it runs, and how it has fared."""

    name: str
    arguments: tuple[str, ...]
    process: subprocess.Popen[bytes] | None = None
    started_at: Millis = 0
    next_start_at: Millis = 0
    wait: Millis = FIRST_WAIT
    restarts: int = 0
    last_exit: int | None = None
    why: str = ""


@dataclass(slots=True)
class Supervisor:
    """
    Keeps children alive until it is told to stop, or until another parent has taken its place.

    `machine` tells the children of several machines apart; "" where there is one.
    """

    children: Sequence[Child]
    records: Records
    clock: Clock
    poll_seconds: float = 0.2
    start: Callable[[Sequence[str]], subprocess.Popen[bytes]] = start_child
    is_replaced: Callable[[], bool] = bool
    machine: str = ""
    _shown: dict[str, str] = field(default_factory=dict)
    _unshown: dict[str, str] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        """Every child has ended when this returns; until `stop` is set, each is started again when it dies."""
        try:
            while not stop.is_set() and not self.is_replaced():
                self.tend()
                stop.wait(self.poll_seconds)
        finally:
            self._end_all()

    def tend(self) -> None:
        """Every child whose time has come was started, and every one that has ended is known to be dead."""
        for child in self.children:
            self._tend(child)
            self._show(child, "dead" if child.process is None else "alive")

    def _tend(self, child: Child) -> None:
        now = self.clock.now()
        if child.process is None:
            waits_too_long = child.next_start_at - now > child.wait  # the clock has stepped back
            if now >= child.next_start_at or waits_too_long:
                self._start(child, now)
            return
        code = child.process.poll()
        if code is not None:
            _close_line(child)
            child.process = None
            child.last_exit = code
            self._wait_with(child, now, why_it_ended(code))

    def _wait_with(self, child: Child, now: Millis, why: str) -> None:
        """The child is started again later: ever later where it does not live long, or where a person must look."""
        child.restarts += 1
        if child.last_exit == A_PERSON_MUST_LOOK:
            child.wait = min(max(child.wait * 2, LONGEST_WAIT), LONGEST_WAIT_FOR_A_PERSON)
        elif now - child.started_at >= CALM:
            child.wait = FIRST_WAIT
        else:
            child.wait = min(child.wait * 2, LONGEST_WAIT)
        child.next_start_at = now + child.wait
        child.why = why
        log.warning("supervisor.child_ended: %s %s; it is started again in %d s", child.name, why, child.wait // 1_000)

    def _start(self, child: Child, now: Millis) -> None:
        child.started_at = now
        try:
            child.process = self.start(child.arguments)
        except OSError as failure:
            child.last_exit = None
            self._wait_with(child, now, f"could not be started ({failure.strerror})")

    def _show(self, child: Child, state: str) -> None:
        """The record says how the child is; a store that refuses ends nobody, and is told at the next look."""
        value = json.dumps(
            {
                "state": state,
                "pid": child.process.pid if child.process else 0,
                "restarts": child.restarts,
                "last_exit": child.last_exit,
                "next_start_at": child.next_start_at if state == "dead" else 0,
                "why": child.why if state == "dead" else "",
            },
            sort_keys=True,
        )
        if self._shown.get(child.name) == value:
            return
        key = f"{child.name}@{self.machine}" if self.machine else child.name
        record = Record(PROCESS, "", key, 0, value, self.clock.now(), "supervisor", "")
        try:
            self.records.put(record, expect=None)
            self._shown[child.name] = value
        except StoreUnavailable as refusal:
            if self._unshown.get(child.name) != value:
                self._unshown[child.name] = value
                log.warning("supervisor.cannot_show: %s is %s; %s", child.name, state, refusal)

    def _end_all(self) -> None:
        for child in self.children:
            _close_line(child)
        for child in self.children:
            if child.process is not None:
                _end(child.process)
                child.last_exit = child.process.returncode
                child.process = None
            self._show(child, "stopped")


def name_of(key: str) -> str:
    """Return the child's name in the key of its record: `work@east-2` is `work` on the machine east-2."""
    return key.partition("@")[0]


def why_it_ended(code: int) -> str:
    """Return what an exit code says; the child's own last sentence stands in the log before it."""
    if code < 0:
        return f"was ended by signal {-code}"
    said = {
        0: "ended in order without being asked to",
        1: "left because another process had taken over, or broke (exit 1)",
        2: "refused to go on (exit 2)",
        A_PERSON_MUST_LOOK: "stopped so that a person looks: mend the cause that `huiyin doctor` names, then restart",
    }
    return said.get(code, f"broke (exit {code})")


def _close_line(child: Child) -> None:
    if child.process is not None and child.process.stdin is not None and not child.process.stdin.closed:
        child.process.stdin.close()


def _end(process: subprocess.Popen[bytes], grace_seconds: float = 12.0) -> None:
    """Wait for an orderly end, then insist."""
    try:
        process.wait(timeout=grace_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(timeout=grace_seconds)
