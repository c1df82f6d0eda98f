"""
Whom a unit tells and when, and how reminders climb, as settings: `notices.toml` and `escalation.toml`.

    alerts = ["always", "day", "working", "queue"]        # levels Ⅰ Ⅱ Ⅲ Ⅳ
    reminders = ["always", "day", "working", "working"]   # what is due, and what concerns one person
    day = "07:00-22:00"
    budget = 8                                            # messages a person a day; Ⅰ is not counted
    roll_up_at = "17:00"
    feeds = ["journal", "webhook"]                        # systems: everything at once
    quotes = true                                         # a mail may quote a public post, masked
    alert_roles = [["duty", "monitor", "leader"], ["duty", "monitor", "leader"], ["duty", "monitor"], ["duty"]]
    step_roles = [["duty"], ["duty"], ["duty", "leader"]] # warning, first step, second and all that follow
    digest_roles = ["leader"]

    after_hours = [0, 4, 24]                              # escalation.toml
    gives_back_after_hours = 48
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from .escalation import DEFAULT_REMINDERS, HOUR, EscalationPolicy
from .send_policy import DEFAULT_SENDING, Hours, SendPolicy
from .unit_settings import ROLE_NAMES, Table, refuse_problems, unknown_settings
from .working_calendar import Span

_TIME = re.compile(r"(\d{1,2}):(\d\d)")
_MOST_STEPS = 9


def read_sending(table: Table) -> SendPolicy:
    """Return the policy of a table; keys that are not given keep the shipped value. Raises BadInput (CFG-200)."""
    readers: Mapping[str, Callable[[object], Any]] = {
        "alerts": _hours,
        "reminders": _hours,
        "day": _span,
        "budget": _budget,
        "roll_up_at": _minute,
        "feeds": lambda value: frozenset(_names(value)),
        "quotes": _claim,
        "alert_roles": lambda value: _roles_of_each(value, 4),
        "step_roles": lambda value: _roles_of_each(value, None),
        "digest_roles": _roles,
    }
    return replace(DEFAULT_SENDING, **_read(table, readers, "notices"))


def read_escalation(table: Table) -> EscalationPolicy:
    """Return how reminders climb; what is not given stays as shipped. Raises BadInput (CFG-200)."""
    read = _read(table, {"after_hours": _steps, "gives_back_after_hours": _pause}, "escalation")
    names = {"after_hours": "steps", "gives_back_after_hours": "gives_back_after"}
    return replace(DEFAULT_REMINDERS, **{names[key]: value for key, value in read.items()})


def _read(table: Table, readers: Mapping[str, Callable[[object], Any]], name: str) -> dict[str, Any]:
    problems = list(unknown_settings(table, tuple(readers)))
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in readers:
            continue
        try:
            values[key] = readers[key](value)
        except ValueError as wrong:
            problems.append(f"{key}: {wrong}")
    refuse_problems(problems, name)
    return values


def _hours(value: object) -> tuple[Hours, ...]:
    names = _names(value)
    if len(names) != 4 or any(name not in list(Hours) for name in names):
        raise ValueError(f"expected four of {', '.join(Hours)}, for levels 1 to 4, got {value!r}")
    if names[0] == Hours.QUEUE:
        raise ValueError("level 1 is always told; give its first place another word than queue")
    return tuple(Hours(name) for name in names)


def _span(value: object) -> Span:
    first, _, last = str(value).partition("-")
    span = Span(_minute(first.strip()), _minute(last.strip()))
    if span.start >= span.end:
        raise ValueError(f'expected hours that run forward, such as "07:00-22:00", got {value!r}')
    return span


def _minute(value: object) -> int:
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    minute = int(match[1]) * 60 + int(match[2]) if match and int(match[2]) < 60 else -1
    if not 0 <= minute <= 24 * 60:
        raise ValueError(f'expected a time such as "17:00", got {value!r}')
    return minute


def _budget(value: object) -> int:
    return _whole(value, 1, 100)


def _whole(value: object, least: int, most: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"expected a whole number from {least} to {most}, got {value!r}")
    return value


def _claim(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"expected true or false, got {value!r}")  # noqa: TRY004 - all problems are one kind here
    return value


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f'expected a list of names in quotes, ["…", "…"], got {value!r}')
    return tuple(value)


def _roles(value: object) -> tuple[str, ...]:
    names = _names(value)
    for name in names:
        if name not in ROLE_NAMES and not name.startswith("account:"):
            raise ValueError(f'no such role {name!r}; known: {", ".join(ROLE_NAMES)}, or "account:NAME"')
    if not names:
        raise ValueError("is empty, so nobody would be told; name a role")
    return names


def _roles_of_each(value: object, count: int | None) -> tuple[tuple[str, ...], ...]:
    if not isinstance(value, list | tuple) or not value or (count is not None and len(value) != count):
        raise ValueError(f'expected {count or "some"} lists of roles, [["duty"], ["duty", "leader"]], got {value!r}')
    return tuple(_roles(item) for item in value)


def _steps(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MOST_STEPS:
        raise ValueError(f"expected 1 to {_MOST_STEPS} whole hours after the due time, [0, 4, 24], got {value!r}")
    hours = [_whole(item, 0, 24 * 60) for item in value]
    if hours != sorted(set(hours)):
        raise ValueError(f"expected hours that grow, [0, 4, 24], got {value!r}")
    return tuple(hour * HOUR for hour in hours)


def _pause(value: object) -> int:
    return _whole(value, 1, 24 * 60) * HOUR
