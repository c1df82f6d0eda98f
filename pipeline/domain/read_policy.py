"""The alert rules' figures as a unit's setting: read from a table, every problem named at once."""

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from .alert_policy import DEFAULT_POLICY, AlertPolicy
from .level import HIGHEST, LOWEST
from .unit_settings import refuse_problems, unknown_settings

_HOURS = ("raises_within", "addressed_opens_within")
_LEVELS = ("new_level", "addressed_level", "growth_up_to")
_KEYS = tuple(f"{field.name}_hours" if field.name in _HOURS else field.name for field in fields(AlertPolicy))


def read_policy(table: Mapping[str, object]) -> AlertPolicy:
    """Return the policy of a table; keys that are not given keep the shipped figure. Raises BadInput."""
    problems = list(unknown_settings(table, _KEYS))
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.removesuffix("_hours") if key.removesuffix("_hours") in _HOURS else key
        wrong = _wrong(name, value)
        if key in _KEYS and wrong:
            problems.append(f"{key}: {wrong}")
        values[name] = value * 3_600_000 if name in _HOURS and isinstance(value, int) else value
    refuse_problems(problems, "alerts")
    return replace(DEFAULT_POLICY, **values)


def _wrong(name: str, value: object) -> str:
    if name == "version":
        named = isinstance(value, str) and re.fullmatch(r"[\w.-]{1,40}", value, re.ASCII)
        return "" if named else "expected 1 to 40 of a-z, A-Z, 0-9, - _ and . in quotes; events name it"
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return f"expected a whole number of at least 1, got {value!r}"
    if name in _LEVELS and not HIGHEST <= value <= LOWEST:
        return f"expected a level from {HIGHEST} to {LOWEST}, got {value}"
    return ""
