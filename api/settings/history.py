"""Who changed a setting, when, why, and what changed: each revision beside the one before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, zip_longest

from pipeline.domain.post import Millis
from pipeline.domain.unit_settings import Table
from pipeline.ports import Record, Records
from pipeline.workflow.settings import SETTING, table_of

from .shipped import shipped_table

_NAMES = ("id", "account", "year", "reason")
"""Keys by which a row of a setting is called, the first that it has."""
_ABSENT = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """
    What changed at one place of a setting: lists say what was `added` and `dropped`, others `was` and `now`.

    `row` is the id of the row it is in, "" outside of rows; `key` is what it is called there. Where a whole row came or
    went `key` is "", and `added` or `dropped` is its id and then the words of its lists.
    """

    row: str
    key: str
    added: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    was: str = _ABSENT
    now: str = _ABSENT


@dataclass(frozen=True, slots=True)
class Edition:
    """One revision: who wrote it when and why, what changed by it; `is_set` False means that what ships holds."""

    revision: int
    author: str
    reason: str
    at: Millis
    is_set: bool
    differences: Sequence[Difference]


_Value = str | tuple[str, ...]
_Places = Mapping[tuple[str, str], _Value]


def editions(records: Records, unit: str, key: str, most: int = 50) -> Sequence[Edition]:
    """Return the newest revisions of a setting, newest first."""
    kept = list(islice(records.history(SETTING, unit, key), most + 1))
    return [_edition(key, record, before) for record, before in zip_longest(kept, kept[1:])][:most]


def differences(key: str, before: Table | None, after: Table | None) -> Sequence[Difference]:
    """Return what differs between two values of a setting; None stands for what ships."""
    was, now = _placed(shipped_table(key) if before is None else before), _placed(_or_shipped(key, after))
    gone, new = _rows(was) - _rows(now), _rows(now) - _rows(was)
    found = [Difference(row, "", dropped=(row, *_words(was, row))) for row in sorted(gone)]
    found += [Difference(row, "", added=(row, *_words(now, row))) for row in sorted(new)]
    for place in dict.fromkeys([*was, *now]):
        if place[0] not in gone | new and was.get(place) != now.get(place):
            found.append(_difference(place, was.get(place), now.get(place)))
    return found


def _or_shipped(key: str, table: Table | None) -> Table:
    return shipped_table(key) if table is None else table


def _edition(key: str, record: Record, before: Record | None) -> Edition:
    table = table_of(record)
    changed = differences(key, table_of(before) if before else None, table)
    return Edition(record.revision, record.author, record.reason, record.at, table is not None, changed)


def _difference(place: tuple[str, str], was: _Value | None, now: _Value | None) -> Difference:
    row, key = place
    if isinstance(was, tuple) or isinstance(now, tuple):
        before, after = _several(was), _several(now)
        added = tuple(each for each in after if each not in before)
        dropped = tuple(each for each in before if each not in after)
        return Difference(row, key, added, dropped)
    return Difference(row, key, was=was or _ABSENT, now=now or _ABSENT)


def _several(value: _Value | None) -> tuple[str, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _words(places: _Places, row: str) -> tuple[str, ...]:
    return tuple(
        word for place, value in places.items() if place[0] == row and isinstance(value, tuple) for word in value
    )


def _rows(places: _Places) -> set[str]:
    return {row for row, _ in places if row}


def _placed(table: Table) -> _Places:
    """Return each value of a table by its place: the row it is in, and its key there."""
    placed: dict[tuple[str, str], _Value] = {}
    for key, value in table.items():
        if _is_rows(value):
            for number, row in enumerate(value, start=1):  # type: ignore[arg-type, var-annotated]
                placed |= _flat(_name(row, number), row, "")
        elif isinstance(value, Mapping):
            placed |= _flat("", value, f"{key}.")
        else:
            placed["", key] = _text(value)
    return placed


def _flat(row: str, table: Table, prefix: str) -> dict[tuple[str, str], _Value]:
    flat: dict[tuple[str, str], _Value] = {}
    for key, value in table.items():
        if isinstance(value, Mapping):
            flat |= _flat(row, value, f"{prefix}{key}.")
        else:
            flat[row, f"{prefix}{key}"] = _text(value)
    return flat


def _is_rows(value: object) -> bool:
    return isinstance(value, list | tuple) and bool(value) and all(isinstance(item, Mapping) for item in value)


def _name(row: Table, number: int) -> str:
    return next((str(row[key]) for key in _NAMES if row.get(key)), str(number))


def _text(value: object) -> _Value:
    if isinstance(value, list | tuple):
        return tuple("+".join(map(str, each)) if isinstance(each, list | tuple) else str(each) for each in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
