"""What is known of the last backup, and whether a person must look: failed, old, none, or not at the second place."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records
from pipeline.workflow.occurrences import WATERMARK

KIND = "backup"
NIGHTLY = "backup"
"""The name of the schedule, and of its watermark."""
OLD: Millis = 36 * 3_600_000
"""A night and half a day: an older backup means that a night was missed."""


@dataclass(frozen=True, slots=True)
class LastBackup:
    """
    The last try. `problem` with its `code` is why it failed, "" where the backup is whole and verified.

    `second_problem` is why it does not lie at the second place too. `good_at` and `second_at` are the last times when
    each of the two was well; 0 where that never was. `bytes` is the size of the backup.
    """

    at: Millis
    folder: str = ""
    bytes: int = 0
    problem: str = ""
    code: str = ""
    good_at: Millis = 0
    second: str = ""
    second_problem: str = ""
    second_at: Millis = 0


class Standing(StrEnum):
    """How the backups stand. NONE_YET is no fault: the first night has not come."""

    WELL = "well"
    NONE_YET = "none_yet"
    NONE = "none"
    FAILED = "failed"
    OLD = "old"
    SECOND_MISSING = "second_missing"

    @property
    def is_well(self) -> bool:
        """Whether nobody has to do anything."""
        return self in {Standing.WELL, Standing.NONE_YET}


def last_backup(records: Records) -> LastBackup | None:
    """Return what the last backup left on record; None where there was none."""
    record = records.get(KIND, "", "last")
    return LastBackup(**json.loads(record.value)) if record else None


def note_backup(records: Records, found: LastBackup) -> None:
    """It is on record as the last backup."""
    value = json.dumps(asdict(found), ensure_ascii=False, sort_keys=True)
    records.put(Record(KIND, "", "last", 0, value, found.at, "clock", found.code), expect=None)


def standing_of(records: Records, now: Millis) -> Standing:
    """Return how the backups stand now."""
    last = last_backup(records)
    if last is None:
        first = records.get(WATERMARK, "", NIGHTLY)
        return Standing.NONE if first and now - first.at > OLD else Standing.NONE_YET
    if last.problem:
        return Standing.FAILED
    if now - last.good_at > OLD:
        return Standing.OLD
    return Standing.SECOND_MISSING if last.second_problem else Standing.WELL
