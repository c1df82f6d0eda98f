"""Reads a table of values key by key and keeps every problem, so that all of them are reported at once."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NoReturn, TypeVar

from pipeline.domain.errors import BadInput

Chosen = TypeVar("Chosen", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what and what to do about it, with its code."""

    where: str
    sentence: str
    code: str

    def __str__(self) -> str:
        """The line that a person reads."""
        return f"{self.where}: {self.sentence} [{self.code}]"


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes under which a reading reports: unknown key, missing key, wrong type, a value out of its range."""

    unknown: str
    missing: str
    type: str
    value: str


@dataclass(slots=True)
class Reading:
    """A table that is being read. Keys that nobody asked for are problems at `close`."""

    table: Mapping[str, object]
    path: str
    codes: Codes
    problems: list[Problem]
    _known: list[str] = field(default_factory=list)

    def text(self, key: str, default: str | None = None) -> str:
        """Return a string, trimmed; without a default it must be there and not empty."""
        value = self._take(key, str, "a text in quotes", default)
        if isinstance(value, str) and (value.strip() or default is not None):
            return value.strip()
        if isinstance(value, str):
            self.report(key, "must not be empty.", self.codes.value)
        return default or ""

    def choice(self, key: str, kinds: type[Chosen], default: Chosen | None = None) -> Chosen | None:
        """Return a member of a list of words; None where there is a problem."""
        value = self._take(key, str, f"one of {_listed(kinds)}", None if default is None else default.value)
        if not isinstance(value, str):
            return default
        if value in list(kinds):
            return kinds(value)
        hint = did_you_mean(value, [kind.value for kind in kinds]) or f" Known: {_listed(kinds)}."
        self.report(key, f"{value!r} is no {key}.{hint}", self.codes.value)
        return default

    def whole(self, key: str, between: tuple[int, int], default: int | None = None) -> int:
        """Return a whole number within the bounds, both included."""
        value = self._take(key, int, "a whole number", default)
        if isinstance(value, bool) or not isinstance(value, int):
            return default or between[0]
        if not between[0] <= value <= between[1]:
            self.report(key, f"{value} is not between {between[0]} and {between[1]}.", self.codes.value)
        return value

    def number(self, key: str, between: tuple[float, float], default: float) -> float:
        """Return a number within the bounds, both included."""
        value = self._take(key, (int, float), "a number", default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return default
        if not between[0] <= value <= between[1]:
            self.report(key, f"{value:g} is not between {between[0]:g} and {between[1]:g}.", self.codes.value)
        return float(value)

    def claim(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, bool, "true or false", default)
        return value if isinstance(value, bool) else default

    def day(self, key: str) -> str:
        """Return a date as YYYY-MM-DD, whether it was written as a TOML date or as a text."""
        value = self._take(key, (str, date), "a date like 2026-11-01", None)
        if isinstance(value, str):
            try:
                return date.fromisoformat(value).isoformat()
            except ValueError:
                self.report(key, f"{value!r} is no date; write it like 2026-11-01.", self.codes.value)
        return value.isoformat()[:10] if isinstance(value, date) else ""

    def words(self, key: str) -> tuple[str, ...]:
        """Return a list of strings; missing means none."""
        value = self._take(key, list, "a list of texts", [])
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        if isinstance(value, list):
            self.report(key, "expected a list of texts.", self.codes.type)
        return ()

    def inner(self, key: str) -> "Reading | None":
        """Return the reading of a table inside this one; None where there is none."""
        self._known.append(key)
        value = self.table.get(key)
        if value is None:
            return None
        if isinstance(value, Mapping):
            return Reading(value, f"{self.path}.{key}" if self.path else key, self.codes, self.problems)
        self.report(key, "expected a table of its own.", self.codes.type)
        return None

    def close(self) -> None:
        """Every key that was not asked for is a problem, with the nearest known one."""
        for key in self.table:
            if key not in self._known:
                hint = did_you_mean(key, self._known) or f" Known here: {', '.join(self._known)}."
                self.report(key, f"no such key.{hint}", self.codes.unknown)

    def report(self, key: str, sentence: str, code: str) -> None:
        """The problem is kept under the key's whole path."""
        self.problems.append(Problem(f"{self.path}.{key}" if self.path else key, sentence, code))

    def _take(self, key: str, kinds: type | tuple[type, ...], expected: str, default: object) -> object:
        """Return the value, the default where it is missing, or None where there is a problem."""
        self._known.append(key)
        value = self.table.get(key)
        if value is None:
            if default is None:
                self.report(key, f"is missing; expected {expected}.", self.codes.missing)
            return default
        if isinstance(value, bool) and kinds is not bool:
            self.report(key, f"expected {expected}, got {str(value).lower()}.", self.codes.type)
            return None
        if not isinstance(value, kinds):
            self.report(key, f"expected {expected}, got {value!r}.", self.codes.type)
            return None
        return value


def refuse(what: str, problems: Sequence[Problem], code: str, consequence: str) -> NoReturn:
    """Raise BadInput with every problem on a line of its own."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    lines = [f"{what} has {count}; {consequence}.", *(f"  {problem}" for problem in problems)]
    raise BadInput("\n".join(lines), code=code)


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """Return a suggestion as a sentence with a space before it, or nothing."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f" Did you mean {near[0]}?" if near else ""


def _listed(kinds: type[StrEnum]) -> str:
    return ", ".join(kind.value for kind in kinds)
