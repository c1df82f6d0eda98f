"""The helper of every SQLite writer: durable, all or nothing, patient up to a deadline, polite in bulk."""

import gc
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.writer import BULK_ROWS, PAUSE_SECONDS, Reader, Writer
from pipeline.domain.errors import StoreUnavailable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a store with one empty table."""
    file = tmp_path / "huiyin.db"
    with closing(Writer(file)) as writer, writer.transaction() as connection:
        connection.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, body TEXT NOT NULL)")
    return file


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    """A writer that gives up after 50 ms."""
    with closing(Writer(path, deadline_seconds=0.05)) as opened:
        yield opened


def insert(connection: sqlite3.Connection, rows: Sequence[tuple[int, str]]) -> None:
    """The rows are in the table."""
    connection.executemany("INSERT INTO thing VALUES (?, ?)", rows)


def write_and_raise(writer: Writer, failure: type[BaseException]) -> None:
    """One row was inserted when the block raised."""
    with writer.transaction() as connection:
        insert(connection, [(1, "a")])
        raise failure


def stored(path: Path) -> list[int]:
    """The ids that another connection sees."""
    with closing(Reader(path)) as reader, reader.connection() as connection:
        return [row[0] for row in connection.execute("SELECT id FROM thing ORDER BY id")]


def ask(reader: Reader, query: str) -> object:
    """The first row of an answer."""
    with reader.connection() as connection:
        return connection.execute(query).fetchone()


def refused(writer: Writer, statement: str, *values: str) -> StoreUnavailable:
    """The error with which a statement is refused."""
    with pytest.raises(StoreUnavailable) as caught, writer.transaction() as connection:
        connection.execute(statement, values)
    return caught.value


def test_what_a_block_wrote_is_there_for_everyone_when_it_ends(path: Path, writer: Writer) -> None:
    """Before the end nobody sees it, behind it everybody does."""
    with writer.transaction() as connection:
        insert(connection, [(1, "a")])
        assert stored(path) == []
    assert stored(path) == [1]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, SystemExit])
def test_a_block_that_raises_has_written_nothing(path: Path, writer: Writer, failure: type[BaseException]) -> None:
    """The error leaves as it is, and the writer goes on."""
    with pytest.raises(failure):
        write_and_raise(writer, failure)
    with writer.transaction() as connection:
        insert(connection, [(2, "b")])
    assert stored(path) == [2]


def test_every_writer_is_durable_and_overwrites_what_it_deletes(writer: Writer) -> None:
    """The settings on which durability and erasure rest hold in SQLite itself."""
    names = ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "busy_timeout")
    with writer.transaction() as connection:
        assert [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in names] == ["wal", 2, 1, 1, 0]


def test_a_writer_waits_for_another_to_end(path: Path) -> None:
    """A lock that is held for a moment is no error."""
    with closing(Writer(path)) as one, closing(Writer(path)) as other:
        begun, results = threading.Event(), list[str]()

        def hold() -> None:
            with one.transaction() as connection:
                begun.set()
                time.sleep(0.05)
                insert(connection, [(1, "a")])
                results.append("one")

        thread = threading.Thread(target=hold)
        thread.start()
        begun.wait()
        with other.transaction() as connection:
            insert(connection, [(2, "b")])
            results.append("other")
        thread.join()
    assert (results, stored(path)) == (["one", "other"], [1, 2])


def test_a_lock_held_beyond_the_deadline_is_named(path: Path, writer: Writer) -> None:
    """The error says which file, why and what to do; nothing was written."""
    with closing(Writer(path)) as other, other.transaction():
        began = time.monotonic()
        error = refused(writer, "DELETE FROM thing")
        waited = time.monotonic() - began
    assert error.code == "STO-103"
    assert "huiyin.db: another process kept it locked" in str(error)
    assert 0.05 <= waited < 1.0
    with writer.transaction() as connection:
        insert(connection, [(1, "a")])


def test_another_thread_that_keeps_the_writer_is_named(writer: Writer) -> None:
    """Threads take turns, and none waits for ever."""
    begun, end = threading.Event(), threading.Event()

    def hold() -> None:
        with writer.transaction():
            begun.set()
            end.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    begun.wait()
    error = refused(writer, "DELETE FROM thing")
    end.set()
    thread.join()
    assert (error.code, "another thread" in str(error)) == ("STO-103", True)


def test_threads_that_share_a_writer_lose_nothing(path: Path) -> None:
    """Four threads, 50 transactions each, through one connection."""
    with closing(Writer(path)) as shared:

        def write(first: int) -> None:
            for number in range(first, first + 50):
                with shared.transaction() as connection:
                    insert(connection, [(number, "x")])

        threads = [threading.Thread(target=write, args=(100 * number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(stored(path)) == 200


def test_a_conflict_leaves_as_it_is_and_takes_back_the_block(path: Path, writer: Writer) -> None:
    """Only the caller knows what a taken key means: a repeat, or a lost race."""
    with pytest.raises(sqlite3.IntegrityError), writer.transaction() as connection:
        insert(connection, [(1, "a"), (1, "b")])
    assert stored(path) == []


def test_a_transaction_inside_another_is_a_mistake(path: Path, writer: Writer) -> None:
    """It is refused at once, instead of waiting for itself or ending the outer one early."""

    def write_twice() -> None:
        with writer.transaction() as connection:
            insert(connection, [(1, "a")])
            with writer.transaction():
                pass

    with pytest.raises(RuntimeError, match="inside another"):
        write_twice()
    assert stored(path) == []


def test_bulk_transactions_leave_the_lock_alone_between_them(writer: Writer) -> None:
    """Between two of the same writer there is a pause in which a command gets its turn."""
    with writer.transaction(bulk=True):
        pass
    ended = time.monotonic()
    with writer.transaction(bulk=True):
        assert time.monotonic() - ended >= PAUSE_SECONDS * 0.9


def test_slices_hold_at_most_500_rows_and_keep_their_order(path: Path, writer: Writer) -> None:
    """All rows are written, each once."""
    parts = list[list[int]]()

    def write(connection: sqlite3.Connection, part: Sequence[tuple[int, str]]) -> None:
        insert(connection, part)
        parts.append([number for number, _ in part])

    rows = [(number, "x") for number in range(1_234)]
    assert writer.write_in_slices(rows, write) == len(parts)
    assert max(len(part) for part in parts) == BULK_ROWS
    assert [number for part in parts for number in part] == list(range(1_234))
    assert len(stored(path)) == 1_234
    assert writer.write_in_slices([], write) == 0


def test_slices_that_hold_the_lock_for_too_long_become_smaller(writer: Writer) -> None:
    """After a slice of more than 25 ms the next one is half as large."""
    sizes = list[int]()

    def write(_: sqlite3.Connection, part: Sequence[int]) -> None:
        sizes.append(len(part))
        time.sleep(0.03)

    writer.write_in_slices(list(range(1_000)), write)
    assert sizes == [500, 250, 125, 62, 31, 15, 7, 3, 1, 1, 1, 1, 1, 1, 1]


def test_slices_before_a_failure_stay_written(path: Path, writer: Writer) -> None:
    """The error is raised, and the rows before its slice are there, as the contract says."""

    def write(connection: sqlite3.Connection, part: Sequence[tuple[int, str]]) -> None:
        insert(connection, part)
        if part[0][0] > 0:
            raise LookupError

    with pytest.raises(LookupError):
        writer.write_in_slices([(number, "x") for number in range(1_000)], write)
    assert stored(path) == list(range(500))


def test_a_checkpoint_empties_the_log_unless_a_reader_needs_it(path: Path, writer: Writer) -> None:
    """What a reader still sees cannot be thrown away, and that is said."""
    log = path.with_name("huiyin.db-wal")
    with closing(Reader(path)) as reader, reader.snapshot() as connection:
        connection.execute("SELECT count(*) FROM thing").fetchone()
        with writer.transaction() as own:
            insert(own, [(1, "a")])
        assert not writer.checkpoint()
        assert log.stat().st_size > 0
    assert writer.checkpoint()
    assert log.stat().st_size == 0


def test_a_reader_cannot_write(path: Path) -> None:
    """Reading processes are no writers by mistake."""
    with closing(Reader(path)) as reader, pytest.raises(StoreUnavailable, match="STO-105"):
        ask(reader, "DELETE FROM thing")


def test_a_snapshot_is_one_moment(path: Path, writer: Writer) -> None:
    """Inside a snapshot nothing changes; a plain connection sees each newest commit."""
    with closing(Reader(path)) as reader:
        with reader.snapshot() as connection:
            assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)
            with writer.transaction() as own:
                insert(own, [(1, "a")])
            assert connection.execute("SELECT count(*) FROM thing").fetchone() == (0,)
        with reader.connection() as connection:
            assert connection.execute("SELECT count(*) FROM thing").fetchone() == (1,)


def test_each_thread_reads_through_a_connection_of_its_own(path: Path) -> None:
    """One thread always gets the same, another thread another, and it goes when its thread is gone."""
    with closing(Reader(path)) as reader:
        seen = list[int]()

        def look() -> None:
            for _ in range(2):
                with reader.connection() as connection:
                    seen.append(id(connection))

        with reader.connection() as own:
            thread = threading.Thread(target=look)
            thread.start()
            thread.join()
            assert seen == [seen[0]] * 2
            assert seen[0] != id(own)
        assert len(reader._connections) == 2
        del thread
        gc.collect()
        assert len(reader._connections) == 1
