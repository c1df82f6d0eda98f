"""
Reads one table of a settings file and keeps every problem in it, with the key, a suggestion and a code.

    CFG-401  no such key            CFG-404  a value that cannot be
    CFG-402  a key is missing       CFG-405  the same id twice
    CFG-403  a value of another type  CFG-406  a rule that can never count
"""

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import TypeVar

from .errors import BadInput

Table = Mapping[str, object]
Lines = Mapping[tuple[str, int, str], int]
"""(table, number, key) → line of the file; the key "" stands for the table's header."""

_Choice = TypeVar("_Choice", bound=StrEnum)
_HEADER = re.compile(r"\s*\[\[\s*([\w-]+)\s*\]\]")
_KEY = re.compile(r"\s*\"?([\w-]+)\"?\s*=")


class SettingTable:
    """One table while it is read. `problems` are (key, what is wrong and what to do, code)."""

    def __init__(self, table: Table, known: Sequence[str]) -> None:
        """Keys that are not known are problems at once."""
        self.table = table
        self.problems: list[tuple[str, str, str]] = []
        for key in table:
            if key not in known:
                self.refuse(key, f"no such key; {_nearest(key, known)}", "CFG-401")

    def refuse(self, key: str, wrong: str, code: str) -> None:
        """The problem is kept."""
        self.problems.append((key, wrong, code))

    def text(self, key: str, *, required: bool = True) -> str:
        """Return a text; "" where it is missing or no text."""
        value = self._given(key, "a text in quotes", required=required)
        if value is None:
            return ""
        if not isinstance(value, str) or not value.strip():
            self.refuse(key, f"expected a text in quotes, got {value!r}", "CFG-403")
            return ""
        return value.strip()

    def choice(self, key: str, of: type[_Choice]) -> _Choice | None:
        """Return a member of the enumeration; None where there is none."""
        word = self.text(key)
        return self._member(key, word, of) if word else None

    def choices(self, key: str, of: type[_Choice]) -> frozenset[_Choice]:
        """Return members of the enumeration; none where the key is missing."""
        members = (self._member(key, word, of) for word in self.texts(key))
        return frozenset(member for member in members if member is not None)

    def texts(self, key: str, *, required: bool = False) -> tuple[str, ...]:
        """Return a list of texts, as it stands; an empty one is a problem, for it says neither all nor none."""
        value = self._given(key, '["…", "…"]', required=required)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
            self.refuse(key, f'expected a list of texts, ["…", "…"], got {value!r}', "CFG-403")
            return ()
        if not value:
            self.refuse(key, "is an empty list; remove the key, or name something", "CFG-404")
        return tuple(item.strip() for item in value)

    def whole_numbers(self, key: str) -> tuple[int, ...]:
        """Return a list of whole numbers; none where the key is missing."""
        value = self.table.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple) or not value or not all(map(_is_whole, value)):
            self.refuse(key, f"expected a list of whole numbers, [1, 2], got {value!r}", "CFG-403")
            return ()
        return tuple(value)

    def whole(self, key: str) -> int | None:
        """Return a whole number that must be there."""
        value = self._given(key, "a whole number", required=True)
        if isinstance(value, int) and _is_whole(value):
            return value
        if value is not None:
            self.refuse(key, f"expected a whole number, got {value!r}", "CFG-403")
        return None

    def claim(self, key: str) -> bool | None:
        """Return true or false; None where the key is missing."""
        value = self.table.get(key)
        if value is None or isinstance(value, bool):
            return value
        self.refuse(key, f"expected true or false, got {value!r}", "CFG-403")
        return None

    def _given(self, key: str, example: str, *, required: bool) -> object:
        value = self.table.get(key)
        if value is None and required:
            self.refuse(key, f"is missing; give {example}", "CFG-402")
        return value

    def _member(self, key: str, word: str, of: type[_Choice]) -> _Choice | None:
        if word in [member.value for member in of]:
            return of(word)
        self.refuse(key, f"{word!r} is none of them; {_nearest(word, [m.value for m in of])}", "CFG-404")
        return None


def tables_of(document: Table, key: str, problems: list[str]) -> Sequence[Table]:
    """Return the [[key]] tables of a document; a problem is added where they are something else."""
    tables = document.get(key, [])
    if isinstance(tables, list | tuple) and all(isinstance(table, Mapping) for table in tables):
        return tables
    problems.append(f"  {key}: write [[{key}]] with two brackets, one table each [CFG-403]")
    return ()


def unknown_keys(document: Table, known: Sequence[str]) -> list[str]:
    """Return a problem for each key of a document that is not known."""
    return [f"  {key}: no such key; {_nearest(key, known)} [CFG-401]" for key in document if key not in known]


def sentences(of: str, reading: SettingTable, lines: Lines) -> list[str]:
    """Return one line of text per problem of a table; `of` names the table and its number, "clock 2"."""
    kind, _, number = of.partition(" ")
    found = []
    for key, wrong, code in reading.problems:
        place = (kind, int(number or 0))
        line = lines.get((*place, key), lines.get((*place, ""), 0))
        at = f", line {line}" if line else ""
        found.append(f"  {of}{at}: {key}: {wrong} [{code}]")
    return found


def refuse_all(name: str, problems: Sequence[str], code: str) -> None:
    """Raise BadInput with all problems, if there are any."""
    if problems:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        raise BadInput("\n".join([f"{name} has {count}; nothing of it is used.", *problems]), code=code)


def document_of(text: str, name: str, code: str) -> dict[str, object]:
    """Return what a TOML text holds; raise BadInput where it is none."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as cause:
        raise BadInput(f"{name} is not TOML: {cause}. Mend that line and apply it again", code=code) from cause


def lines_of(text: str) -> Lines:
    """Return on which line of a TOML text each table and each of its keys stands."""
    lines: dict[tuple[str, int, str], int] = {}
    counts: dict[str, int] = {}
    place = ("", 0)
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            counts[header[1]] = counts.get(header[1], 0) + 1
            place = (header[1], counts[header[1]])
            lines[*place, ""] = number
        elif key := _KEY.match(line):
            lines.setdefault((*place, key[1]), number)
    return lines


def _nearest(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}"


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
