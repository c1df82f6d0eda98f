"""
Clocks 时限 as data: what must be done in time, for which matters, from which moment on, for how long, and why.

Rules are read from the special to the general: of each kind the first that applies is the one that counts. A file of
them is TOML with one [[clock]] table each; it is read as a whole, and every problem is named at once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .level import HIGHEST, LOWEST, LOWEST_FOR_EMERGENCY, is_level
from .post import Millis, Origin
from .setting_table import (
    Lines,
    SettingTable,
    Table,
    document_of,
    lines_of,
    refuse_all,
    sentences,
    tables_of,
    unknown_keys,
)
from .working_calendar import DAY, MINUTE, WorkingCalendar

EMERGENCY = "emergency"
"""The switch that a person turns on for a matter that is a 重大突发事件."""


class ClockKind(StrEnum):
    """What must be done in time."""

    ACKNOWLEDGE = "acknowledge"
    VERIFY = "verify"
    ASSIGNMENT = "assignment"
    REPLY = "reply"
    ANSWER = "answer"
    STATEMENT = "statement"
    PRESS_CONFERENCE = "press_conference"
    CONTACT = "contact"


SWITCHED_KINDS = frozenset({ClockKind.STATEMENT, ClockKind.PRESS_CONFERENCE})
"""发布权威信息 and 新闻发布会: only for emergencies of level Ⅰ or Ⅱ that a person switched on."""
NEED_KINDS = frozenset({ClockKind.CONTACT})
"""首次联系: runs for a plea for help, never for an incident."""


class Start(StrEnum):
    """What sets a clock going."""

    PUBLISHED = "published"
    DISCOVERED = "discovered"
    ACKNOWLEDGED = "acknowledged"
    ASSIGNED = "assigned"


class Counting(StrEnum):
    """Which time counts: every hour, or the unit's working time."""

    CONTINUOUS = "continuous"
    WORKING = "working"


class Switch(StrEnum):
    """What a person can turn on for a matter."""

    EMERGENCY = EMERGENCY


@dataclass(frozen=True, slots=True)
class Length:
    """How long a clock runs. A day is 24 hours, or the unit's regular hours of one day where working time counts."""

    days: int = 0
    minutes: int = 0

    def lasting(self, counting: Counting, calendar: WorkingCalendar) -> Millis:
        """Return the length in the time that counts."""
        day = calendar.day_length if counting is Counting.WORKING else DAY
        return self.days * day + self.minutes * MINUTE

    def __str__(self) -> str:
        """The length as a settings file writes it: "2d", "48h", "90min"."""
        if self.days:
            return f"{self.days}d"
        return f"{self.minutes}min" if self.minutes % 60 else f"{self.minutes // 60}h"


@dataclass(frozen=True, slots=True)
class ClockRule:
    """
    One promise. `levels`, `origins` and `lines` say to which matters it applies; an empty set means to all.

    `switch` names what a person must have turned on; "" means nothing. `warning` is how long before the end the duty
    staff is reminded, in the time that counts; None means never. `basis` is the text that the screen shows.
    """

    id: str
    kind: ClockKind
    basis: str
    start: Start
    calendar: Counting
    length: Length
    warning: Length | None = None
    levels: frozenset[int] = frozenset()
    origins: frozenset[Origin] = frozenset()
    lines: frozenset[str] = frozenset()
    switch: str = ""

    def covers(self, later: "ClockRule") -> bool:
        """Whether this rule applies wherever the other does, so that the other can never count behind it."""
        return (
            self.kind is later.kind
            and self.switch in {"", later.switch}
            and _is_at_least(self.levels, later.levels)
            and _is_at_least(self.origins, later.origins)
            and _is_at_least(self.lines, later.lines)
        )


def _is_at_least(wide: frozenset[object], narrow: frozenset[object]) -> bool:
    return not wide or (bool(narrow) and narrow <= wide)


_KEYS = ("id", "kind", "basis", "start", "calendar", "length", "warning", "levels", "origins", "lines", "switch")
_LENGTH = re.compile(r"(\d{1,4})\s*(d|h|min)")
_MINUTES_OF = {"h": 60, "min": 1}


def parse_clocks(text: str, name: str = "clocks.toml") -> tuple[ClockRule, ...]:
    """Return the clock rules of a TOML text; raise BadInput (CFG-400) with every problem in it, each with its line."""
    return read_clocks(document_of(text, name, "CFG-400"), name, lines_of(text))


