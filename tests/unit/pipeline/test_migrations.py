"""Numbered steps: each runs once, all pending ones or none, after a copy; a newer file is left alone."""

import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.migrations import (
    Step,
    copies_beside,
    migrate,
    numbered,
    open_bus,
    open_huiyin,
    open_state,
    steps_of,
)
from pipeline.adapters.sqlite.writer import Reader, Writer
from pipeline.domain.errors import StoreUnavailable

FIRST = Step(1, "0001_first.sql", "CREATE TABLE thing (id INTEGER PRIMARY KEY);\nINSERT INTO thing VALUES (1);\n")
SECOND = Step(2, "0002_second.sql", "-- wider\nALTER TABLE thing\n  ADD COLUMN body TEXT NOT NULL DEFAULT '';\n")
BROKEN = Step(3, "0003_broken.sql", "INSERT INTO thing VALUES (3, 'x');\nINSERT INTO nowhere VALUES (1);\n")
TRIGGER = Step(
    3,
    "0003_trigger.sql",
    "CREATE TRIGGER twice AFTER INSERT ON thing BEGIN\n"
    "  UPDATE thing SET body = 'a;b' WHERE id = new.id;\n"
    "END;\n"
    "INSERT INTO thing (id) VALUES (7);\n-- the end",
)


def answer(path: Path, query: str) -> list[tuple[object, ...]]:
    """What another connection reads."""
    with closing(Reader(path)) as reader, reader.connection() as connection:
        return connection.execute(query).fetchall()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The place of a file that is not there yet."""
    return tmp_path / "huiyin.db"


def test_parts_that_were_there_before_a_column_get_it(path: Path) -> None:
    """Their tables have names of their own, which no statement of a step can know."""
    with closing(Writer(path)) as writer:
        migrate(writer, steps_of("huiyin")[:7])
        with writer.transaction() as connection:
            connection.execute("INSERT INTO parts (name, starts_at, ends_at) VALUES ('m7', 0, 1)")
            connection.execute("CREATE TABLE contents_m7 (n INTEGER PRIMARY KEY, id TEXT, text TEXT)")
    open_huiyin(path).close()
    columns = {str(row[1]) for row in answer(path, "PRAGMA table_info(contents_m7)")}
    assert {"id", "text", "stated"} <= columns


@pytest.mark.parametrize(("schema", "opener"), [("bus", open_bus), ("huiyin", open_huiyin), ("state", open_state)])
def test_a_new_file_gets_every_step(path: Path, schema: str, opener: object) -> None:
    """All steps of the installation run on an empty file, and a second opening changes nothing."""
    assert callable(opener)
    opener(path).close()
    newest = len(steps_of(schema))
    shape = answer(path, "SELECT name, sql FROM sqlite_schema ORDER BY name")
    assert answer(path, "PRAGMA user_version") == [(newest,)]
    assert len(shape) > 0
    opener(path).close()
    assert answer(path, "SELECT name, sql FROM sqlite_schema ORDER BY name") == shape
    assert copies_beside(path) == []


@pytest.mark.parametrize("schema", ["bus", "huiyin", "state"])
def test_steps_of_the_installation_are_whole_and_end_no_transaction(schema: str) -> None:
    """A step that committed by itself would leave half a change behind."""
    for step in steps_of(schema):
        words = {word.strip("();").upper() for line in step.sql.splitlines() for word in line.split("--")[0].split()}
        assert not words & {"COMMIT", "ROLLBACK", "SAVEPOINT", "ATTACH", "VACUUM"}
        assert "IF NOT EXISTS" not in step.sql.upper()


@pytest.mark.parametrize(
    "names",
    [
        ["0002_second.sql"],
        ["0001_first.sql", "0003_third.sql"],
        ["0001_first.sql", "0001_other.sql"],
        ["0001_first.sql", "2_second.sql"],
        ["0000_zero.sql", "0001_first.sql"],
        ["first.sql"],
    ],
)
def test_a_missing_or_doubled_number_is_refused(names: list[str]) -> None:
    """Steps are 1, 2, 3 and so on; anything else is a broken installation."""
    with pytest.raises(StoreUnavailable, match="STO-108"):
        numbered("huiyin", dict.fromkeys(names, "SELECT 1;"))


def test_steps_are_taken_in_the_order_of_their_numbers() -> None:
    """Wherever a file system lists them."""
    steps = numbered("huiyin", {"0002_b.sql": "two", "0001_a.sql": "one"})
    assert steps == [Step(1, "0001_a.sql", "one"), Step(2, "0002_b.sql", "two")]


def test_only_pending_steps_run(path: Path) -> None:
    """Each step runs once in the life of a file, and what was in the file stays."""
    with closing(Writer(path)) as writer:
        assert migrate(writer, [FIRST]) == 1
        assert migrate(writer, [FIRST]) == 0
        assert migrate(writer, [FIRST, SECOND]) == 1
    assert answer(path, "SELECT * FROM thing") == [(1, "")]
    assert answer(path, "PRAGMA user_version") == [(2,)]


def test_a_copy_of_the_older_file_is_laid_beside_it(path: Path) -> None:
    """The copy has the old version and all that was in the file; a new file leaves none."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST])
        assert copies_beside(path) == []
        with writer.transaction() as connection:
            connection.execute("INSERT INTO thing VALUES (2)")
        migrate(writer, [FIRST, SECOND, TRIGGER])
    (copy,) = copies_beside(path)
    assert copy.name == "huiyin.db.v0001.copy"
    assert answer(copy, "SELECT * FROM thing") == [(1,), (2,)]
    assert answer(copy, "PRAGMA user_version") == [(1,)]


