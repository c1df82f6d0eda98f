"""Signs of life: each long-running part writes down that it goes on, so that nobody needs a supervisor to know."""

import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of
from pipeline.ports import Clock, Record, Records

HEARTBEAT = "heartbeat"
"""The kind of the records in which parts write down that they go on."""

EVERY: Millis = 5_000
STALE: Millis = 60_000
"""The longest step is some seconds; a part that was silent for a minute hangs, or was killed."""


class Phase(StrEnum):
    """What a part does: it loads what it must know, it works, or it has ended in order."""

    STARTING = "starting"
    WORKING = "working"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Pulse:
    """The last sign of life of a part; `where` is how far it had come ("" where that means nothing)."""

    part: str
    phase: Phase
    at: Millis
    where: str = ""


def nowhere() -> str:
    """Return the position of a part that has none."""
    return ""


class Heart:
    """Writes a part's signs of life, at most one in EVERY; a store that refuses one leaves the silence to speak."""

    def __init__(self, records: Records, clock: Clock, part: str, where: Callable[[], str] = nowhere) -> None:
        self._records = records
        self._clock = clock
        self._part = part
        self._where = where
        self._last: tuple[Phase, Millis] | None = None

    def beat(self, phase: Phase = Phase.WORKING) -> None:
        """The part is known to go on; asked more often than EVERY, it costs nothing."""
        now = self._clock.now()
        if self._last is not None and self._last[0] is phase and abs(now - self._last[1]) < EVERY:
            return
        with contextlib.suppress(StoreUnavailable):
            value = json.dumps({"phase": phase, "where": self._where()}, ensure_ascii=False, sort_keys=True)
            self._records.put(Record(HEARTBEAT, "", self._part, 0, value, now, self._part, ""), expect=None)
            self._last = (phase, now)


def pulses(records: Records) -> Mapping[str, Pulse]:
    """Return the last sign of life of every part that ever gave one."""
    found = {}
    for record in records.list(HEARTBEAT, ""):
        value = json.loads(record.value)
        found[record.key] = Pulse(record.key, Phase(value["phase"]), record.at, value["where"])
    return found


def silence(part: str, pulse: Pulse | None, now: Millis) -> str:
    """Return a sentence where the part does not go on, or "" where it does."""
    if pulse is None:
        return f"{part}: no sign of life yet; start `huiyin run`, or `huiyin {verb_of(part)}` beside the others"
    if pulse.phase is Phase.ENDED:
        return f"{part}: ended in order at {iso_of(pulse.at)}; start it again"
    if now - pulse.at <= STALE:
        return ""
    does = "is still starting, or hangs" if pulse.phase is Phase.STARTING else "hangs, or was killed"
    return f"{part}: no sign of life since {iso_of(pulse.at)}; it {does}. Look at its log, or start it again"


def processes_of(part: str) -> tuple[str, ...]:
    """Return the processes of `huiyin run` that may be the part: the clock is kept by `serve`, or by `schedule`."""
    return ("schedule", "serve") if part == "clock" else (part,)


def verb_of(part: str) -> str:
    """Return the verb that runs the part alone."""
    return "schedule" if part == "clock" else part
