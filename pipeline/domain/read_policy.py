"""The alert rules' figures as a unit's setting: read from a table, every problem named at once."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from .alert_policy import DEFAULT_POLICY, AlertPolicy
from .errors import BadInput
from .level import HIGHEST, LOWEST

_HOURS = ("raises_within", "addressed_opens_within")
_LEVELS = ("new_level", "addressed_level", "growth_up_to")
_KEYS = tuple(f"{field.name}_hours" if field.name in _HOURS else field.name for field in fields(AlertPolicy))


def read_policy(table: Mapping[str, object]) -> AlertPolicy:
    """Return the policy of a table; keys that are not given keep the shipped figure. Raises BadInput."""
    problems = [_unknown(key) for key in table if key not in _KEYS]
    values: dict[str, Any] = {}
    for key, value in table.items():
        name = key.removesuffix("_hours") if key.removesuffix("_hours") in _HOURS else key
        wrong = _wrong(name, value)
        if key in _KEYS and wrong:
            problems.append(f"{key}: {wrong}")
        values[name] = value * 3_600_000 if name in _HOURS and isinstance(value, int) else value
    if problems:
        lines = "\n".join(f"  alerts: {problem} [CFG-201]" for problem in problems)
        raise BadInput(f"the settings have {len(problems)} problem(s); nothing was changed.\n{lines}", code="CFG-200")
    return replace(DEFAULT_POLICY, **values)


def _unknown(key: str) -> str:
    near = difflib.get_close_matches(key, _KEYS, n=1, cutoff=0.6)
    return f"{key}: no such setting; " + (f"did you mean {near[0]}?" if near else f"known here: {', '.join(_KEYS)}")


def _wrong(name: str, value: object) -> str:
    if name == "version":
        named = isinstance(value, str) and re.fullmatch(r"[\w.-]{1,40}", value, re.ASCII)
        return "" if named else "expected 1 to 40 of a-z, A-Z, 0-9, - _ and . in quotes; events name it"
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        return f"expected a whole number of at least 1, got {value!r}"
    if name in _LEVELS and not HIGHEST <= value <= LOWEST:
        return f"expected a level from {HIGHEST} to {LOWEST}, got {value}"
    return ""
