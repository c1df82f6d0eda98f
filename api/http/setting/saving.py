"""
From what was typed to a setting that holds: read, checked beside the others, written over nobody's head.

Pages under 设置 and the steps of the first run both save here. What cannot be saved is said with every problem at once,
and what was typed stays with whoever shows the form again.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from api.http.problem import missing
from api.http.service import Service
from api.settings.change import Change, Moved, Wanted, change_setting, problems_of, text_of
from api.settings.shipped import shipped_lines, shipped_rules
from api.words import Words
from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import Table
from pipeline.ports import Record
from pipeline.workflow.settings import SETTING, UnitSettings

from .form import Held, SettingForm, Typed
from .plain_problem import plain_problems

MOST_REASON = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """What somebody wants to save: the typed fields, the revision that he saw, his account, and his reason."""

    form: SettingForm
    typed: Typed
    revision: int
    author: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """
    What became of an attempt: `change` where it was saved. Else `problems` by field, `told` for the whole page, and
    `moved` where somebody else was first (`now` is what he set). `table` is what was read, where it could be.
    """

    change: Change | None = None
    table: Table | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    told: Sequence[str] = ()
    moved: bool = False
    now: Record | None = None

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong with what was typed."""
        return not self.problems and not self.told and not self.moved


def held_of(service: Service, unit: str) -> Held:
    """Return what holds for the unit at this moment, whichever process changed it."""
    service.settings.refresh()
    own = service.settings.units.get(unit)
    if own is None:
        raise missing(f"settings of unit {unit}")
    return Held(unit, own, shipped_rules(), shipped_lines())


def record_of(service: Service, unit: str, key: str) -> Record | None:
    """Return the newest revision of a setting, also one that says that nothing is set."""
    return service.stores.records.get(SETTING, unit, key)


def look_at(service: Service, held: Held, attempt: Attempt, words: Words) -> Tried:
    """Return what is wrong with an attempt, or what it would set; nothing is written."""
    key, records = attempt.form.key, service.stores.records
    reading = attempt.form.read(attempt.typed, held, words)
    problems = dict(reading.problems)
    if len(attempt.reason) > MOST_REASON:
        problems["reason"] = words("setting.long", most=MOST_REASON)
    wanted = Wanted(held.unit, key, reading.table, attempt.revision)
    told = () if problems else plain_problems(found, words) if (found := problems_of(records, wanted)) else ()
    stored = record_of(service, held.unit, key)
    moved = attempt.revision != (stored.revision if stored else 0)
    return Tried(None, reading.table, problems, told, moved, stored if moved else None)


def save(service: Service, held: Held, attempt: Attempt, words: Words) -> Tried:
    """The setting holds, with author and reason, for this process at once and for all others within 2 s; or why not."""
    tried = look_at(service, held, attempt, words)
    if not tried.is_well:
        return tried
    wanted = Wanted(held.unit, attempt.form.key, tried.table, attempt.revision)
    try:
        change = change_setting(
            service.stores.records, service.clock, wanted, author=f"account:{attempt.author}", reason=attempt.reason
        )
    except Moved as refusal:
        return replace(tried, moved=True, now=refusal.now)
    except BadInput as refusal:  # another setting changed at this very moment, and they do not go together any more
        return replace(tried, told=plain_problems(refusal, words))
    service.settings.refresh()
    return replace(tried, change=change)


def mark_of_table(table: Table | None) -> str:
    """Return what a page remembers of a table that was looked at, so that only the same table is saved by it."""
    return hashlib.sha256(text_of(table).encode()).hexdigest()[:16]


def own_with(own: UnitSettings, key: str, table: Table | None) -> Mapping[str, Table]:
    """Return the unit's tables with this one in place of what holds."""
    rest = {name: other for name, other in own.tables.items() if name != key}
    return rest if table is None else {**rest, key: table}
