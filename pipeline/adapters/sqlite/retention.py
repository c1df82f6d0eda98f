"""
Retention: parts over age are dropped, after what must be kept was moved (MECHANICS §7).

A drop that was cut in the middle goes on with the next one: the part is then marked, and search leaves it out.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import TypeAlias

from pipeline.domain.part import KEPT
from pipeline.domain.post import Millis

from .full_text import table_of
from .merges import PARTS
from .parts import Parts, merge_part, set_apart
from .post_rows import contents_of
from .shelf import Shelf
from .writer import Writer

Kept: TypeAlias = tuple[frozenset[tuple[str, str]], frozenset[str]]
"""What outlives its part: the posts of (unit, group) pairs, and single posts."""

_SLICE = 250

_DOOMED = "SELECT n, name FROM parts WHERE name LIKE ? AND ends_at <= ? AND NOT is_dropped ORDER BY n"
_KEPT_POSTS = """
    WITH RECURSIVE kept(unit, id) AS (
        SELECT value ->> 0, value ->> 1 FROM json_each(?1)
        UNION SELECT m.unit, m.absorbed FROM kept
        CROSS JOIN group_merges AS m ON m.unit = kept.unit AND m.into_group = kept.id
    )
    SELECT DISTINCT m.post FROM kept
    CROSS JOIN mentions AS m ON m.unit = kept.unit AND m.in_group = kept.id
    JOIN posts AS p ON p.id = m.post
    WHERE p.part = ?3
    UNION
    SELECT p.id FROM json_each(?2) AS wanted CROSS JOIN posts AS p ON p.id = wanted.value WHERE p.part = ?3
"""
_OF_POSTS = "IN (SELECT value FROM json_each(?))"
_EMPTY_GROUP = f"""{PARTS}
    DELETE FROM group_rows WHERE unit = ?1 AND id IN (SELECT id FROM parts)
    AND NOT EXISTS (SELECT 1 FROM mentions WHERE unit = ?1 AND in_group IN (SELECT id FROM parts))
"""


def drop_parts_over_age(writer: Writer, *, before_unmentioned: Millis, before_mentioned: Millis, keep: Kept) -> int:
    """
    Parts that ended before their time are gone, but not what is to be kept; returns how many posts went.

    Weeks go by the first time, months by the second. What is kept moves to a part that is never dropped. Roll-ups and
    heads outlive the posts: ids never change.
    """
    for pattern, before in (("w%", before_unmentioned), ("m%", before_mentioned)):
        with writer.transaction(bulk=True) as connection:
            doomed = connection.execute(_DOOMED, (pattern, before)).fetchall()
        for number, name in doomed:
            with writer.transaction(bulk=True) as connection:
                _move_kept(connection, number, keep)
                set_apart(connection, number, name)
    posts = _clear_dropped(writer)
    _merge_closed(writer)
    return posts


def _merge_closed(writer: Writer) -> None:
    """Parts that a newer one of their kind follows are merged: search is faster in them, and little comes any more."""
    with writer.transaction(bulk=True) as connection:
        rows = connection.execute("SELECT name FROM parts WHERE NOT is_dropped ORDER BY starts_at").fetchall()
    for kind in ("w", "m"):
        *closed, _ = [name for (name,) in rows if name.startswith(kind)] or [""]
        for name in closed:
            merge_part(writer, name)


def _move_kept(connection: sqlite3.Connection, number: int, keep: Kept) -> None:
    shelf = Shelf(connection, Parts(connection))
    groups, posts = keep
    wanted = (json.dumps(sorted(groups)), json.dumps(sorted(posts)), number)
    for (post,) in connection.execute(_KEPT_POSTS, wanted).fetchall():
        lies = shelf.find(post)
        shelf.move(lies, KEPT, lies.units)


def _clear_dropped(writer: Writer) -> int:
    with writer.transaction(bulk=True) as connection:
        dropped = connection.execute("SELECT n, name FROM parts WHERE is_dropped").fetchall()
    posts = 0
    for number, name in dropped:
        while gone := _drop_posts(writer, number):
            posts += gone
        for table, rows, first in _tables_of(name):
            while _drop_rows(writer, table, rows, first):
                pass
        with writer.transaction(bulk=True) as connection:
            connection.execute("DELETE FROM parts WHERE n = ?", (number,))
    return posts


def _drop_posts(writer: Writer, number: int) -> int:
    with writer.transaction(bulk=True) as connection:
        rows = connection.execute("SELECT id FROM posts WHERE part = ? LIMIT ?", (number, _SLICE)).fetchall()
        _delete(connection, [row[0] for row in rows])
    return len(rows)


def _tables_of(part: str) -> Sequence[tuple[str, str, int]]:
    """Return the part's tables, where their rows stand, and the first that may go before the table does."""
    # Up to row 10 FTS5 keeps what it needs to be opened, and a table is opened to be dropped.
    words, contents = table_of(part), contents_of(part)
    return ((words, f"{words}_data", 11), (contents, contents, 0))


def _drop_rows(writer: Writer, table: str, rows: str, first: int) -> bool:
    """Some rows of a table of the part are gone, at last the table; False where nothing is left of it."""
    # Dropped as a whole, a large table would hold the write lock for seconds, since its bytes are overwritten.
    with writer.transaction(bulk=True) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (table,)).fetchone():
            return False
        doomed = f"SELECT rowid FROM {rows} WHERE rowid >= ? LIMIT ?"
        gone = connection.execute(f"DELETE FROM {rows} WHERE rowid IN ({doomed})", (first, _SLICE)).rowcount
        if gone < _SLICE:
            connection.execute(f"DROP TABLE {table}")
    return gone == _SLICE


def _delete(connection: sqlite3.Connection, ids: Sequence[str]) -> None:
    posts = (json.dumps(list(ids)),)
    connection.execute(
        f"DELETE FROM opinions WHERE text_hash IN (SELECT version FROM mentions WHERE post {_OF_POSTS})", posts
    )
    groups = connection.execute(
        f"SELECT DISTINCT unit, in_group FROM mentions WHERE in_group IS NOT NULL AND post {_OF_POSTS}", posts
    ).fetchall()
    connection.execute(f"DELETE FROM mentions WHERE post {_OF_POSTS}", posts)
    connection.executemany(_EMPTY_GROUP, groups)
    connection.execute(f"DELETE FROM older_versions WHERE id {_OF_POSTS}", posts)
    connection.execute(f"DELETE FROM posts WHERE id {_OF_POSTS}", posts)
