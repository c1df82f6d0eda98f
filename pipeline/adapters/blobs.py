"""Attachments as files named by the hash of their content."""

import contextlib
import errno
import hashlib
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis

LARGEST = 10_000_000
"""Bytes of the largest attachment that is kept (MECHANICS §4)."""

_BLOB_ID = re.compile(r"[0-9a-f]{64}")


class FileBlobs:
    """
    The port Blobs over a folder: `ab/abcdef…`, the first two digits of the hash as sub-folder.

    A file appears whole or not at all: it is written under another name, synced, then renamed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = Path(folder)

    def put(self, data: bytes) -> str:
        """The data are stored; returns their SHA-256, hexadecimal. Raises BadInput above 10 MB."""
        if len(data) > LARGEST:
            raise BadInput(f"an attachment of {len(data)} bytes is too large; at most {LARGEST} bytes are kept")
        blob_id = hashlib.sha256(data).hexdigest()
        path = self._path(blob_id)
        with _refusing(path):
            if not path.exists() or path.read_bytes() != data:
                _write_whole(path, data)
            else:
                os.utime(path)  # stored anew: whoever sweeps what nobody names waits once more
        return blob_id

    def stored_before(self, at: Millis) -> Sequence[str]:
        """Return what was stored last before the time, by the clock of the file system."""
        found = []
        with _refusing(self._folder):
            for path in sorted(self._folder.glob("??/*")):
                with contextlib.suppress(FileNotFoundError):  # erased meanwhile
                    if _BLOB_ID.fullmatch(path.name) and path.stat().st_mtime_ns // 1_000_000 < at:
                        found.append(path.name)
        return found

    def get(self, blob_id: str) -> bytes | None:
        """Return the data; None where they were erased or never were. Raises StoreUnavailable where damaged."""
        if not _BLOB_ID.fullmatch(blob_id):
            return None
        path = self._path(blob_id)
        with _refusing(path):
            try:
                data = path.read_bytes()
            except FileNotFoundError:
                return None
        if hashlib.sha256(data).hexdigest() != blob_id:
            sentence = f"attachment {blob_id}: its bytes are not those that were stored; bring it back from a backup"
            raise StoreUnavailable(sentence, code="STO-104")
        return data

    def remove(self, blob_id: str) -> bool:
        """The data are gone, with what an interrupted write left of them; returns whether there were any."""
        if not _BLOB_ID.fullmatch(blob_id):
            return False
        path = self._path(blob_id)
        with _refusing(path):
            for leftover in path.parent.glob(f"{blob_id}.*.unfinished"):
                leftover.unlink(missing_ok=True)
            try:
                path.unlink()
            except FileNotFoundError:
                return False
            _sync_folder(path.parent)
        return True

    def _path(self, blob_id: str) -> Path:
        return self._folder / blob_id[:2] / blob_id


def _write_whole(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)
    _sync_folder(path.parent.parent)


def _sync_folder(folder: Path) -> None:
    # The name of a new file is durable only when its folder is; Windows has no such call and needs none.
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _refusing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as cause:
        full = cause.errno in (errno.ENOSPC, errno.EDQUOT)
        next_step = "free space on its disk" if full else "check the disk and the rights of the folder"
        sentence = f"attachment {path.name}: it cannot be read or written ({cause.strerror}); {next_step}, then retry"
        raise StoreUnavailable(sentence, code="STO-101" if full else "STO-102") from cause
