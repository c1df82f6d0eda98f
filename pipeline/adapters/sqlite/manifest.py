"""
What a backup holds, file by file with its hash, and how such files are copied, checked and made durable.

A backup is a folder: `manifest.json`, `huiyin.db`, `blobs/ab/abcd…`. Beside the backups lies the erasure list.
"""

import hashlib
import json
import os
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis

from .refusals import refusing_files

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "huiyin.db"
BLOBS = "blobs"

_BLOB = re.compile(r"blobs/([0-9a-f]{2})/(\1[0-9a-f]{62})")
_DAMAGED = "STO-111"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a backup: its path inside, its length in bytes, its SHA-256."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup: when it was begun, the schema of its database, its files, and attachments that were damaged already."""

    made_at: Millis
    schema: int
    entries: tuple[Entry, ...]
    damaged: tuple[str, ...] = ()


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The manifest lies in the folder, durable."""
    said = {"format": FORMAT, **asdict(manifest)}
    path = folder / MANIFEST
    with refusing_files(path), path.open("w", encoding="utf-8") as file:
        json.dump(said, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup; raise StoreUnavailable (STO-111) where it is none, or of a newer format."""
    path = folder / MANIFEST
    with refusing_files(path):
        text = path.read_text(encoding="utf-8", errors="replace")
    try:
        said = json.loads(text)
        entries = tuple(Entry(str(one["path"]), int(one["size"]), str(one["sha256"])) for one in said["entries"])
        manifest = Manifest(int(said["made_at"]), int(said["schema"]), entries, tuple(map(str, said["damaged"])))
        found = int(said["format"])
    except (ValueError, KeyError, TypeError) as cause:
        raise _unusable(path, f"it is no manifest ({type(cause).__name__})") from None
    if found != FORMAT:
        raise _unusable(path, f"it has format {found}, this Huiyin knows format {FORMAT}")
    _refuse_strange_paths(path, [entry.path for entry in entries])
    return manifest


def verify_backup(folder: Path) -> Manifest:
    """Return the manifest where every file has the bytes that it names; else raise StoreUnavailable (STO-111)."""
    manifest = read_manifest(folder)
    for entry in manifest.entries:
        path = folder / entry.path
        if not path.is_file():
            raise _unusable(path, "it is missing")
        with refusing_files(path):
            refuse_changed(path, hash_of(path), entry)
    return manifest


def refuse_changed(path: Path, found: tuple[int, str], entry: Entry) -> None:
    """Raise StoreUnavailable (STO-111) where the bytes (length, SHA-256) are not those of the manifest."""
    if found != (entry.size, entry.sha256):
        raise _unusable(path, "its bytes are not those that were backed up")


def hash_of(path: Path) -> tuple[int, str]:
    """Return the length and SHA-256 of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return (size, digest.hexdigest())


def copy_file(source: Path, target: Path) -> tuple[int, str]:
    """The target holds the source's bytes, durable; returns the length and SHA-256 of what was written."""
    digest, size = hashlib.sha256(), 0
    target.parent.mkdir(parents=True, exist_ok=True)
    with source.open("rb") as reading, target.open("wb") as writing:
        while chunk := reading.read(_CHUNK):
            writing.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        writing.flush()
        os.fsync(writing.fileno())
    return (size, digest.hexdigest())


def sync_folders(folder: Path) -> None:
    """The names in the folder and below are durable. Windows has no such call and needs none."""
    if os.name != "posix":
        return
    for place, _, _ in os.walk(folder):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _refuse_strange_paths(manifest: Path, paths: Sequence[str]) -> None:
    strange = [path for path in paths if path != DATABASE and not _BLOB.fullmatch(path)]
    if strange or paths.count(DATABASE) != 1:
        name = PurePosixPath(strange[0]).name if strange else DATABASE
        raise _unusable(manifest, f"{name} is not what a backup holds exactly once")


def _unusable(path: Path, why: str) -> StoreUnavailable:
    sentence = f"{path}: {why}; nothing was changed, take another backup"
    return StoreUnavailable(sentence, code=_DAMAGED)
