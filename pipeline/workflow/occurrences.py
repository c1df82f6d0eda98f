"""
Occurrences: what the clock owes, as rows. A restart neither skips nor doubles one (workflow.md §2.7).

The ticker inserts what has come due since a schedule's watermark; whoever works takes an occurrence by a fenced lease,
and marks it done. One that was taken and not done is taken again when the lease has run out. What has ended lies apart,
so that finding what is owed costs the same after a year; its end is written before its row goes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

OCCURRENCE = "occurrence"
ENDED = "occurrence_ended"
WATERMARK = "watermark"
_PAGE = 500
LONGEST_CATCH_UP = 1_000
"""The most occurrences of one schedule that one tick writes; the next tick goes on."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """
    Something that comes due every `every` milliseconds, at multiples of it plus `offset`.

    `coalesce` means that of several missed occurrences only the newest is owed; the others are written as skipped,
    with that reason, so that nothing is missing without a trace. `waits` means that a new schedule owes nothing before
    its first time comes; else it is due at once.
    """

    name: str
    every: Millis
    offset: Millis = 0
    coalesce: bool = True
    waits: bool = False


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
        """The name of its lease: the schedule's, so that no two rounds of one source run at once."""
        return _lease(self.schedule)


def _key(schedule: str, due_at: Millis) -> str:
    return f"{schedule}/{due_at:013d}"


def _lease(schedule: str) -> str:
    return f"{OCCURRENCE}/{schedule}"


def tick(records: Records, schedules: Iterable[Schedule], now: Millis) -> int:
    """Every occurrence that came due since the last tick is a row; returns how many are new and owed."""
    marks = {record.key: int(record.value) for record in records.list(WATERMARK, "", limit=100_000)}
    return sum(_tick_one(records, schedule, marks.get(schedule.name), now) for schedule in schedules)


def _tick_one(records: Records, schedule: Schedule, last: Millis | None, now: Millis) -> int:
    due = _due_times(schedule, last, now)
    if not due:
        return 0
    if schedule.waits and (last is None or last > now):
        records.put(Record(WATERMARK, "", schedule.name, 0, str(due[-1]), now, "ticker", ""), expect=None)
        return 0
    owed = due[-1:] if schedule.coalesce else due
    created = 0
    for due_at in due:
        key = _key(schedule.name, due_at)
        if due_at not in owed:
            records.put(_ended(key, now, "ticker", state="skipped", reason="a later one was due"), expect=0)
        elif records.get(ENDED, "", key) is None:
            value = json.dumps({"state": "due"})
            created += records.put(Record(OCCURRENCE, "", key, 0, value, now, "ticker", ""), expect=0)
    records.put(Record(WATERMARK, "", schedule.name, 0, str(due[-1]), now, "ticker", ""), expect=None)
    return created


def _ended(key: str, now: Millis, who: str, **how: str | int) -> Record:
    return Record(ENDED, "", key, 0, json.dumps(how, sort_keys=True), now, who, "")


def _due_times(schedule: Schedule, last: Millis | None, now: Millis) -> list[Millis]:
    """
    Return the due times behind the watermark, oldest first; a new schedule is due at once.

    A watermark more than one interval ahead was written by a clock that was wrong: it counts as none.
    """
    newest = (now - schedule.offset) // schedule.every * schedule.every + schedule.offset
    if last is None or last > now + schedule.every:
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
        if records.get(ENDED, "", record.key) is not None:
            records.remove(OCCURRENCE, "", record.key)  # cut off between its end and this
            continue
        schedule, _, due_at = record.key.rpartition("/")
        fence = records.take(_lease(schedule), holder, now=now, until=now + lease)
        if fence is not None:
            taken.append(Occurrence(schedule, int(due_at), fence))
    return taken


def mark_done(records: Records, occurrence: Occurrence, holder: str, *, now: Millis, outcome: str) -> bool:
    """The occurrence is done and owed no more; False where it had ended already."""
    end = _ended(occurrence.key, now, holder, state="done", outcome=outcome, fence=occurrence.fence)
    is_first = records.put(end, expect=0)
    records.remove(OCCURRENCE, "", occurrence.key)
    records.release(occurrence.lease, holder)
    return is_first


def forget_old(records: Records, before: Millis) -> int:
    """Ended occurrences due before the time are gone; the watermark keeps them from coming back."""
    return sum(_forget_old_of(records, watermark.key, before) for watermark in records.list(WATERMARK))


def _forget_old_of(records: Records, schedule: str, before: Millis) -> int:
    removed = 0
    while page := records.list(ENDED, "", f"{schedule}/", _PAGE):
        old = [record for record in page if int(record.key.rpartition("/")[2]) < before]
        for record in old:
            records.remove(ENDED, record.unit, record.key)
        removed += len(old)
        if len(old) < len(page):
            break
    return removed
