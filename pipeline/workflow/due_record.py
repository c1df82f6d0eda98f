"""What the minute's check found, for other processes to read: open incidents, and those nobody is reminded of."""

import json
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

from .desk import DueCheck

DUE_CHECK = "due_check"
NAMED = 20
"""So many incidents without a due time are named; all are counted."""


@dataclass(frozen=True, slots=True)
class DueFound:
    """When it was looked, how many incidents were open, and how many of them had neither due time nor reason."""

    at: Millis
    open_incidents: int
    undated: int
    named: tuple[str, ...] = ()


def note_due_check(records: Records, check: DueCheck, now: Millis) -> DueFound:
    """What was found is on record, in the place of what was found before; returns it."""
    undated = sorted(incident for incidents in check.undated.values() for incident in incidents)
    found = {"open": check.open_incidents, "undated": len(undated), "named": undated[:NAMED]}
    records.put(Record(DUE_CHECK, "", "clock", 0, json.dumps(found), now, "clock", ""), expect=None)
    return DueFound(now, check.open_incidents, len(undated), tuple(undated[:NAMED]))


def last_due_check(records: Records) -> DueFound | None:
    """Return what the last check found; None where none was made yet."""
    record = records.get(DUE_CHECK, "", "clock")
    if record is None:
        return None
    found = json.loads(record.value)
    return DueFound(record.at, found["open"], found["undated"], tuple(found["named"]))
