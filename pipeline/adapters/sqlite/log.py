"""The log of decisions in `huiyin.db`: one record per batch; the projectors run in the append's transaction."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence

from pipeline.crash_point import crash_point
from pipeline.domain.errors import LostRace, MalformedEvent
from pipeline.domain.event import GENESIS, Batch, Memo, decode, encode
from pipeline.domain.incident import Incident
from pipeline.domain.incident_json import incident_from_bytes
from pipeline.domain.post import Millis

from .erasure import empty_log
from .memos import append_memos, blank_memos, stored_memo
from .projector import absorbed_in, forget, project, stored_incidents
from .writer import Reader, Writer

_PAGE = 500
_UNITS = """
    WITH RECURSIVE each (unit) AS (
        SELECT min(unit) FROM log
        UNION ALL
        SELECT (SELECT min(log.unit) FROM log WHERE log.unit > each.unit) FROM each WHERE each.unit IS NOT NULL
    )
    SELECT unit FROM each WHERE unit IS NOT NULL
"""
"""One step per unit in the log's index, not one per record."""
_HEADS = f"SELECT unit, (SELECT max(seq) FROM log WHERE log.unit = each.unit) FROM ({_UNITS}) AS each"
_BATCH = "INSERT INTO log (unit, seq, bytes, hash, command) VALUES (?, ?, ?, ?, ?)"


class SqliteIncidentLog:
    """The log of the embedded profile. A record, its memos and its projections are written together or not at all."""

    def __init__(self, writer: Writer, reader: Reader | None = None) -> None:
        self._writer = writer
        self._reader = reader or Reader(writer.path)

    def close(self) -> None:
        """The reading connections are closed; the writer is its owner's."""
        self._reader.close()

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        """
        The batch is the record (unit, seq), with its memos and projections, all at once.

        Raises LostRace where the seq is not the next or the command has its batch already; MalformedEvent where
        `previous` is not the head's hash, or where memos and batch do not name each other.
        """
        _refuse_stray_memos(batch, memos)
        with self._writer.transaction() as connection:
            seq, last = _head(connection, batch.unit)
            _refuse_lost_race(connection, batch, seq)
            if batch.previous != last:
                raise MalformedEvent(
                    f"batch {batch.unit}/{batch.seq} follows {batch.previous[:12]}, but the log's head is {last[:12]}; "
                    "read the log again and decide anew"
                )
            connection.execute(_BATCH, (batch.unit, batch.seq, encode(batch), batch.hash, batch.command))
            _refuse_absorbed(connection, batch)
            append_memos(connection, memos)
            project(connection, batch)
            crash_point("log.append.before_commit")
        crash_point("log.append.after_commit")

    def head(self, unit: str) -> tuple[int, str]:
        """Return the last seq and its hash; (0, GENESIS) for an empty log."""
        with self._reader.connection() as connection:
            return _head(connection, unit)

    def read(self, unit: str, after: int, limit: int = 1000) -> Sequence[Batch]:
        """Return the batches behind a seq, in order."""
        with self._reader.connection() as connection:
            return [decode(data) for _, data in _records(connection, unit, after, limit)]

    def batch_of_command(self, unit: str, command: str) -> Batch | None:
        """Return the batch that a command has caused already."""
        with self._reader.connection() as connection:
            row = connection.execute(
                "SELECT bytes FROM log WHERE unit = ? AND command = ? AND command <> ''", (unit, command)
            ).fetchone()
        return None if row is None else decode(row[0])

    def units(self) -> Sequence[str]:
        """Return every unit that has a log."""
        with self._reader.connection() as connection:
            return [row[0] for row in connection.execute(_UNITS)]

    def heads(self) -> Mapping[str, int]:
        """Return unit → last seq of every unit that has a log."""
        with self._reader.connection() as connection:
            return dict(connection.execute(_HEADS).fetchall())

    def memo(self, unit: str, memo_id: str) -> Memo | None:
        """Return a memo by id; None where it was erased or never was."""
        with self._reader.connection() as connection:
            return stored_memo(connection, unit, memo_id)

    def erase_memos(self, unit: str, memo_ids: frozenset[str], at: Millis) -> int:
        """Text and salt of the memos are gone from every byte of the file; the log still verifies."""
        with self._writer.transaction() as connection:
            erased = blank_memos(connection, unit, memo_ids, at)
        empty_log(self._writer)
        return erased

    def sweep_memos(self, before: Millis) -> int:  # noqa: ARG002  # the port's form
        """Memos come in their batch's transaction: nothing is left."""
        return 0

    def incident(self, unit: str, incident_id: str) -> Incident | None:
        """Return an incident as the log's head makes it; None where none was opened under the id."""
        with self._reader.connection() as connection:
            return stored_incidents(connection, unit, [incident_id]).get(incident_id)

    def incidents(self, unit: str, *, open_only: bool, limit: int = 1000) -> Sequence[Incident]:
        """Return a unit's incidents, opened last first; `open_only` leaves those in which somebody still owes."""
        states = "(1)" if open_only else "(0, 1)"
        with self._reader.connection() as connection:
            rows = connection.execute(
                f"SELECT body FROM incidents WHERE unit = ? AND is_open IN {states}"
                " ORDER BY opened_at DESC, id DESC LIMIT ?",
                (unit, limit),
            ).fetchall()
        return [incident_from_bytes(body) for (body,) in rows]

    def batches_of(self, unit: str, incident: str) -> Sequence[Batch]:
        """Return the batches with an event of the incident, in order."""
        with self._reader.connection() as connection:
            rows = connection.execute(
                "SELECT log.bytes FROM incident_batches AS told CROSS JOIN log ON log.unit = told.unit"
                " AND log.seq = told.seq WHERE told.unit = ? AND told.incident = ? ORDER BY told.seq",
                (unit, incident),
            ).fetchall()
        return [decode(data) for (data,) in rows]

    def raw(self, unit: str) -> Iterator[tuple[int, bytes]]:
        """Yield (seq, stored bytes) of a unit's whole log; no transaction stays open between."""
        seq = 0
        while True:
            with self._reader.connection() as connection:
                records = _records(connection, unit, seq, _PAGE)
            yield from records
            if len(records) < _PAGE:
                return
            seq = records[-1][0]

    def reproject(self, unit: str) -> None:
        """Every projection of the unit is deleted and rebuilt from its log, in one step; nothing is sent again."""
        with self._writer.transaction() as connection:
            forget(connection, unit)
            seq = 0
            while records := _records(connection, unit, seq, _PAGE):
                for seq, data in records:  # noqa: B007  # the last one is where the next page starts
                    project(connection, decode(data))


