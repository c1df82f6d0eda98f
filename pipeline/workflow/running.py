"""
Gaps in running: a PC that is off at night, or asleep. They are recorded, so that a silence is told from a quiet night.

The clock notes each half minute that it runs. What it finds missing for longer than GAP is a gap, whether the program
was started anew or the machine slept under it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

RUNNING = "running"
GAPS = "running_gap"
NOTED_EACH: Millis = 30_000
GAP: Millis = 10 * 60_000
KEPT_FOR: Millis = 400 * 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Gap:
    """Nothing was told and nothing looked at from `since` to `until`."""

    since: Millis
    until: Millis


def gap_before(records: Records, now: Millis) -> Gap | None:
    """Return the gap that ends now; None where the clock has run on, or never ran before."""
    noted = records.get(RUNNING, "", "clock")
    return Gap(noted.at, now) if noted is not None and now - noted.at > GAP else None


def note_running(records: Records, now: Millis) -> None:
    """It is known that the clock runs now, and of a gap before it from when to when; cheap when asked each second."""
    noted = records.get(RUNNING, "", "clock")
    gap = gap_before(records, now)
    if gap is not None:
        value = json.dumps({"since": gap.since, "until": gap.until}, sort_keys=True)
        records.put(Record(GAPS, "", f"{gap.since:013d}", 0, value, now, "clock", ""), expect=None)
        for old in records.list(GAPS, ""):
            if old.at < now - KEPT_FOR:
                records.remove(GAPS, "", old.key)
    if noted is None or abs(now - noted.at) >= NOTED_EACH:
        records.put(Record(RUNNING, "", "clock", 0, "{}", now, "clock", ""), expect=None)


def gaps(records: Records, since: Millis) -> Sequence[Gap]:
    """Return the gaps that ended after a moment, oldest first."""
    found = [json.loads(record.value) for record in records.list(GAPS, "")]
    return [Gap(one["since"], one["until"]) for one in found if one["until"] > since]
