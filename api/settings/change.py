"""
One setting is changed or undone: a record with author and reason, never over the head of somebody else.

What is no longer set is a record too, of the value NOT_SET: its revisions go on, and its history says who and why.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from api.demo_mark import demo_problems
from pipeline.domain.errors import BadInput
from pipeline.domain.masking import mask
from pipeline.domain.unit_settings import Table
from pipeline.ports import Clock, Record, Records
from pipeline.workflow.settings import NOT_SET, SETTING, in_force, table_of

from .checks import CHECKS, INSTALLATION, Check, cross_problems, table_problems

NEEDED = "unit"
"""Who the unit is; without it there is no unit, so it is never unset."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What a setting shall be: `table` None is not set, so that what ships holds again.

    `expect_revision` is the revision that its author saw, 0 where there was none. Unit "" is the whole installation.
    `check` reads a table that this package does not know: a source's manifest.
    """

    unit: str
    key: str
    table: Table | None
    expect_revision: int
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """A setting that shall be again what it was before the revision `revision`, which must be the newest."""

    unit: str
    key: str
    revision: int
    check: Check | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that was written; `revision` is the new one."""

    unit: str
    key: str
    revision: int


class Moved(BadInput):
    """Somebody else changed the setting first; `now` is what holds, None where nothing is set."""

    code = "CFG-210"

    def __init__(self, unit: str, key: str, now: Record | None) -> None:
        who = f"; revision {now.revision} is by {now.author}" if now else ""
        super().__init__(f"{unit} {key}: somebody changed it at this moment{who}; look at it, then change it again")
        self.now = now


def change_setting(records: Records, clock: Clock, wanted: Wanted, *, author: str, reason: str) -> Change:
    """
    The setting holds, seen by all processes within 2 s. What it is already is not written again; the reason is masked.

    Raises:
        Moved: its revision is another than its author saw; nothing was changed.
        BadInput: every problem of the table, alone and beside the unit's other settings; nothing was changed.
    """
    stored = records.get(SETTING, wanted.unit, wanted.key)
    revision = stored.revision if stored else 0
    if revision != wanted.expect_revision:
        raise Moved(wanted.unit, wanted.key, stored)
    refuse_unfit(records, wanted)
    value = text_of(wanted.table)
    if value == (stored.value if stored else NOT_SET):
        return Change(wanted.unit, wanted.key, revision)
    record = Record(SETTING, wanted.unit, wanted.key, 0, value, clock.now(), author, mask(reason))
    if not records.put(record, expect=revision):
        raise Moved(wanted.unit, wanted.key, records.get(SETTING, wanted.unit, wanted.key))
    return Change(wanted.unit, wanted.key, revision + 1)


def undo_change(records: Records, clock: Clock, undone: Undone, *, author: str, reason: str) -> Change:
    """
    The setting is again what it was before its newest revision, as a revision of its own; also not set.

    Raises:
        Moved: `undone.revision` is not the newest; nothing was changed.
        BadInput: what was before does not go with the unit's other settings any more, or the unit itself would go.
    """
    stored = records.get(SETTING, undone.unit, undone.key)
    if stored is None or stored.revision != undone.revision:
        raise Moved(undone.unit, undone.key, stored)
    table = table_before(records, undone.unit, undone.key, undone.revision)
    wanted = Wanted(undone.unit, undone.key, table, undone.revision, undone.check)
    return change_setting(records, clock, wanted, author=author, reason=reason)


def table_before(records: Records, unit: str, key: str, revision: int) -> Table | None:
    """Return what the setting was before a revision; None where it was not set."""
    earlier = [record for record in records.history(SETTING, unit, key) if record.revision < revision]
    return table_of(earlier[0]) if earlier else None


def refuse_unfit(records: Records, wanted: Wanted) -> None:
    """Raise BadInput with every problem that the wanted table has alone and beside the unit's other settings."""
    problems = problems_of(records, wanted)
    if problems:
        raise BadInput("\n".join([f"{wanted.key} cannot be set; nothing was changed.", *problems]), code="CFG-200")


def problems_of(records: Records, wanted: Wanted) -> list[str]:
    """Return every problem of a wanted setting, one line of text each; none where it can hold."""
    key, table = wanted.key, wanted.table
    if table is None:
        if key == NEEDED:
            return ["unit.toml: a unit always has its profile; change it instead [CFG-211]"]
    else:
        own = wanted.check or (CHECKS if wanted.unit else INSTALLATION).get(key)
        if own is None:
            return [f"{key}: no such setting; known: {', '.join(sorted(CHECKS))} [CFG-203]"]
        if problems := [*demo_problems(records, key, table), *table_problems(key, table, own)]:
            return problems
        if key == NEEDED and table.get("id") != wanted.unit:
            return [f"unit.toml: id: {wanted.unit!r} stands in every record and never changes [CFG-201]"]
    if not wanted.unit:
        return []
    return cross_problems(_with(others(records, wanted.unit), key, table))


def others(records: Records, unit: str) -> dict[str, Table]:
    """Return the tables that the unit has set, by key."""
    return {record.key: table for record in in_force(records, unit) if (table := table_of(record)) is not None}


def text_of(table: Table | None) -> str:
    """Return the value of a setting's record: canonical JSON, so that the same table is the same text."""
    if table is None:
        return NOT_SET
    return json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)


def _with(tables: Mapping[str, Table], key: str, table: Table | None) -> Mapping[str, Table]:
    rest = {name: other for name, other in tables.items() if name != key}
    return rest if table is None else {**rest, key: table}


def _as_text(value: object) -> str:
    """TOML knows dates and JSON does not; the readers take both forms."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a setting cannot hold {type(value).__name__}")
