"""
A clock of a story: it runs faster than the wall, and every process that opens the same folder reads the same time.

A small file holds the legs: from which moment of the machine's clock on the story's clock shows what, and how fast it
runs. A leg is written a moment before it begins, and the file is looked at several times within that moment, so that
no process misses the change and no clock runs backwards. What must hold on the machine (leases, signs of life) goes by
the machine's own clock.
"""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Clock

LOOKED_AT_EACH: Millis = 200
ANNOUNCED: Millis = 1_000
"""How long before its beginning a leg is written: several looks, and a process that was held up for a while."""


@dataclass(frozen=True, slots=True)
class Leg:
    """From `since` of the machine's clock on the story's clock shows `at`, and runs `speed` times as fast."""

    since: Millis
    at: Millis
    speed: int

    def shows(self, machine: Millis) -> Millis:
        """Return what the story's clock shows at a moment of the machine's clock."""
        return self.at + (machine - self.since) * self.speed


def shown(legs: Sequence[Leg], machine: Millis) -> Millis:
    """Return what the story's clock shows: by the last leg that has begun, before all of them by the machine's."""
    begun = [leg for leg in legs if leg.since <= machine]
    return begun[-1].shows(machine) if begun else machine


class PacedClock:
    """The clock of the legs in a file; the machine's time where there is none."""

    def __init__(self, path: Path, machine: Clock) -> None:
        self._path = path
        self._machine = machine
        self._legs: tuple[Leg, ...] = ()
        self._looked_at: Millis | None = None

    def now(self) -> Millis:
        """Return what the story's clock shows."""
        machine = self._machine.now()
        if self._looked_at is None or not 0 <= machine - self._looked_at < LOOKED_AT_EACH:
            self._looked_at = machine
            with contextlib.suppress(OSError):  # it is being replaced at this very moment: the legs known still hold
                self._legs = read_legs(self._path)
        return shown(self._legs, machine)


def read_legs(path: Path) -> tuple[Leg, ...]:
    """Return the legs of a file, oldest first; none where there is no file. Raises BadInput (DEM-104) for another."""
    try:
        held: Any = json.loads(path.read_text(encoding="utf-8"))
        legs = tuple(Leg(int(one["since"]), int(one["at"]), int(one["speed"])) for one in held["legs"])
    except FileNotFoundError:
        return ()
    except (ValueError, KeyError, TypeError) as cause:
        raise BadInput(f"{path} holds no pace of a demo ({cause}); begin a new demo", code="DEM-104") from cause
    if any(leg.speed < 1 for leg in legs) or any(later.since <= one.since for one, later in pairwise(legs)):
        raise BadInput(f"{path} holds a pace that no clock can keep; begin a new demo", code="DEM-104")
    return legs


def change_pace(path: Path, speed: int, machine: Clock) -> Millis:
    """
    The story's clock runs so fast, in a moment; returns when, by the machine's clock.

    A leg that has not begun yet is replaced. The clock never runs backwards: it goes on from what it shows then.
    """
    now = machine.now()
    legs = tuple(leg for leg in read_legs(path) if leg.since <= now)
    since = now + (ANNOUNCED if legs else 0)
    legs = (*legs, Leg(since, max(shown(legs, since), since if not legs else 0), speed))
    text = json.dumps({"legs": [{"since": leg.since, "at": leg.at, "speed": leg.speed} for leg in legs[-50:]]})
    beside = path.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
    return since