def test_a_trigger_is_one_statement(path: Path) -> None:
    """Semicolons inside a statement do not cut it, and what ends a step without one is not dropped."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST, SECOND, TRIGGER])
    assert answer(path, "SELECT * FROM thing") == [(1, ""), (7, "a;b")]


def test_a_step_cut_short_is_refused(path: Path) -> None:
    """A half statement at the end of a step is an error, not a step that did less."""
    with closing(Writer(path)) as writer, pytest.raises(StoreUnavailable, match="STO-109"):
        migrate(writer, [FIRST, Step(2, "0002_cut.sql", "INSERT INTO thing VALUES (2")])
    assert answer(path, "PRAGMA user_version") == [(0,)]


def test_a_step_that_fails_takes_all_pending_ones_back(path: Path) -> None:
    """The file stays at the version that it had, to the last row, and the copy lies beside it."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST])
        with pytest.raises(StoreUnavailable, match="no such table: nowhere"):
            migrate(writer, [FIRST, SECOND, BROKEN])
    assert answer(path, "SELECT * FROM thing") == [(1,)]
    assert answer(path, "PRAGMA user_version") == [(1,)]
    assert [copy.name for copy in copies_beside(path)] == ["huiyin.db.v0001.copy"]


def test_a_newer_file_is_refused_and_left_as_it_is(path: Path) -> None:
    """An older Huiyin never writes into what a newer one made."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST, SECOND])
        writer.checkpoint()
        before = path.read_bytes()
        with pytest.raises(StoreUnavailable, match="version 2, this Huiyin knows versions up to 1") as caught:
            migrate(writer, [FIRST])
    assert caught.value.code == "STO-107"
    assert path.read_bytes() == before


def test_a_newer_file_is_refused_when_it_is_opened(path: Path) -> None:
    """The three openers look at the version first."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 9999")
    for opener in (open_bus, open_huiyin, open_state):
        with pytest.raises(StoreUnavailable, match="STO-107"):
            opener(path)


def test_processes_that_start_together_run_each_step_once(path: Path) -> None:
    """Crawler, worker and server open one older file in the same moment."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST])
    start, run = threading.Barrier(4), list[int]()

    def begin() -> None:
        with closing(Writer(path)) as own:
            start.wait()
            run.append(migrate(own, [FIRST, SECOND, TRIGGER]))

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(run) == [0, 0, 0, 2]
    assert answer(path, "SELECT * FROM thing") == [(1, ""), (7, "a;b")]
    assert answer(copies_beside(path)[0], "PRAGMA user_version") == [(1,)]


def test_a_copy_that_was_cut_short_is_made_again(path: Path) -> None:
    """What an interrupted start left behind never counts as the copy."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST])
        path.with_name("huiyin.db.v0001.copy.unfinished").write_bytes(b"half")
        migrate(writer, [FIRST, SECOND])
    (copy,) = copies_beside(path)
    assert answer(copy, "SELECT * FROM thing") == [(1,)]
    assert not path.with_name("huiyin.db.v0001.copy.unfinished").exists()


def test_a_copied_file_is_a_whole_database(path: Path, tmp_path: Path) -> None:
    """Put in the place of the file, the copy is used as the file was."""
    with closing(Writer(path)) as writer:
        migrate(writer, [FIRST])
        migrate(writer, [FIRST, SECOND])
    shutil.copy(copies_beside(path)[0], tmp_path / "again.db")
    with closing(Writer(tmp_path / "again.db")) as writer:
        assert migrate(writer, [FIRST, SECOND]) == 1
    assert answer(tmp_path / "again.db", "SELECT * FROM thing") == [(1, "")]


def test_the_timeline_of_an_older_file_is_filled_from_its_log(path: Path) -> None:
    """A log that was written before step 5 has its incidents' batches afterwards."""
    steps = steps_of("huiyin")
    with closing(Writer(path)) as writer:
        migrate(writer, steps[:4])
        with writer.transaction() as connection:
            told = b'{"events":[{"incident":"i1"},{"incident":""},{"incident":"i2"},{"incident":"i1"}]}'
            connection.execute("INSERT INTO log (unit, seq, bytes, hash, command) VALUES ('u', 7, ?, 'h', '')", (told,))
        migrate(writer, steps)

    assert answer(path, "SELECT * FROM incident_batches") == [("u", "i1", 7), ("u", "i2", 7)]
