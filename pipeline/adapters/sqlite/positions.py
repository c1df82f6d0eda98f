"""How far each stream has been worked, and which take of a partition is the newest."""

import sqlite3
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from pipeline.domain.errors import StaleWorker
from pipeline.ports import Position

Terms: TypeAlias = Mapping[tuple[str, int], int]
"""Stream and partition → the number of the take by which one instance holds it; what it never took is not there."""

_NEVER_MOVED = -1
"""Where a partition stands that was taken and brought nothing yet."""


def reached(connection: sqlite3.Connection, stream: str, partition: int) -> Position | None:
    """Return how far the commits of a stream have come."""
    row = connection.execute(
        "SELECT reached FROM positions WHERE stream = ? AND part = ?", (stream, partition)
    ).fetchone()
    return None if row is None or row[0] == _NEVER_MOVED else Position(stream, partition, row[0])


def streams(connection: sqlite3.Connection) -> Sequence[str]:
    """Return every stream that moved a position, oldest first."""
    moved = "SELECT stream FROM positions WHERE reached <> ? GROUP BY stream ORDER BY min(n)"
    return [row[0] for row in connection.execute(moved, (_NEVER_MOVED,))]


def take(connection: sqlite3.Connection, stream: str, partition: int) -> tuple[int, Position | None]:
    """The partition's takes are one more; returns its number and how far the partition has come."""
    connection.execute(
        "INSERT INTO positions (stream, part, reached, term) VALUES (?, ?, ?, 1)"
        " ON CONFLICT (stream, part) DO UPDATE SET term = term + 1",
        (stream, partition, _NEVER_MOVED),
    )
    return _term(connection, stream, partition), reached(connection, stream, partition)


def refuse_stale(connection: sqlite3.Connection, position: Position | None, terms: Terms) -> None:
    """Raise StaleWorker where the position's partition was taken since, or by another than who holds the terms."""
    if position is None:
        return
    held = terms.get((position.stream, position.partition), 0)
    if held != _term(connection, position.stream, position.partition):
        raise StaleWorker(f"partition {position.partition} was taken by another worker; this one leaves it")


def move(connection: sqlite3.Connection, position: Position | None) -> None:
    """The partition has come as far as the position, or stays where it is further."""
    if position is not None:
        connection.execute(
            "INSERT INTO positions (stream, part, reached) VALUES (?, ?, ?)"
            " ON CONFLICT (stream, part) DO UPDATE SET reached = max(reached, excluded.reached)",
            (position.stream, position.partition, position.offset),
        )


def _term(connection: sqlite3.Connection, stream: str, partition: int) -> int:
    row = connection.execute("SELECT term FROM positions WHERE stream = ? AND part = ?", (stream, partition)).fetchone()
    return 0 if row is None else int(row[0])
