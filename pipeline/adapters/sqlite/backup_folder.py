"""The folder that holds backups: which there are, copies of one at a second place, and the ones that go."""

import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis

from .erasure_list import NAME, append_erasures, read_erasures
from .manifest import MANIFEST, copy_file, read_manifest, refuse_changed, sync_folders, verify_backup, write_manifest
from .refusals import refusing_files

_NAME = re.compile(r"\d{8}T\d{6}Z")
UNFINISHED = ".unfinished"


def name_at(at: Millis) -> str:
    """Return the name of a backup that is begun at the moment."""
    return datetime.fromtimestamp(at / 1_000, UTC).strftime("%Y%m%dT%H%M%SZ")


def backups_in(folder: Path) -> Mapping[Path, Millis]:
    """Return the whole backups of a folder with the moments in their names; what else lies there is not looked at."""
    if not folder.is_dir():
        return {}
    with refusing_files(folder):
        found = [one for one in folder.iterdir() if _NAME.fullmatch(one.name) and (one / MANIFEST).is_file()]
    return {one: _moment_of(one.name) for one in sorted(found)}


def copy_backup(source: Path, second: Path) -> Path:
    """
    The backup lies in the second folder too, each byte compared, with the list of what was erased beside it.

    Raises StoreUnavailable: the second folder is not there (BAK-102; it is never made, for an empty mount point is no
    disk), or something cannot be copied.
    """
    if not second.is_dir():
        sentence = f"第二备份位置 {second} 不在：U 盘没有插上，或文件夹已改名"
        raise StoreUnavailable(f"{sentence}；插上或建好这个文件夹，再执行一次 huiyin backup", code="BAK-102")
    carry_erasures(source.parent, second)
    target, unfinished = second / source.name, second / f"{source.name}{UNFINISHED}"
    with refusing_files(unfinished):
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        try:
            manifest = read_manifest(source)
            for entry in manifest.entries:
                refuse_changed(source / entry.path, copy_file(source / entry.path, unfinished / entry.path), entry)
            write_manifest(unfinished, manifest)
            sync_folders(unfinished)
            verify_backup(unfinished)
            shutil.rmtree(target, ignore_errors=True)
            unfinished.rename(target)
            sync_folders(second)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return target


def carry_erasures(backups: Path, second: Path) -> int:
    """What the first list names, the second names too; returns how many were new there."""
    first, other = backups / NAME, second / NAME
    if not other.exists():
        append_erasures(other, [])
    known = set(read_erasures(other))
    new = [one for one in (read_erasures(first) if first.is_file() else ()) if one not in known]
    if new:
        append_erasures(other, new)
    return len(new)


def remove_backup(backup: Path) -> None:
    """The backup is gone: first its manifest, so that one that was removed halfway is no backup any more."""
    with refusing_files(backup):
        (backup / MANIFEST).unlink(missing_ok=True)
        shutil.rmtree(backup)


def size_of(backup: Path) -> int:
    """Return how many bytes the files of a backup have."""
    return sum(entry.size for entry in read_manifest(backup).entries)


def _moment_of(name: str) -> Millis:
    return int(datetime.strptime(name, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp() * 1_000)
