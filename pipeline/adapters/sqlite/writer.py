"""
The one helper of every SQLite writer and reader (MECHANICS §8).

SQLite's own `busy_timeout` sleeps ever longer and lets a saturated worker starve a person's command for seconds.
Here a writer asks again each millisecond up to a deadline, and whoever writes in bulk pauses between transactions.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from weakref import WeakKeyDictionary

from pipeline.domain.errors import StoreUnavailable

from .refusals import is_busy, refusal

Row = TypeVar("Row")

BULK_ROWS = 500
"""At most so many posts in one transaction."""
BULK_SECONDS = 0.025
"""At most so long may one bulk transaction hold the lock."""
PAUSE_SECONDS = 0.005
"""So long a bulk writer leaves the lock alone between two transactions."""
RETRY_SECONDS = 0.001
CHECKPOINT_SECONDS = 1.0

_WRITER_PRAGMAS = ("synchronous = FULL", "secure_delete = ON", "foreign_keys = ON", "busy_timeout = 0")


class Writer:
    """
    One connection that writes, in WAL mode, durable at each commit; deleted bytes are overwritten.

    Threads may share a writer: they take turns. Processes each have their own. `deadline_seconds` is how long a
    transaction waits for the lock before StoreUnavailable (STO-103) is raised.
    """

    def __init__(self, path: Path, *, deadline_seconds: float = 5.0) -> None:
        self.path = Path(path)
        self._deadline_seconds = deadline_seconds
        self._turn = threading.RLock()
        self._bulk_ended_at = 0.0
        self._connection = self._open()

    @contextmanager
    def transaction(self, *, bulk: bool = False) -> Iterator[sqlite3.Connection]:
        """
        Everything done inside is written when the block ends, or nothing where it raises.

        A block never nests in another of the same thread, and does no model, network or rendering work. `bulk` says
        that this is one of many slices: it first leaves the lock to others for a moment. SQLite's errors leave as
        StoreUnavailable; sqlite3.IntegrityError leaves as it is, since only the caller knows what a conflict means.
        """
        if bulk:
            time.sleep(max(0.0, self._bulk_ended_at + PAUSE_SECONDS - time.monotonic()))
        deadline = time.monotonic() + self._deadline_seconds
        with self._own_turn(deadline), self._refusing():
            self._retry("BEGIN IMMEDIATE", deadline)
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
            finally:
                if bulk:
                    self._bulk_ended_at = time.monotonic()

    def write_in_slices(self, rows: Sequence[Row], write: Callable[[sqlite3.Connection, Sequence[Row]], object]) -> int:
        """
        All rows are written, in order, in as many bulk transactions as the write rule asks; returns how many.

        Each slice is at most 500 rows, and smaller where the last one held the lock for longer than 25 ms. An error
        leaves the slices before it written: the caller's rows must be idempotent.
        """
        size, start, slices = BULK_ROWS, 0, 0
        while start < len(rows):
            part = rows[start : start + size]
            with self.transaction(bulk=True) as connection:
                began = time.monotonic()
                write(connection, part)
            held = time.monotonic() - began
            size = max(1, size // 2) if held > BULK_SECONDS else min(BULK_ROWS, size * 2)
            start, slices = start + len(part), slices + 1
        return slices

    def checkpoint(self) -> bool:
        """The write-ahead log is empty and its bytes are gone; False where others still need it after a second."""
        deadline = time.monotonic() + CHECKPOINT_SECONDS
        while True:
            with self._own_turn(deadline), self._refusing():
                busy: int = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy == 0 or time.monotonic() >= deadline:
                return busy == 0
            time.sleep(RETRY_SECONDS)

    def close(self) -> None:
        """The connection is closed; what was not committed is not written."""
        self._connection.close()

    def _open(self) -> sqlite3.Connection:
        deadline = time.monotonic() + self._deadline_seconds
        with self._refusing():
            self._connection = sqlite3.connect(self.path, timeout=0, isolation_level=None, check_same_thread=False)
            self._retry("PRAGMA journal_mode = WAL", deadline)
            for pragma in _WRITER_PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}")
            # The first read opens the log, so that the last writer to leave takes the log's files away.
            self._retry("SELECT 1 FROM sqlite_schema LIMIT 1", deadline)
        return self._connection

    @contextmanager
    def _own_turn(self, deadline: float) -> Iterator[None]:
        if not self._turn.acquire(timeout=max(0.0, deadline - time.monotonic())):
            sentence = f"{self.path.name}: another thread of this process kept it for too long; retry"
            raise StoreUnavailable(sentence, code="STO-103")
        try:
            if self._connection.in_transaction:
                raise RuntimeError(f"{self.path.name}: a transaction was begun inside another; give it the connection")
            yield
        finally:
            self._turn.release()

    def _retry(self, statement: str, deadline: float) -> None:
        while True:
            try:
                self._connection.execute(statement)
            except sqlite3.OperationalError as cause:
                if not is_busy(cause) or time.monotonic() >= deadline:
                    raise
                time.sleep(RETRY_SECONDS)
            else:
                return

    def _roll_back(self) -> None:
        # After some errors (a full disk) SQLite has rolled back by itself.
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        with refusing(self.path):
            yield


class Reader:
    """
    Connections that read and cannot write, one per thread, closed with the thread or the reader.

    A reader sees what was committed when its statement (or its `snapshot`) began, and never waits for a writer.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._guard = threading.Lock()
        self._connections: WeakKeyDictionary[threading.Thread, sqlite3.Connection] = WeakKeyDictionary()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's connection; each statement sees the newest commit. Errors leave as StoreUnavailable."""
        with refusing(self.path):
            yield self._own_connection()

    @contextmanager
    def snapshot(self) -> Iterator[sqlite3.Connection]:
        """Give this thread's connection; all statements inside see one moment. Keep it short: the log waits for it."""
        with self.connection() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
            finally:
                connection.execute("ROLLBACK")

    def close(self) -> None:
        """All connections are closed."""
        with self._guard:
            for connection in self._connections.values():
                connection.close()
            self._connections.clear()

    def _own_connection(self) -> sqlite3.Connection:
        with self._guard:
            known = self._connections.get(threading.current_thread())
            if known is None:
                known = self._open()
                self._connections[threading.current_thread()] = known
            return known

    def _open(self) -> sqlite3.Connection:
        # A reader waits only while a writer recovers or truncates the log, which SQLite's own timeout covers well.
        address = f"{self.path.absolute().as_uri()}?mode=ro"
        connection = sqlite3.connect(address, uri=True, timeout=1.0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        return connection


@contextmanager
def refusing(path: Path) -> Iterator[None]:
    """SQLite's errors inside leave as StoreUnavailable; conflicts and mistakes of ours leave as they are."""
    try:
        yield
    except (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.InterfaceError):
        raise
    except sqlite3.Error as cause:
        raise refusal(path, cause) from cause
