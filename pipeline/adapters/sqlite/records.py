"""Records in `huiyin.db`: revisions, a change counter per kind for other processes, leases with fences."""

import sqlite3
from collections.abc import Sequence

from pipeline.domain.post import Millis
from pipeline.ports import Record

from .writer import Reader, Writer

_COLUMNS = "kind, unit, key, revision, value, at, author, reason"


class SqliteRecords:
    """
    The port Records over `huiyin.db`.

    Kinds whose name starts with "setting" keep every revision; the history outlives a removal. A counter of
    `changed_since` that moved without a record behind it means that a record was removed.
    """

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    def get(self, kind: str, unit: str, key: str) -> Record | None:
        """Return the newest revision; None where there is none."""
        query = f"SELECT {_COLUMNS} FROM record WHERE unit = ? AND kind = ? AND key = ?"
        with self._reader.connection() as connection:
            row = connection.execute(query, (unit, kind, key)).fetchone()
        return None if row is None else Record(*row)

    def put(self, record: Record, *, expect: int | None) -> bool:
        """The record is the next revision and True returned; False where the stored revision is not the expected."""
        with self._writer.transaction() as connection:
            revision = _revision(connection, record)
            if expect is not None and expect != revision:
                return False
            _write(connection, record, revision + 1)
        return True

    def put_many(self, records: Sequence[Record]) -> None:
        """All records are stored, whatever was there, in one step."""
        if not records:
            return
        with self._writer.transaction() as connection:
            for record in records:
                _write(connection, record, _revision(connection, record) + 1)

    def list(self, kind: str, unit: str | None = None, prefix: str = "", limit: int = 10_000) -> Sequence[Record]:
        """Return records by unit and key in order; `unit` None means all units."""
        query = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND substr(key, 1, ?) = ?"
        values: tuple[str | int, ...] = (kind, len(prefix), prefix)
        if unit is not None:
            query += " AND unit = ? AND key >= ?"
            values = (*values, unit, prefix)
        with self._reader.connection() as connection:
            rows = connection.execute(f"{query} ORDER BY unit, key LIMIT ?", (*values, limit))
            return [Record(*row) for row in rows]

    def remove(self, kind: str, unit: str, key: str) -> None:
        """The record is gone; no error where it never was. The history of a setting stays."""
        with self._writer.transaction() as connection:
            gone = connection.execute("DELETE FROM record WHERE unit = ? AND kind = ? AND key = ?", (unit, kind, key))
            if gone.rowcount:
                _count_change(connection, kind)

    def history(self, kind: str, unit: str, key: str) -> Sequence[Record]:
        """Return all revisions that are kept, newest first; none for kinds that keep no history."""
        query = f"SELECT {_COLUMNS} FROM record_history WHERE unit = ? AND kind = ? AND key = ? ORDER BY change DESC"
        with self._reader.connection() as connection:
            return [Record(*row) for row in connection.execute(query, (unit, kind, key))]

    def take(self, name: str, holder: str, *, now: Millis, until: Millis) -> int | None:
        """Lease: return a fence higher than every one before, or None while another's runs that can be true."""
        with self._writer.transaction() as connection:
            row = connection.execute("SELECT holder, fence, until FROM lease WHERE name = ?", (name,)).fetchone()
            last_holder, last_fence, ends_at = row or (holder, 0, now)
            if last_holder != holder and now < ends_at <= now + 2 * (until - now):
                return None
            fence = int(last_fence) + 1
            connection.execute("INSERT OR REPLACE INTO lease VALUES (?, ?, ?, ?)", (name, holder, fence, until))
        return fence

    def release(self, name: str, holder: str) -> None:
        """The holder's lease has ended; no error where it holds none."""
        with self._writer.transaction() as connection:
            connection.execute("UPDATE lease SET holder = '', until = 0 WHERE name = ? AND holder = ?", (name, holder))

    def changed_since(self, kind: str, change: int) -> tuple[int, Sequence[Record]]:
        """Return the kind's change counter and its records that changed behind the given one, in that order."""
        query = f"SELECT {_COLUMNS} FROM record WHERE kind = ? AND change > ? ORDER BY change"
        with self._reader.snapshot() as connection:
            row = connection.execute("SELECT latest FROM record_change WHERE kind = ?", (kind,)).fetchone()
            latest = 0 if row is None else int(row[0])
            if latest <= change:
                return (latest, [])
            return (latest, [Record(*found) for found in connection.execute(query, (kind, change))])


def keeps_history(kind: str) -> bool:
    """Whether every revision of this kind is kept: settings, of which people ask who changed them and why."""
    return kind.startswith("setting")


def _revision(connection: sqlite3.Connection, record: Record) -> int:
    query = "SELECT revision FROM record WHERE unit = ? AND kind = ? AND key = ?"
    row = connection.execute(query, (record.unit, record.kind, record.key)).fetchone()
    return 0 if row is None else int(row[0])


def _write(connection: sqlite3.Connection, record: Record, revision: int) -> None:
    change = _count_change(connection, record.kind)
    who = (record.unit, record.kind, record.key)
    what = (record.value, record.at, record.author, record.reason)
    connection.execute("INSERT OR REPLACE INTO record VALUES (?,?,?,?,?,?,?,?,?)", (*who, revision, *what, change))
    if keeps_history(record.kind):
        connection.execute("INSERT INTO record_history VALUES (?,?,?,?,?,?,?,?,?)", (*who, change, revision, *what))


def _count_change(connection: sqlite3.Connection, kind: str) -> int:
    counted = "INSERT INTO record_change VALUES (?, 1) ON CONFLICT (kind) DO UPDATE SET latest = latest + 1"
    row = connection.execute(f"{counted} RETURNING latest", (kind,)).fetchone()
    return int(row[0])
