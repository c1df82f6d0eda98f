"""How one kind of list is read: decided once by a person, kept under its headings with who decided it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis, Origin
from pipeline.ports import Record, Records

from .columns import FIELDS, MUST, is_about_people

KIND = "letter_columns"
"""The kind of the records that keep mappings, one for each set of headings of a unit."""
ORIGINS = (Origin.HOTLINE, Origin.LETTER)


@dataclass(frozen=True, slots=True)
class Columns:
    """
    What → column. `origin` says what kind of letters the list holds.

    `done_is_answered`: whoever ended a matter has answered, where the list has no column that says so by itself.
    """

    by_field: Mapping[str, int]
    origin: Origin
    done_is_answered: bool = False

    @property
    def says_answered(self) -> bool:
        """Whether the list itself says what was answered."""
        return "answered_at" in self.by_field or "status" in self.by_field

    def check(self, headings: Sequence[str]) -> None:
        """Raise BadInput (LTR-101 to 103) where the columns cannot be those of a list with these headings."""
        if any(field not in self.by_field for field in MUST):
            raise BadInput("no column is named as the letter's content; choose one", code="LTR-101")
        chosen = list(self.by_field.values())
        if len(set(chosen)) < len(chosen) or not all(0 <= column < len(headings) for column in chosen):
            raise BadInput("one column is named twice, or is none of the list; choose another", code="LTR-102")
        if any(is_about_people(headings[column]) for column in chosen):
            raise BadInput("a column that says who somebody is, is never read; choose another", code="LTR-103")


@dataclass(frozen=True, slots=True)
class Remembered:
    """Columns that somebody decided, and when."""

    columns: Columns
    author: str
    at: Millis


def remember(records: Records, unit: str, headings: Sequence[str], columns: Columns, by: tuple[str, Millis]) -> None:
    """Lists of the unit with these headings are read so from now on."""
    value = {
        "columns": dict(columns.by_field),
        "origin": columns.origin.name,
        "done_is_answered": columns.done_is_answered,
    }
    known = recall(records, unit, headings)
    if known is None or known.columns != columns:
        text = json.dumps(value, sort_keys=True)
        records.put(Record(KIND, unit, _key(headings), 0, text, by[1], by[0], "columns of a list"), expect=None)


def recall(records: Records, unit: str, headings: Sequence[str]) -> Remembered | None:
    """Return how lists of the unit with these headings are read; None where nobody has decided."""
    record = records.get(KIND, unit, _key(headings))
    if record is None:
        return None
    said = json.loads(record.value)
    by_field = {field: said["columns"][field] for field in FIELDS if field in said["columns"]}
    columns = Columns(by_field, Origin[said["origin"]], bool(said["done_is_answered"]))
    return Remembered(columns, record.author, record.at)


def columns_from(said: Mapping[str, object], headings: Sequence[str]) -> Columns:
    """
    Return the columns that a mapping file names: `content = "诉求内容"`, and so on; raise BadInput (LTR-1nn) else.

    `origin` is 12345工单 or 来信来访, `done_is_answered` true or false.
    """
    strange = sorted(said.keys() - {*FIELDS, "origin", "done_is_answered"})
    if strange:
        raise BadInput(f"{', '.join(strange)}: no such key; known: {', '.join(FIELDS)}", code="LTR-104")
    missing = [str(said[field]) for field in FIELDS if field in said and said[field] not in headings]
    if missing:
        raise BadInput(f"no column is called {', '.join(missing)}; there are {', '.join(headings)}", code="LTR-105")
    by_field = {field: headings.index(str(said[field])) for field in FIELDS if field in said}
    origin = origin_named(str(said.get("origin", Origin.HOTLINE.value)))
    columns = Columns(by_field, origin, said.get("done_is_answered") is True)
    columns.check(headings)
    return columns


def origin_named(name: str) -> Origin:
    """Return the kind of letters; raise BadInput (LTR-106) where a list cannot hold such."""
    for origin in ORIGINS:
        if name in (origin.value, origin.name):
            return origin
    raise BadInput(f"a list holds {' or '.join(ORIGINS)}, not {name[:20]}; say which", code="LTR-106")


def _key(headings: Sequence[str]) -> str:
    return hashlib.sha256("\x1f".join(headings).encode()).hexdigest()[:32]
