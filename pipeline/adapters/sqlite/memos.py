"""Memos: what people typed, beside the log; only ever appended to or overwritten in place (see `post_rows`)."""

import sqlite3
from collections.abc import Iterable, Sequence

from pipeline.domain.event import Memo
from pipeline.domain.post import Millis

_APPEND = """
    INSERT INTO memos (unit, id, incident, text, salt, is_public, attachment) VALUES (?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (unit, id) DO NOTHING
"""
_NOT_ERASED = "NOT EXISTS (SELECT 1 FROM memo_erasures AS e WHERE e.unit = m.unit AND e.id = m.id)"
_AS_BLANKS = ", ".join(
    f"{name} = CAST(zeroblob(length(CAST({name} AS BLOB))) AS TEXT)" for name in ("text", "salt", "attachment")
)


def append_memos(connection: sqlite3.Connection, memos: Sequence[Memo]) -> None:
    """The memos are kept; one that exists stays as it is."""
    connection.executemany(_APPEND, [(m.unit, m.id, m.incident, m.text, m.salt, m.public, m.attachment) for m in memos])


def stored_memo(connection: sqlite3.Connection, unit: str, memo_id: str) -> Memo | None:
    """Return a memo by id; None where it was erased or never was."""
    row = connection.execute(
        "SELECT incident, text, salt, is_public, attachment FROM memos AS m"
        f" WHERE unit = ? AND id = ? AND {_NOT_ERASED}",
        (unit, memo_id),
    ).fetchone()
    if row is None:
        return None
    incident, text, salt, public, attachment = row
    return Memo(unit, memo_id, incident, text, salt, public=bool(public), attachment=attachment)


def blank_memos(connection: sqlite3.Connection, unit: str, memo_ids: Iterable[str], at: Millis) -> int:
    """Each byte of the memos' text and salt is overwritten; returns how many were not erased before."""
    erased = 0
    for memo_id in sorted(memo_ids):
        key = (unit, memo_id)
        erased += connection.execute(
            f"UPDATE memos AS m SET {_AS_BLANKS} WHERE unit = ? AND id = ? AND {_NOT_ERASED}", key
        ).rowcount
        connection.execute("INSERT OR IGNORE INTO memo_erasures (unit, id, at) VALUES (?, ?, ?)", (*key, at))
    return erased
