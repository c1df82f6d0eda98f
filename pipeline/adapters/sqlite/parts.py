"""
Parts: what retention drops as a whole. Each post lies in exactly one, by the time its newest version was collected.

Weeks hold posts that no unit mentions, or only with `about` and `need` false; months the others; `kept` holds what
an opened incident, an open to-do or an open need still needs (MECHANICS §7).
"""

import sqlite3
from datetime import UTC, datetime, timedelta

from pipeline.domain.post import Millis

from .full_text import make_table, table_of
from .post_rows import contents_of, make_contents

KEPT = "kept"
_DAY: Millis = 86_400_000
_MONDAY = 3  # 1970-01-01 was a Thursday
_FOREVER: Millis = 1 << 62


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

    def name(self, number: int) -> str:
        """Return a part's name."""
        row = self._connection.execute("SELECT name FROM parts WHERE n = ?", (number,)).fetchone()
        return str(row[0])

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


def set_apart(connection: sqlite3.Connection, number: int, name: str) -> None:
    """The part is being dropped: its tables have names of their own, and no post is found in it or added to it."""
    gone = f"gone{number}"
    connection.execute("UPDATE parts SET is_dropped = 1, name = ? WHERE n = ?", (gone, number))
    connection.execute(f"ALTER TABLE {table_of(name)} RENAME TO {table_of(gone)}")
    connection.execute(f"ALTER TABLE {contents_of(name)} RENAME TO {contents_of(gone)}")


def part_for(collected_at: Millis, *, matters: bool) -> str:
    """Return the name of the month (what matters to some unit) or the week that a time belongs to, in UTC."""
    if matters:
        return datetime.fromtimestamp(collected_at / 1000, tz=UTC).strftime("m%Y%m")
    day = collected_at // _DAY
    monday = day - (day + _MONDAY) % 7
    return datetime.fromtimestamp(monday * _DAY / 1000, tz=UTC).strftime("w%Y%m%d")


def span_of(name: str) -> tuple[Millis, Millis]:
    """Return when a part starts and ends; what is kept has no end."""
    if name == KEPT:
        return 0, _FOREVER
    if name.startswith("w"):
        start = datetime.strptime(name, "w%Y%m%d").replace(tzinfo=UTC)
        end = start + timedelta(days=7)
    else:
        start = datetime.strptime(name, "m%Y%m").replace(tzinfo=UTC)
        end = (start + timedelta(days=31)).replace(day=1)
    return _millis(start), _millis(end)


def _millis(moment: datetime) -> Millis:
    return int(moment.timestamp()) * 1000
