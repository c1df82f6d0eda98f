"""
Records of the bus in segments: tables that are appended to, overwritten in place and dropped, so no byte stays behind.

Where SQLite moves a row from page to page, the old bytes stay in the free space of a page that is in use, and
`secure_delete` does not overwrite them. Rows of a segment never move: an update of the same length is done in place.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pipeline.domain.post import Millis

OFFSETS = 5_000
"""Offsets per segment: dropping one takes some 10 ms."""

_SEGMENT = """
CREATE TABLE records_{n} (
  seq INTEGER PRIMARY KEY,
  post TEXT NOT NULL,
  collected_at INTEGER NOT NULL,
  is_gone INTEGER NOT NULL,
  body BLOB NOT NULL
)
"""
_SPAN = """
INSERT INTO segment VALUES (?, ?, ?) ON CONFLICT (n) DO UPDATE
SET oldest = min(oldest, excluded.oldest), youngest = max(youngest, excluded.youngest)
"""


def stream_of(connection: sqlite3.Connection) -> tuple[str, int]:
    """Return the stream's id and the last offset that was given."""
    stream, latest = connection.execute("SELECT id, latest FROM stream").fetchone()
    return (str(stream), int(latest))


def append_records(connection: sqlite3.Connection, rows: Sequence[tuple[str, Millis, bytes]]) -> None:
    """The rows (post, collected at, body) have the next offsets, in order."""
    _, latest = stream_of(connection)
    numbered = [(latest + n, *row) for n, row in enumerate(rows, start=1)]
    for n, group in groupby(numbered, key=lambda row: _segment_of(row[0])):
        part = list(group)
        times = [row[2] for row in part]
        if not _is_there(connection, n):
            connection.execute(_SEGMENT.format(n=n))
        connection.execute(_SPAN, (n, min(times), max(times)))
        connection.executemany(f"INSERT INTO records_{n} VALUES (?, ?, ?, 0, ?)", part)
    connection.execute("UPDATE stream SET latest = latest + ?", (len(rows),))


def records_behind(connection: sqlite3.Connection, offset: int, limit: int) -> list[tuple[int, bytes]]:
    """Return (offset, body) of at most `limit` records behind an offset, oldest first."""
    found: list[tuple[int, bytes]] = []
    for n in segments(connection, first=_segment_of(offset + 1)):
        query = f"SELECT seq, body FROM records_{n} WHERE seq > ? AND NOT is_gone ORDER BY seq LIMIT ?"
        found += connection.execute(query, (offset, limit - len(found)))
        if len(found) >= limit:
            break
    return found


def segments(connection: sqlite3.Connection, first: int = 0) -> list[int]:
    """Return the numbers of the segments from a number on, in order."""
    return [n for (n,) in connection.execute("SELECT n FROM segment WHERE n >= ? ORDER BY n", (first,))]


def segments_with_older(connection: sqlite3.Connection, before: Millis, until: int) -> list[int]:
    """Return the segments that may hold records collected before a time, with offsets up to `until`."""
    query = "SELECT n FROM segment WHERE oldest < ? AND n <= ? ORDER BY n"
    return [n for (n,) in connection.execute(query, (before, _segment_of(until)))]


def older_in(connection: sqlite3.Connection, n: int, before: Millis, until: int) -> list[int]:
    """Return the offsets in a segment, up to `until`, of records collected before a time; none where it is no more."""
    if not _is_there(connection, n):
        return []
    query = f"SELECT seq FROM records_{n} WHERE seq <= ? AND collected_at < ? AND NOT is_gone"
    return [seq for (seq,) in connection.execute(query, (until, before))]


def records_of(connection: sqlite3.Connection, post_ids: frozenset[str]) -> Iterator[int]:
    """Yield the offsets of all records of the posts."""
    for n in segments(connection):
        rows = connection.execute(f"SELECT seq, post FROM records_{n} WHERE NOT is_gone")
        yield from [seq for seq, post in rows if post in post_ids]


def blank_records(connection: sqlite3.Connection, offsets: Iterable[int]) -> None:
    """The records hold nothing but blanks of the same length and are delivered no more."""
    for n, part in groupby(offsets, key=_segment_of):
        if not _is_there(connection, n):
            continue
        blank = f"UPDATE records_{n} SET is_gone = 1, body = zeroblob(length(body)) WHERE seq = ?"
        connection.executemany(blank, [(offset,) for offset in part])


def drop_if_finished(connection: sqlite3.Connection, n: int) -> bool:
    """A segment that is full and whose records are all gone is no more; returns whether that is so now."""
    if not _is_there(connection, n):
        return True
    _, latest = stream_of(connection)
    is_full = _segment_of(latest + 1) > n
    if not is_full or connection.execute(f"SELECT 1 FROM records_{n} WHERE NOT is_gone LIMIT 1").fetchone():
        return False
    connection.execute(f"DROP TABLE records_{n}")
    connection.execute("DELETE FROM segment WHERE n = ?", (n,))
    return True


def _is_there(connection: sqlite3.Connection, n: int) -> bool:
    # Another process may have dropped it meanwhile: a trim and an erasure may meet.
    return connection.execute("SELECT 1 FROM segment WHERE n = ?", (n,)).fetchone() is not None


def _segment_of(offset: int) -> int:
    return (offset - 1) // OFFSETS
