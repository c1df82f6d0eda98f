"""
Erasure: text, title, address, quotes and salt of posts leave every byte of the file (MECHANICS §7).

Deleted bytes are overwritten (`secure_delete`). The full text keeps a deleted document in its old segments until they
are merged, so the parts that held one are merged; then the write-ahead log is emptied.
"""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Mapping, Sequence

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis

from .full_text import document, remove_documents
from .parts import merge_part
from .post_rows import blank_contents, read_contents
from .writer import Writer

_SLICE = 100
PATIENCE_SECONDS = 10.0
"""How long an erasure waits for readers, so that the write-ahead log can be emptied."""

_FOUND = """
    SELECT parts.name, p.content, p.place, p.units, p.is_erased FROM json_each(?) AS wanted
    CROSS JOIN posts AS p ON p.id = wanted.value JOIN parts ON parts.n = p.part
"""
_OLDER = """
    SELECT parts.name, o.content FROM json_each(?) AS wanted
    CROSS JOIN older_versions AS o ON o.id = wanted.value
    JOIN posts AS p ON p.id = o.id JOIN parts ON parts.n = p.part
"""
_OF_POSTS = "IN (SELECT value FROM json_each(?))"


def erase_posts(
    writer: Writer, post_ids: frozenset[str], at: Millis, *, patience_seconds: float = PATIENCE_SECONDS
) -> Mapping[str, int]:
    """
    The posts hold nothing but ids and times, the ids are on the erasure list; returns what was reached.

    Doing it again is harmless and finishes what was cut. Raises StoreUnavailable (STO-110) where a reader holds the
    write-ahead log for so long that its bytes could not be overwritten: the texts are gone then, the proof is not.
    """
    reached: Counter[str] = Counter(posts=0, versions=0, mentions=0)
    parts: set[str] = set()
    ids = sorted(post_ids)
    for start in range(0, len(ids), _SLICE):
        with writer.transaction(bulk=True) as connection:
            parts |= _erase_slice(connection, ids[start : start + _SLICE], at, reached)
    for part in sorted(parts):
        merge_part(writer, part)
    empty_log(writer, patience_seconds)
    return reached


def _erase_slice(connection: sqlite3.Connection, ids: Sequence[str], at: Millis, reached: Counter[str]) -> set[str]:
    wanted = (json.dumps(ids),)
    connection.executemany("INSERT OR IGNORE INTO erasures (id, at) VALUES (?, ?)", [(post, at) for post in ids])
    newest = connection.execute(_FOUND, wanted).fetchall()
    older = connection.execute(_OLDER, wanted).fetchall()
    for part, content, place, units, is_erased in newest:
        if not is_erased:
            post = read_contents(connection, part, [content])[content]
            remove_documents(connection, part, [(place, document(post.title, post.text, units))])
    for part, content in [*(row[:2] for row in newest), *older]:
        blank_contents(connection, part, [content])
    posts = connection.execute(f"UPDATE posts SET is_erased = 1 WHERE id {_OF_POSTS} AND NOT is_erased", wanted)
    connection.execute(
        f"DELETE FROM opinions WHERE text_hash IN (SELECT version FROM mentions WHERE post {_OF_POSTS})", wanted
    )
    mentions = connection.execute(f"UPDATE mentions SET hits = '[]' WHERE post {_OF_POSTS} AND hits <> '[]'", wanted)
    reached.update(posts=posts.rowcount, versions=len(newest) + len(older), mentions=mentions.rowcount)
    return {row[0] for row in newest}


def empty_log(writer: Writer, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """The write-ahead log holds no byte; raise StoreUnavailable (STO-110) where a reader keeps it for too long."""
    deadline = time.monotonic() + patience_seconds
    while not writer.checkpoint():
        if time.monotonic() > deadline:
            raise StoreUnavailable(
                f"{writer.path.name}: the texts are erased, but a reader keeps the write-ahead log with their old "
                "bytes; end long exports and run the same erasure again",
                code="STO-110",
            )
        time.sleep(0.05)
