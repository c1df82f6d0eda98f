"""
When something is due: clock rules and the unit's calendar applied to a matter (DESIGN §3, "Clocks are data").

Of each kind the first rule that applies is the one that counts; a time set by a superior wins over it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .clock import EMERGENCY, NEED_KINDS, SWITCHED_KINDS, ClockKind, ClockRule, Counting, Start
from .level import Level
from .post import Millis, Origin
from .service_line import ServiceLines
from .working_calendar import Deadline, WorkingCalendar

SUPERIOR = "superior"
"""The basis of a deadline that a superior set (上级交办)."""

ANSWERING_KINDS = frozenset({ClockKind.REPLY, ClockKind.ANSWER, ClockKind.ASSIGNMENT})
"""回应, 答复 and what an office was given to do: what a superior who sets a time waits for."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What clock rules look at: level, origin, service line, what a person switched on, a time set from above."""

    level: Level
    origin: Origin
    line: str | None = None
    switches: frozenset[str] = frozenset()
    superior_due_at: Millis | None = None


def with_lines_below(rules: Sequence[ClockRule], lines: ServiceLines) -> tuple[ClockRule, ...]:
    """Return the rules so that one for a line holds for the lines below it too, as the unit's table has them."""
    return tuple(replace(rule, lines=frozenset().union(*map(lines.within, rule.lines))) for rule in rules)


def rule_for(rules: Sequence[ClockRule], kind: str, matter: Matter) -> ClockRule | None:
    """Return the rule that counts: the first of its kind that applies to the matter."""
    return next((rule for rule in rules if rule.kind == kind and _applies(rule, matter)), None)


def _applies(rule: ClockRule, matter: Matter) -> bool:
    return (
        (not rule.levels or matter.level in rule.levels)
        and (not rule.origins or matter.origin in rule.origins)
        and (not rule.lines or matter.line in rule.lines)
        and (not rule.switch or rule.switch in matter.switches)
    )


def due(
    rules: Sequence[ClockRule], calendar: WorkingCalendar, kind: str, start_at: Millis, matter: Matter
) -> Deadline | None:
    """
    Return when something of this kind is due, counted from the moment that starts the clock (`rule_for(…).start`).

    A superior's due time wins: what answers the superior is due then, sooner or later than by the rules, and nothing
    else is due after it. None where nothing is due; the caller states the reason.
    """
    rule = rule_for(rules, kind, matter)
    own = None if rule is None else _deadline(rule, calendar, start_at)
    above = matter.superior_due_at
    if above is None:
        return own
    if kind in ANSWERING_KINDS or (own is not None and above < own.at):
        return Deadline(above, basis=SUPERIOR, warn_at=_halfway(start_at, above))
    return own


def _deadline(rule: ClockRule, calendar: WorkingCalendar, start_at: Millis) -> Deadline:
    length = rule.length.lasting(rule.calendar, calendar)
    end = _after(rule.calendar, calendar, start_at, length)
    warn_at = None
    if rule.warning is not None:
        before = max(0, length - rule.warning.lasting(rule.calendar, calendar))
        warn_at = _after(rule.calendar, calendar, start_at, before).at
    return Deadline(end.at, end.provisional, rule.id, warn_at)


def _after(counting: Counting, calendar: WorkingCalendar, start_at: Millis, length: Millis) -> Deadline:
    return calendar.add(start_at, length) if counting is Counting.WORKING else Deadline(start_at + length)


def _halfway(start_at: Millis, end_at: Millis) -> Millis:
    """Return when to remind of a time set from above, which says nothing of reminders: when half of it is gone."""
    return min(end_at, start_at + max(0, end_at - start_at) // 2)


class DueTimes(Protocol):
    """When something of a kind is due for a matter; None where nothing is. Arguments by position."""

    def __call__(
        self, kind: str, start_at: Millis, level: Level, origin: Origin, line: str | None, /
    ) -> Deadline | None:
        """Return the deadline, with its basis."""


def due_times(rules: Sequence[ClockRule], calendar: WorkingCalendar) -> DueTimes:
    """
    Return `due` with rules and calendar already given.

    A kind that exists for emergencies only must be asked for only where a person switched the emergency on: asking is
    the switch. Its level is still looked at.
    """

    def due_time(kind: str, start_at: Millis, level: Level, origin: Origin, line: str | None, /) -> Deadline | None:
        switches = frozenset({EMERGENCY}) if kind in SWITCHED_KINDS else frozenset()
        return due(rules, calendar, kind, start_at, Matter(level, origin, line, switches))

    return due_time


def clocks_from(rules: Sequence[ClockRule]) -> Mapping[str, tuple[str, ...]]:
    """
    Return which kinds of clock start at which moment; "emergency" lists the kinds that start by a person's switch.

    A kind starts with the first of its rules: rules of one kind that start at different moments are not told apart.
    """
    moments: dict[str, list[str]] = {moment: [] for moment in (*(start.value for start in Start), EMERGENCY)}
    seen: set[ClockKind] = set()
    for rule in rules:
        if rule.kind not in seen and rule.kind not in NEED_KINDS:
            seen.add(rule.kind)
            moments[EMERGENCY if rule.kind in SWITCHED_KINDS else rule.start.value].append(rule.kind.value)
    return {moment: tuple(kinds) for moment, kinds in moments.items()}