def _head(connection: sqlite3.Connection, unit: str) -> tuple[int, str]:
    row = connection.execute("SELECT seq, hash FROM log WHERE unit = ? ORDER BY seq DESC LIMIT 1", (unit,)).fetchone()
    return (0, GENESIS) if row is None else (int(row[0]), str(row[1]))


def _records(connection: sqlite3.Connection, unit: str, after: int, limit: int) -> list[tuple[int, bytes]]:
    return connection.execute(
        "SELECT seq, bytes FROM log WHERE unit = ? AND seq > ? ORDER BY seq LIMIT ?", (unit, after, limit)
    ).fetchall()


def _refuse_stray_memos(batch: Batch, memos: Sequence[Memo]) -> None:
    if {(memo.unit, memo.id) for memo in memos} != {(batch.unit, memo_id) for memo_id in batch.memos}:
        raise MalformedEvent(
            f"batch {batch.unit}/{batch.seq} names the memos {sorted(batch.memos)}, but others came with it; "
            "give it exactly the memos that it names"
        )


def _refuse_absorbed(connection: sqlite3.Connection, batch: Batch) -> None:
    absorbed = absorbed_in(connection, batch)
    if absorbed is not None:
        raise LostRace(f"unit {batch.unit}: group {absorbed} was absorbed by another meanwhile; decide again")


def _refuse_lost_race(connection: sqlite3.Connection, batch: Batch, seq: int) -> None:
    if batch.seq != seq + 1:
        raise LostRace(
            f"unit {batch.unit}: batch {batch.seq} was decided, but the log's head is {seq}; "
            "read the newer batches and decide again"
        )
    known = connection.execute(
        "SELECT seq FROM log WHERE unit = ? AND command = ? AND command <> ''", (batch.unit, batch.command)
    ).fetchone()
    if known is not None:
        raise LostRace(
            f"unit {batch.unit}: command {batch.command} has caused batch {known[0]} already; answer with that batch"
        )
