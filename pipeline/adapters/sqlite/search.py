"""Full-text search, counts and roll-ups. Times go by the second; a place in the full text is a place in time."""

import heapq
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis, Post

from .arrivals import ALL_UNITS, PLACES_PER_SECOND
from .full_text import of_unit, query, table_of
from .post_rows import CONTENT, contents_of, post_of

_HOUR: Millis = 3_600_000
_COLUMNS = ", ".join(f"c.{name}" for name in CONTENT)


def newest_with(
    connection: sqlite3.Connection, unit: str, term: str, span: tuple[Millis, Millis], limit: int
) -> Sequence[Post]:
    """Return the newest posts of the unit (or of all) that contain the term and occurred in the span."""
    question = _Question.about(connection, unit, term, span)
    if question is None or limit < 1:
        return []
    found: list[tuple[int, str]] = []
    for part, ends_at in question.parts_newest_first(connection):
        first = found[-1][0] if len(found) == limit else question.first
        if first <= _newest_possible(ends_at):
            rows = connection.execute(
                f"SELECT rowid {question.source(part)} ORDER BY rowid DESC LIMIT ?",
                (question.expression, first, question.end, limit),
            )
            found = heapq.nlargest(limit, [*found, *((place, part) for (place,) in rows)])
    return _posts_at(connection, found)


def count_with(connection: sqlite3.Connection, unit: str, term: str, span: tuple[Millis, Millis]) -> int:
    """Return how many posts of the unit (or of all) contain the term and occurred in the span."""
    question = _Question.about(connection, unit, term, span)
    if question is None:
        return 0
    values = (question.expression, question.first, question.end)
    return sum(
        int(connection.execute(f"SELECT count(*) {question.source(part)}", values).fetchone()[0])
        for part, _ in question.parts_newest_first(connection)
    )


def counts_by_day(
    connection: sqlite3.Connection, unit: str, since_day: int, until_day: int
) -> Sequence[tuple[int, str, int]]:
    """Return (day, line, posts) from the roll-ups, in order; the last day is left out."""
    rows = connection.execute(
        "SELECT day, line, posts FROM daily_counts WHERE unit = ? AND day >= ? AND day < ? ORDER BY day, line",
        (unit, since_day, until_day),
    )
    return [(day, line, posts) for day, line, posts in rows]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is looked for: an expression, from a first place up to an end, among a unit's posts or among all."""

    expression: str
    first: int
    end: int
    unit_number: int | None

    @classmethod
    def about(
        cls, connection: sqlite3.Connection, unit: str, term: str, span: tuple[Millis, Millis]
    ) -> "_Question | None":
        """Return the question; None where nothing can be found: no term, or a unit that mentions no post."""
        number = None
        if unit != ALL_UNITS:
            row = connection.execute("SELECT n FROM units WHERE unit = ?", (unit,)).fetchone()
            if row is None:
                return None
            number = int(row[0])
        since, until = (max(-1, min(at, 1 << 52)) for at in span)
        first, end = since // 1000 << PLACES_PER_SECOND, -(-until // 1000) << PLACES_PER_SECOND
        return cls(query(term, number), first, end, number) if term else None

    def source(self, part: str) -> str:
        """Return where a part is asked; the values are expression, first and end."""
        return f"FROM {table_of(part)} WHERE {table_of(part)} MATCH ? AND rowid >= ? AND rowid < ?"

    def parts_newest_first(self, connection: sqlite3.Connection) -> list[tuple[str, Millis]]:
        """Return (part, its end) for parts that may hold an answer."""
        rows = connection.execute("SELECT name, ends_at FROM parts WHERE NOT is_dropped ORDER BY ends_at DESC, name")
        recent = [(part, ends_at) for part, ends_at in rows.fetchall() if self.first <= _newest_possible(ends_at)]
        return [row for row in recent if self._may_be_in(connection, row[0])]

    def _may_be_in(self, connection: sqlite3.Connection, part: str) -> bool:
        # FTS5 looks for the first phrase of a part before it sees that the unit has no post there, which takes long.
        if self.unit_number is None:
            return True
        values = (of_unit(self.unit_number), self.first, self.end)
        return connection.execute(f"SELECT 1 {self.source(part)} LIMIT 1", values).fetchone() is not None


def _newest_possible(ends_at: Millis) -> int:
    """Return the place behind all posts of a part that ends then: none occurs over an hour after its collection."""
    return (ends_at + _HOUR) // 1000 + 1 << PLACES_PER_SECOND


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
