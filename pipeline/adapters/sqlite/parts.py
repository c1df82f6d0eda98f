"""The parts that there are, and their two tables each: full text and contents (see `pipeline.domain.part`)."""

import sqlite3

from pipeline.domain.part import span_of

from .full_text import make_table, merge_step, table_of
from .post_rows import contents_of, make_contents
from .writer import Writer

_PAGES = 64
"""Pages of the full text that one step of a merge writes."""


class Parts:
    """The parts as one transaction sees and makes them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """Return a part's number; the part and its full-text table exist."""
        known = self._numbers.get(name)
        if known is None:
            known = self._numbers[name] = self._stored(name) or self._made(name)
        return known

    def _stored(self, name: str) -> int | None:
        row = self._connection.execute("SELECT n FROM parts WHERE name = ?", (name,)).fetchone()
        return None if row is None else int(row[0])

    def _made(self, name: str) -> int:
        starts_at, ends_at = span_of(name)
        made = self._connection.execute(
            "INSERT INTO parts (name, starts_at, ends_at) VALUES (?, ?, ?)", (name, starts_at, ends_at)
        )
        make_table(self._connection, name)
        make_contents(self._connection, name)
        return int(made.lastrowid or 0)


def merge_part(writer: Writer, part: str) -> None:
    """The part's full text is one segment, without what was deleted; done in steps that leave the lock to others."""
    pages = -_PAGES
    while True:
        with writer.transaction(bulk=True) as connection:
            goes_on = merge_step(connection, part, pages=pages)
        if not goes_on:
            return
        pages = _PAGES


def set_apart(connection: sqlite3.Connection, number: int, name: str) -> None:
    """The part is being dropped: its tables have names of their own, and no post is found in it or added to it."""
    gone = f"gone{number}"
    connection.execute("UPDATE parts SET is_dropped = 1, name = ? WHERE n = ?", (gone, number))
    connection.execute(f"ALTER TABLE {table_of(name)} RENAME TO {table_of(gone)}")
    connection.execute(f"ALTER TABLE {contents_of(name)} RENAME TO {contents_of(gone)}")
