"""
Texts of posts: one table of contents per part, only ever appended to, or overwritten in place.

SQLite leaves copies of a row in the slack of its pages when it moves rows to make room, even where deleted bytes are
overwritten. Rows that are appended and never deleted are never moved, so overwriting one in place with as many blanks
leaves no byte of it. A whole table is dropped with its part.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import TypeAlias

from pipeline.domain.post import NO_COUNTS, Kind, Origin, Post, Visibility
from pipeline.domain.stated import stated_from

Row: TypeAlias = Sequence[object]

_KEPT_WHEN_BLANK = ("id", "version", "source", "collected_at", "origin", "visibility", "kind", "published_at", "due_at")
_BLANKED = (
    "text",
    "title",
    "salt",
    "heads",
    "given_id",
    "address",
    "sealed_address",
    "ref",
    "thread",
    "counts",
    "body_hash",
    "stated",
)
CONTENT = (*_KEPT_WHEN_BLANK, *_BLANKED)
COLUMNS = ", ".join(CONTENT)
_MARKS = ", ".join("?" * len(CONTENT))
_AS_BLANKS = ", ".join(f"{name} = CAST(zeroblob(length(CAST({name} AS BLOB))) AS TEXT)" for name in _BLANKED)
"""As many zero bytes as there were: the row keeps its size, so it is overwritten where it stands."""


def contents_of(part: str) -> str:
    """Return the name of a part's table of contents."""
    return f"contents_{part}"


def make_contents(connection: sqlite3.Connection, part: str) -> None:
    """The part has a table of contents."""
    columns = ", ".join(f"{name} INTEGER" if name.endswith("_at") else f"{name} TEXT" for name in CONTENT)
    connection.execute(f"CREATE TABLE {contents_of(part)} (n INTEGER PRIMARY KEY, {columns})")


def widen_contents(connection: sqlite3.Connection) -> None:
    """Every part's table of contents has the columns that came after it was made."""
    for (part,) in connection.execute("SELECT name FROM parts").fetchall():
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({contents_of(part)})")}
        for name in CONTENT if there else ():
            if name not in there:
                connection.execute(f"ALTER TABLE {contents_of(part)} ADD COLUMN {name} TEXT")


def append_contents(connection: sqlite3.Connection, part: str, posts: Sequence[Post]) -> range:
    """The posts' contents stand in the part; returns under which numbers, in order."""
    last = connection.execute(f"SELECT max(n) FROM {contents_of(part)}").fetchone()[0] or 0
    numbers = range(last + 1, last + 1 + len(posts))
    connection.executemany(
        f"INSERT INTO {contents_of(part)} (n, {COLUMNS}) VALUES (?, {_MARKS})",
        [(number, *content_of(post)) for number, post in zip(numbers, posts, strict=True)],
    )
    return numbers


def blank_contents(connection: sqlite3.Connection, part: str, numbers: Sequence[int]) -> None:
    """The contents hold ids, kinds and times only; every other byte of them is overwritten."""
    connection.executemany(
        f"UPDATE {contents_of(part)} SET {_AS_BLANKS} WHERE n = ?", [(number,) for number in numbers]
    )


def read_contents(connection: sqlite3.Connection, part: str, numbers: Sequence[int]) -> dict[int, Post]:
    """Return number → post for what stands in a part."""
    rows = connection.execute(
        f"SELECT {COLUMNS}, n FROM {contents_of(part)} WHERE n IN (SELECT value FROM json_each(?))",
        (json.dumps(list(numbers)),),
    )
    return {row[-1]: post_of(row) for row in rows}


def content_of(post: Post) -> tuple[str | int | None, ...]:
    """Return a post's columns. Tokens are left out: they live and die elsewhere."""
    return (
        post.id,
        post.version,
        post.source,
        post.collected_at,
        post.origin.value,
        post.visibility.value,
        post.kind.value,
        post.published_at,
        post.due_at,
        post.text,
        post.title,
        post.salt,
        " ".join(post.heads),
        post.given_id,
        post.address,
        post.sealed_address,
        post.ref,
        post.thread,
        json.dumps(dict(post.counts), sort_keys=True) if post.counts else "",
        post.body_hash,
        json.dumps(post.stated.data(), ensure_ascii=False, sort_keys=True) if post.stated else "",
    )


def post_of(row: Row) -> Post:
    """Return the post whose columns begin a row."""
    values = dict(zip(CONTENT, row, strict=False))
    heads, counts = str(values["heads"]), str(values["counts"])
    values["heads"] = tuple(heads.split(" ")) if heads else ()
    values["counts"] = json.loads(counts) if counts.startswith("{") else NO_COUNTS
    stated = str(values["stated"] or "")
    values["stated"] = stated_from(json.loads(stated)) if stated.startswith("{") else None
    values["origin"] = Origin(str(values["origin"]))
    values["visibility"] = Visibility(str(values["visibility"]))
    values["kind"] = Kind(str(values["kind"]))
    return Post(**values)  # type: ignore[arg-type]  # the columns are declared with the types of the fields


def what_is_left(post: Post) -> Post:
    """Return what an erased post still says: ids, kinds and times."""
    kept = {name: getattr(post, name) for name in _KEPT_WHEN_BLANK}
    return Post(**kept, heads=(), text="", title="", salt="")
