"""
Bringing a backup back: everything is prepared and checked in a folder aside, and takes its place in the last step.

Unsent sends are held, so that a restore sends nothing twice; what was erased since is erased again before anyone can
read it. The bus beside a restored database keeps its own stream, whose posts are worked again from the beginning.
"""

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.ports import Records

from .erasure_list import Erasure, erasure_list_beside, read_erasures
from .manifest import BLOBS, DATABASE, Manifest, copy_file, refuse_changed, sync_folders, verify_backup
from .migrations import open_huiyin
from .outbox import SqliteOutbox
from .records import SqliteRecords
from .refusals import is_busy, refusal, refusing_files
from .writer import Reader

Erase: TypeAlias = Callable[[Path, Sequence[Erasure]], None]
"""Erases from the `huiyin.db` and `blobs` of the folder that it is given, and leaves no connection open."""

HELD_BECAUSE = "从备份恢复，待人工放行"
"""What people read beside a send that a restore holds: restored from a backup, waiting to be released by a person."""

_ASIDE = "restore.unfinished"
_REPLACED = "blobs.replaced"


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: from which backup, how many sends it holds, how many erasures it applied again."""

    manifest: Manifest
    held: int
    erased: int


def _note_nothing(_records: Records) -> None:
    pass


def restore(
    source_dir: Path,
    data_dir: Path,
    *,
    erase: Erase,
    replace: bool = False,
    note: Callable[[Records], None] = _note_nothing,
) -> Restored:
    """
    The data folder holds the backup's database and attachments, on the newest schema; bus, tokens and keys stay.
    `note` writes into its records, before it takes its place, that it is restored.

    Raises BadInput where there is no such backup, where the folder has a database or attachments and `replace` is not
    given, or where the erasure list is not beside the backup; StoreUnavailable where a byte of the backup changed
    (STO-111), its schema is newer (STO-107), or Huiyin still runs on the folder (STO-103). Then nothing was changed.
    """
    if not source_dir.is_dir():
        raise BadInput(f"{source_dir}: there is no such backup; name a folder below the backups", code="INP-115")
    erasures = read_erasures(erasure_list_beside(source_dir))
    manifest = verify_backup(source_dir)
    _refuse_occupied(data_dir, replace=replace)
    aside = data_dir / _ASIDE
    with refusing_files(aside):
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir(parents=True)
        try:
            _copy_backup(source_dir, aside, manifest)
            held = _prepare(aside, erasures, erase, note)
            _take_place(aside, data_dir)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    return Restored(manifest, held, len(erasures))


def _refuse_occupied(data_dir: Path, *, replace: bool) -> None:
    database, blobs = data_dir / DATABASE, data_dir / BLOBS
    is_occupied = database.exists() or (blobs.is_dir() and any(blobs.iterdir()))
    if is_occupied and not replace:
        sentence = f"{data_dir}: it holds a database or attachments, which a restore would replace"
        raise BadInput(f"{sentence}; name an empty data folder, or give --replace", code="INP-114")
    _settle(database)


def _copy_backup(source_dir: Path, aside: Path, manifest: Manifest) -> None:
    (aside / BLOBS).mkdir()
    for entry in manifest.entries:
        refuse_changed(source_dir / entry.path, copy_file(source_dir / entry.path, aside / entry.path), entry)


def _prepare(aside: Path, erasures: Sequence[Erasure], erase: Erase, note: Callable[[Records], None]) -> int:
    database = aside / DATABASE
    with closing(open_huiyin(database)) as writer, closing(Reader(database)) as reader:
        held = SqliteOutbox(writer, reader).hold_unsent(HELD_BECAUSE)
        note(SqliteRecords(writer, reader))
    if erasures:
        erase(aside, erasures)
    _settle(database)
    return held


def _take_place(aside: Path, data_dir: Path) -> None:
    database, blobs, replaced = data_dir / DATABASE, data_dir / BLOBS, data_dir / _REPLACED
    _settle(database)
    sync_folders(aside)
    shutil.rmtree(replaced, ignore_errors=True)
    if blobs.exists():
        blobs.rename(replaced)
    (aside / BLOBS).rename(blobs)
    # The database last: until then the folder is that of before, with attachments that it does not name.
    (aside / DATABASE).replace(database)
    sync_folders(data_dir)
    shutil.rmtree(replaced, ignore_errors=True)


def _settle(database: Path) -> None:
    """All bytes are in the one file, without a write-ahead log beside it, and nobody has it open."""
    if not database.exists():
        return
    try:
        with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError as cause:
        if is_busy(cause):
            sentence = f"{database}: a process still has it open; stop Huiyin, then restore again"
            raise StoreUnavailable(sentence, code="STO-103") from cause
        if refusal(database, cause).code != "STO-104":
            raise refusal(database, cause) from cause
        # A damaged database is why one restores: its log belongs to it and must not meet the new file.
        for suffix in ("-wal", "-shm"):
            database.with_name(database.name + suffix).unlink(missing_ok=True)
