"""What SQLite's errors mean: each names the file, the cause and the next step, and nothing is half written."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.writer import Reader, Writer
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


def test_a_full_disk_is_named_and_nothing_is_half_written(path: Path, writer: Writer) -> None:
    """What did not fit is not there; once there is room the same work succeeds."""
    writer._connection.execute("PRAGMA max_page_count = 8")
    with pytest.raises(StoreUnavailable, match="disk is full") as caught, writer.transaction() as connection:
        insert(connection, [(number, "x" * 3000) for number in range(20)])
    assert caught.value.code == "STO-101"
    assert stored(path) == []
    writer._connection.execute("PRAGMA max_page_count = 4000")
    with writer.transaction() as connection:
        insert(connection, [(number, "x" * 3000) for number in range(20)])
    assert len(stored(path)) == 20


def test_a_disk_that_refuses_a_write_is_named(path: Path) -> None:
    """Where the system takes no more bytes, the error says so, and the file is as before."""
    pytest.importorskip("resource", reason="limits of a process are a matter of POSIX systems")
    program = f"""
import pathlib, resource
from pipeline.adapters.sqlite.writer import Writer
writer = Writer(pathlib.Path({str(path)!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
with writer.transaction() as connection:
    connection.executemany("INSERT INTO thing VALUES (?, ?)", [(number, "x" * 3000) for number in range(5_000)])
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert "StoreUnavailable: huiyin.db: the disk cannot be read or written" in done.stderr
    assert "STO-102" in done.stderr
    assert stored(path) == []


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    """Damage is not taken for an empty store."""
    (tmp_path / "huiyin.db").write_bytes(b"no database at all, but long enough to be looked at" * 50)
    with pytest.raises(StoreUnavailable, match="STO-104"):
        Writer(tmp_path / "huiyin.db")


def test_a_damaged_page_is_named(path: Path, writer: Writer) -> None:
    """A page that was overwritten is found when it is read, by readers and writers."""
    with writer.transaction() as connection:
        insert(connection, [(number, "x" * 3000) for number in range(50)])
    writer.checkpoint()
    writer.close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 4096)
    with closing(Reader(path)) as reader, pytest.raises(StoreUnavailable, match="STO-104"):
        ask(reader, "SELECT sum(length(body)) FROM thing")
    with closing(Writer(path)) as again:
        assert refused(again, "DELETE FROM thing").code == "STO-104"


def test_a_file_that_may_only_be_read_is_named(writer: Writer) -> None:
    """A store without the right to write says whose right is missing."""
    writer._connection.execute("PRAGMA query_only = ON")
    assert refused(writer, "INSERT INTO thing VALUES (1, 'a')").code == "STO-105"


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Neither writer nor reader makes folders."""
    with pytest.raises(StoreUnavailable, match="STO-106"):
        Writer(tmp_path / "nowhere" / "huiyin.db")
    with pytest.raises(StoreUnavailable, match="STO-106"), Reader(tmp_path / "huiyin.db").connection():
        pass


def test_any_other_refusal_is_no_silence(writer: Writer) -> None:
    """A statement that SQLite does not take leaves as an error of the store, with its cause."""
    error = refused(writer, "DELETE FROM nowhere")
    assert (error.code, "no such table" in str(error)) == ("STO-109", True)
