"""
The shape of the three files, as numbered steps: `schema/{bus,huiyin,state}/NNNN_name.sql`.

A released step never changes; a new shape is a new step. A file's version is the number of its last step
(`PRAGMA user_version`).
"""

import re
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pipeline.domain.errors import StoreUnavailable

from .post_rows import widen_contents
from .writer import Reader, Writer

_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")
_NEWER = "STO-107"
_NUMBERING = "STO-108"


BESIDE: Mapping[str, Callable[[sqlite3.Connection], None]] = {"0008_stated.sql": widen_contents}
"""Step → what it also does, where its statements cannot name the tables: each part has its own."""


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered step: its statements run in the transaction that also raises the version."""

    number: int
    name: str
    sql: str


def open_bus(path: Path) -> Writer:
    """Return a writer of `bus.db` (posts on the way), made or brought to the newest version."""
    return _open(path, "bus")


def open_huiyin(path: Path) -> Writer:
    """Return a writer of `huiyin.db` (posts, log, records, sends), made or brought to the newest version."""
    return _open(path, "huiyin")


def open_state(path: Path) -> Writer:
    """Return a writer of `state.db` (poster tokens), made or brought to the newest version."""
    return _open(path, "state")


def steps_of(schema: str) -> Sequence[Step]:
    """Return the steps of a schema in order; raise StoreUnavailable (STO-108) where a number is missing or doubled."""
    folder = resources.files("pipeline.adapters.sqlite") / "schema" / schema
    files = {entry.name: entry.read_text(encoding="utf-8") for entry in folder.iterdir() if entry.name.endswith(".sql")}
    return numbered(schema, files)


def numbered(schema: str, files: dict[str, str]) -> Sequence[Step]:
    """Return the files as steps 1, 2, 3 …; raise StoreUnavailable (STO-108) for any other numbering."""
    steps = []
    for expected, name in enumerate(sorted(files), start=1):
        match = _NAME.fullmatch(name)
        if match is None or int(match[1]) != expected:
            sentence = f"schema {schema}: {name} stands where step {expected:04d} must be; the installation is broken"
            raise StoreUnavailable(f"{sentence}, install Huiyin again", code=_NUMBERING)
        steps.append(Step(expected, name, files[name]))
    return steps


def migrate(writer: Writer, steps: Sequence[Step]) -> int:
    """
    The file has the version of the last step; returns how many steps were run.

    All pending steps run in one transaction, after a copy of an existing older file was laid beside it. A file of a
    newer version is refused (STO-107) and stays as it is. Any number of processes may do this at once.
    """
    newest = steps[-1].number
    with closing(Reader(writer.path)) as reader, reader.connection() as connection:
        version = _version(connection)
    _refuse_newer(writer.path, version, newest)
    if version == newest:
        return 0
    with writer.transaction() as connection:
        version = _version(connection)
        _refuse_newer(writer.path, version, newest)
        pending = [step for step in steps if step.number > version]
        if version > 0 and pending:
            _lay_copy_beside(writer.path, version)
        for step in pending:
            _run(connection, step)
    return len(pending)


def standing(path: Path, schema: str) -> tuple[int, int]:
    """Return the version of an existing file and the newest that this Huiyin knows; nothing is changed."""
    with closing(Reader(path)) as reader, reader.connection() as connection:
        return _version(connection), steps_of(schema)[-1].number


def copies_beside(path: Path) -> Sequence[Path]:
    """Return the copies that migrations laid beside a file; an erasure must remove them, for they hold old texts."""
    return sorted(path.parent.glob(f"{path.name}.v[0-9][0-9][0-9][0-9].copy"))


def _open(path: Path, schema: str) -> Writer:
    writer = Writer(path)
    try:
        migrate(writer, steps_of(schema))
    except StoreUnavailable:
        writer.close()
        raise
    return writer


def _version(connection: sqlite3.Connection) -> int:
    version: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return version


def _refuse_newer(path: Path, version: int, newest: int) -> None:
    if version > newest:
        sentence = f"{path.name} has version {version}, this Huiyin knows versions up to {newest}"
        raise StoreUnavailable(f"{sentence}; install the newer Huiyin again, or restore a backup", code=_NEWER)


def _lay_copy_beside(path: Path, version: int) -> None:
    # The caller holds the write lock, so what other connections read is exactly the old version.
    copy = path.with_name(f"{path.name}.v{version:04d}.copy")
    unfinished = copy.with_name(f"{copy.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    with closing(Reader(path)) as reader, reader.connection() as source, closing(sqlite3.connect(unfinished)) as target:
        source.backup(target)
    unfinished.replace(copy)


def _run(connection: sqlite3.Connection, step: Step) -> None:
    # sqlite3's executescript would commit what came before, so the statements are taken one by one.
    statement = ""
    for line in step.sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            connection.execute(statement)
            statement = ""
    if statement.strip():
        connection.execute(statement)
    if step.name in BESIDE:
        BESIDE[step.name](connection)
    connection.execute(f"PRAGMA user_version = {step.number}")