def read_clocks(document: Table, name: str = "clocks.toml", lines: Lines | None = None) -> tuple[ClockRule, ...]:
    """Return the clock rules of a document that is already parsed; raise BadInput (CFG-400) with every problem."""
    problems = unknown_keys(document, ("clock",))
    rules: list[ClockRule] = []
    ids: set[str] = set()
    tables = tables_of(document, "clock", problems)
    if not tables and not problems:
        problems.append("  no [[clock]] table in it, so nothing would ever be due [CFG-402]")
    for number, table in enumerate(tables, start=1):
        reading = SettingTable(table, _KEYS)
        rule = _rule(reading)
        _refuse_useless(rule, reading)
        _refuse_repeated(rule, rules, ids, reading)
        problems += sentences(f"clock {number}", reading, lines or {})
        if not reading.problems:
            rules.append(rule)
    refuse_all(name, problems, "CFG-400")
    return tuple(rules)


def clock_tables(rules: Sequence[ClockRule]) -> dict[str, object]:
    """Return the document that `read_clocks` reads back as these rules, without keys that say nothing."""
    return {"clock": [_table(rule) for rule in rules]}


def _table(rule: ClockRule) -> dict[str, object]:
    table: dict[str, object] = {
        "id": rule.id,
        "kind": rule.kind.value,
        "basis": rule.basis,
        "start": rule.start.value,
        "calendar": rule.calendar.value,
        "length": str(rule.length),
        "warning": str(rule.warning) if rule.warning else None,
        "levels": sorted(rule.levels),
        "origins": sorted(origin.value for origin in rule.origins),
        "lines": sorted(rule.lines),
        "switch": rule.switch,
    }
    return {key: value for key, value in table.items() if value}


def _rule(reading: SettingTable) -> ClockRule:
    """Return the rule of a table; where the table has problems, some of its fields stand for nothing."""
    identity = reading.text("id")
    if identity and not re.fullmatch(r"[\w.-]{1,64}", identity, re.ASCII):
        reading.refuse("id", "expected 1 to 64 letters (a-z), digits, - _ or . without spaces", "CFG-404")
    levels = frozenset(reading.whole_numbers("levels"))
    if not all(map(is_level, levels)):
        reading.refuse("levels", f"expected numbers from {HIGHEST} (Ⅰ) to {LOWEST} (Ⅳ)", "CFG-404")
    switch = reading.choice("switch", Switch) if "switch" in reading.table else None
    return ClockRule(
        id=identity,
        kind=reading.choice("kind", ClockKind) or ClockKind.REPLY,
        basis=reading.text("basis"),
        start=reading.choice("start", Start) or Start.DISCOVERED,
        calendar=reading.choice("calendar", Counting) or Counting.CONTINUOUS,
        length=_length(reading, "length") or Length(),
        warning=_length(reading, "warning") if "warning" in reading.table else None,
        levels=levels,
        origins=reading.choices("origins", Origin),
        lines=frozenset(reading.texts("lines")),
        switch=switch.value if switch else "",
    )


def _length(reading: SettingTable, key: str) -> Length | None:
    words = reading.text(key)
    if not words:
        return None
    match = _LENGTH.fullmatch(words)
    if match is None or int(match[1]) == 0 or (match[2] == "d" and int(match[1]) > 366):
        reading.refuse(key, f'expected a length such as "2h", "90min" or "2d" (at most 366d), got {words!r}', "CFG-404")
        return None
    amount = int(match[1])
    return Length(days=amount) if match[2] == "d" else Length(minutes=amount * _MINUTES_OF[match[2]])


def _refuse_useless(rule: ClockRule, reading: SettingTable) -> None:
    """Refuse a rule that runs where it must not, or that would remind of itself before it began."""
    if rule.kind in SWITCHED_KINDS and (not rule.switch or not rule.levels or max(rule.levels) > LOWEST_FOR_EMERGENCY):
        reading.refuse(
            "kind", f'{rule.kind} is for emergencies: give levels = [1, 2] and switch = "{EMERGENCY}"', "CFG-404"
        )
    if rule.warning and rule.length != Length() and not _ends_early(rule.warning, rule.length, rule.calendar):
        reading.refuse("warning", f"must be shorter than the clock itself ({rule.length})", "CFG-404")


def _refuse_repeated(rule: ClockRule, earlier: Sequence[ClockRule], ids: set[str], reading: SettingTable) -> None:
    """Refuse an id that stands above already, and a rule that is well written and yet can never count."""
    if rule.id in ids:
        reading.refuse("id", f"{rule.id!r} stands above already; give each clock its own", "CFG-405")
    if rule.id:
        ids.add(rule.id)
    if not reading.problems and (cover := next((other for other in earlier if other.covers(rule)), None)):
        reading.refuse("id", f"can never count: {cover.id!r} above applies wherever it does; move it up", "CFG-406")


def _ends_early(warning: Length, length: Length, counting: Counting) -> bool:
    """Whether the warning is shorter than the clock; hours against working days are for the calendar to say."""
    if counting is Counting.WORKING and (warning.days or length.days):
        return warning.days < length.days
    return warning.days * 1440 + warning.minutes < length.days * 1440 + length.minutes
