"""
Backups: `huiyin.db` and the attachments, while Huiyin runs; never the bus, `state.db` or a key (MECHANICS §1).

The copy of the database is one moment: SQLite's online backup reads it in one transaction and stops no writer.
"""

import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis

from .erasure_list import append_erasures, erasure_list_beside
from .manifest import BLOBS, DATABASE, Entry, Manifest, copy_file, hash_of, sync_folders, write_manifest
from .refusals import refusing_files
from .writer import Reader, refusing

_HASH_LENGTH = 64


def back_up(huiyin_db: Path, blobs_dir: Path, target_dir: Path, *, at: Millis) -> Manifest:
    """
    The target folder is a whole, checked backup; it appears at the end, under its name, or not at all.

    An attachment whose bytes are damaged already is left out and named in the manifest, so that one rotten file does
    not cost the backup. Raises BadInput where the target exists, StoreUnavailable where something cannot be copied.
    """
    if target_dir.exists():
        raise BadInput(f"{target_dir}: it is there already; name a new folder for each backup", code="INP-113")
    unfinished = target_dir.with_name(f"{target_dir.name}.unfinished")
    with refusing_files(unfinished):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        try:
            append_erasures(erasure_list_beside(target_dir), [])
            manifest = _fill(unfinished, huiyin_db, blobs_dir, at)
            unfinished.rename(target_dir)
            sync_folders(target_dir.parent)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return manifest


def _fill(folder: Path, huiyin_db: Path, blobs_dir: Path, at: Millis) -> Manifest:
    # The database first: each attachment that it names was stored before it.
    schema = _copy_database(huiyin_db, folder / DATABASE)
    entries = [Entry(DATABASE, *hash_of(folder / DATABASE))]
    blobs, damaged = _copy_blobs(blobs_dir, folder)
    manifest = Manifest(at, schema, (*entries, *blobs), tuple(damaged))
    write_manifest(folder, manifest)
    sync_folders(folder)
    return manifest


def _copy_database(source: Path, target: Path) -> int:
    with closing(Reader(source)) as reader, closing(sqlite3.connect(target, isolation_level=None)) as copy:
        with reader.connection() as connection:
            connection.backup(copy)
        with refusing(target):
            copy.execute("PRAGMA journal_mode = DELETE")
            version = int(copy.execute("PRAGMA user_version").fetchone()[0])
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        sentence = f"{source.name}: it is damaged ({found}), and so would its backup be"
        raise StoreUnavailable(f"{sentence}; keep the older backups and run `huiyin verify`", code="STO-104")
    return version


def _copy_blobs(blobs_dir: Path, target: Path) -> tuple[Sequence[Entry], Sequence[str]]:
    entries, damaged = list[Entry](), list[str]()
    for source in sorted(blobs_dir.glob("[0-9a-f][0-9a-f]/*")):
        if len(source.name) != _HASH_LENGTH:
            continue
        inside = f"{BLOBS}/{source.parent.name}/{source.name}"
        try:
            size, digest = copy_file(source, target / inside)
        except FileNotFoundError:
            continue  # erased since the folder was listed
        if digest == source.name:
            entries.append(Entry(inside, size, digest))
        else:
            (target / inside).unlink()
            damaged.append(source.name)
    return (entries, damaged)
