"""Full-text search, counts and roll-ups. Times go by the second; a place in the full text is a place in time."""

import heapq
import json
import sqlite3
from collections.abc import Sequence

from pipeline.domain.post import Millis, Post

from .arrivals import ALL_UNITS, PLACES_PER_SECOND
from .full_text import query, table_of
from .post_rows import CONTENT, contents_of, post_of

_HOUR: Millis = 3_600_000
_COLUMNS = ", ".join(f"c.{name}" for name in CONTENT)


def newest_with(
    connection: sqlite3.Connection, unit: str, term: str, span: tuple[Millis, Millis], limit: int
) -> Sequence[Post]:
    """Return the newest posts of the unit (or of all) that contain the term and occurred in the span."""
    expression = _expression(connection, unit, term)
    if expression is None or limit < 1:
        return []
    first, end = _places(span)
    found: list[tuple[int, str]] = []
    for part, ends_at in _parts_newest_first(connection):
        # A post occurs at most an hour after it was collected, so an older part holds nothing newer than this.
        newest_here = (ends_at + _HOUR) // 1000 << PLACES_PER_SECOND
        if len(found) == limit:
            first = found[-1][0]
            if first > newest_here:
                continue
        rows = connection.execute(
            f"SELECT rowid FROM {table_of(part)} WHERE {table_of(part)} MATCH ? AND rowid >= ? AND rowid < ?"
            " ORDER BY rowid DESC LIMIT ?",
            (expression, first, end, limit),
        )
        found = heapq.nlargest(limit, [*found, *((place, part) for (place,) in rows)])
    return _posts_at(connection, found)


def _posts_at(connection: sqlite3.Connection, found: Sequence[tuple[int, str]]) -> Sequence[Post]:
    posts: dict[int, Post] = {}
    for part in {part for _, part in found}:
        rows = connection.execute(
            f"SELECT p.place, {_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN posts AS p ON p.place = wanted.value"
            f" JOIN {contents_of(part)} AS c ON c.n = p.content",
            (json.dumps([place for place, lies in found if lies == part]),),
        )
        posts |= {row[0]: post_of(row[1:]) for row in rows}
    return [posts[place] for place, _ in found]


def count_with(connection: sqlite3.Connection, unit: str, term: str, span: tuple[Millis, Millis]) -> int:
    """Return how many posts of the unit (or of all) contain the term and occurred in the span."""
    expression = _expression(connection, unit, term)
    if expression is None:
        return 0
    first, end = _places(span)
    total = 0
    for part, _ in _parts_newest_first(connection):
        table = table_of(part)
        row = connection.execute(
            f"SELECT count(*) FROM {table} WHERE {table} MATCH ? AND rowid >= ? AND rowid < ?", (expression, first, end)
        ).fetchone()
        total += int(row[0])
    return total


def counts_by_day(
    connection: sqlite3.Connection, unit: str, since_day: int, until_day: int
) -> Sequence[tuple[int, str, int]]:
    """Return (day, line, posts) from the roll-ups, in order; the last day is left out."""
    rows = connection.execute(
        "SELECT day, line, posts FROM daily_counts WHERE unit = ? AND day >= ? AND day < ? ORDER BY day, line",
        (unit, since_day, until_day),
    )
    return [(day, line, posts) for day, line, posts in rows]


def _expression(connection: sqlite3.Connection, unit: str, term: str) -> str | None:
    if not term:
        return None
    if unit == ALL_UNITS:
        return query(term, None)
    row = connection.execute("SELECT n FROM units WHERE unit = ?", (unit,)).fetchone()
    return None if row is None else query(term, row[0])


def _parts_newest_first(connection: sqlite3.Connection) -> Sequence[tuple[str, Millis]]:
    rows = connection.execute("SELECT name, ends_at FROM parts WHERE NOT is_dropped ORDER BY ends_at DESC, name")
    return [(name, ends_at) for name, ends_at in rows]


def _places(span: tuple[Millis, Millis]) -> tuple[int, int]:
    since, until = (max(-1, min(at, 1 << 52)) for at in span)
    return since // 1000 << PLACES_PER_SECOND, -(-until // 1000) << PLACES_PER_SECOND
