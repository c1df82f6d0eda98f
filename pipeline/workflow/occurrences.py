"""
Occurrences: what the clock owes, as rows. A restart neither skips nor doubles one (workflow.md §2.7).

The ticker inserts what has come due since a schedule's watermark; whoever works takes an occurrence by a fenced lease,
and marks it done. One that was taken and not done is taken again when the lease has run out.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

OCCURRENCE = "occurrence"
WATERMARK = "watermark"
LONGEST_CATCH_UP = 1_000
"""The most occurrences of one schedule that one tick writes; the next tick goes on."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    Something that comes due every `every` milliseconds, at multiples of it plus `offset`.

    `coalesce` means that of several missed occurrences only the newest is owed; the others are written as skipped,
    with that reason, so that nothing is missing without a trace.
    """

    name: str
    every: Millis
    offset: Millis = 0
    coalesce: bool = True


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence that was taken; `fence` grows with every lease of it."""

    schedule: str
    due_at: Millis
    fence: int

    @property
    def key(self) -> str:
        """The key of its record."""
        return _key(self.schedule, self.due_at)

    @property
    def lease(self) -> str:
        """The name of its lease."""
        return f"{OCCURRENCE}/{self.key}"


def _key(schedule: str, due_at: Millis) -> str:
    return f"{schedule}/{due_at:013d}"


def tick(records: Records, schedules: Iterable[Schedule], now: Millis) -> int:
    """Every occurrence that came due since the last tick is a row; returns how many are new and owed."""
    return sum(_tick_one(records, schedule, now) for schedule in schedules)


def _tick_one(records: Records, schedule: Schedule, now: Millis) -> int:
    stored = records.get(WATERMARK, "", schedule.name)
    last = int(stored.value) if stored else None
    due = _due_times(schedule, last, now)
    if not due:
        return 0
    owed = due[-1:] if schedule.coalesce else due
    created = 0
    for due_at in due:
        state = "due" if due_at in owed else "skipped"
        value = json.dumps({"state": state, "reason": "" if state == "due" else "a later one was due"})
        record = Record(OCCURRENCE, "", _key(schedule.name, due_at), 0, value, now, "ticker", "")
        created += records.put(record, expect=0) and state == "due"
    records.put(Record(WATERMARK, "", schedule.name, 0, str(due[-1]), now, "ticker", ""), expect=None)
    return created


def _due_times(schedule: Schedule, last: Millis | None, now: Millis) -> list[Millis]:
    """Return the due times behind the watermark, oldest first; a new schedule is due at once."""
    newest = (now - schedule.offset) // schedule.every * schedule.every + schedule.offset
    if last is None:
        return [newest]
    first = last + schedule.every
    if newest < first:
        return []
    count = (newest - first) // schedule.every + 1
    start = newest - (min(count, LONGEST_CATCH_UP) - 1) * schedule.every if schedule.coalesce else first
    return [start + index * schedule.every for index in range(min(count, LONGEST_CATCH_UP))]


def take_due(records: Records, prefix: str, holder: str, *, now: Millis, lease: Millis) -> Sequence[Occurrence]:
    """Return the due occurrences whose schedule begins with the prefix, each held by this holder alone."""
    taken = []
    for record in records.list(OCCURRENCE, "", prefix):
        if json.loads(record.value)["state"] != "due":
            continue
        fence = records.take(f"{OCCURRENCE}/{record.key}", holder, now=now, until=now + lease)
        if fence is not None:
            schedule, _, due_at = record.key.rpartition("/")
            taken.append(Occurrence(schedule, int(due_at), fence))
    return taken


def mark_done(records: Records, occurrence: Occurrence, holder: str, *, now: Millis, outcome: str) -> bool:
    """The occurrence is done; False where another holder has taken it in the meantime or it was done already."""
    stored = records.get(OCCURRENCE, "", occurrence.key)
    if stored is None or json.loads(stored.value)["state"] != "due":
        return False
    value = json.dumps({"state": "done", "outcome": outcome, "fence": occurrence.fence})
    done = records.put(Record(OCCURRENCE, "", occurrence.key, 0, value, now, holder, outcome), expect=stored.revision)
    records.release(occurrence.lease, holder)
    return done


def forget_old(records: Records, before: Millis) -> int:
    """Done and skipped occurrences due before the time are gone; the watermark keeps them from coming back."""
    removed = 0
    for record in records.list(OCCURRENCE):
        due_at = int(record.key.rpartition("/")[2])
        if due_at < before and json.loads(record.value)["state"] != "due":
            records.remove(OCCURRENCE, record.unit, record.key)
            removed += 1
    return removed
