"""What errors of SQLite and of the disk mean to the person on duty: a code, the file, the cause, the next step."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.domain.errors import StoreUnavailable

_FULL = ("STO-101", "the disk is full", "free space on its disk; nothing was written and the work is tried again")
_IO = ("STO-102", "the disk cannot be read or written", "check the disk and its cables or volume; nothing was written")
_LOCKED = (
    "STO-103",
    "another process kept it locked",
    "look for a process that hangs with `huiyin doctor`, then retry",
)
_DAMAGED = (
    "STO-104",
    "it is damaged or no database",
    "stop Huiyin and bring back the newest backup (`huiyin restore`)",
)
_READ_ONLY = (
    "STO-105",
    "it may only be read",
    "give the account that runs Huiyin the right to write the file and folder",
)
_UNOPENED = (
    "STO-106",
    "it cannot be opened",
    "check that the folder exists and belongs to the account that runs Huiyin",
)
_OTHER = ("STO-109", "SQLite refused", "run `huiyin doctor` and `huiyin verify`; nothing was written")

_MEANINGS = {
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR: _IO,
    sqlite3.SQLITE_BUSY: _LOCKED,
    sqlite3.SQLITE_LOCKED: _LOCKED,
    sqlite3.SQLITE_PROTOCOL: _LOCKED,
    sqlite3.SQLITE_CORRUPT: _DAMAGED,
    sqlite3.SQLITE_NOTADB: _DAMAGED,
    sqlite3.SQLITE_READONLY: _READ_ONLY,
    sqlite3.SQLITE_PERM: _READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: _UNOPENED,
}


def result_code(cause: sqlite3.Error) -> int:
    """Return SQLite's primary result code; errors of the Python module itself carry none and count as plain errors."""
    code: int = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


def is_busy(cause: sqlite3.Error) -> bool:
    """Whether another connection holds the lock, so that trying again is right."""
    return result_code(cause) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def refusal(path: Path, cause: sqlite3.Error) -> StoreUnavailable:
    """Return the error that a caller can act on: it names the file, what is wrong with it and what to do."""
    code, meaning, next_step = _MEANINGS.get(result_code(cause), _OTHER)
    return StoreUnavailable(f"{path.name}: {meaning} ({cause}); {next_step}", code=code)


@contextmanager
def refusing_files(path: Path) -> Iterator[None]:
    """The disk's errors inside leave as StoreUnavailable and name the file, the cause and the next step."""
    try:
        yield
    except OSError as cause:
        code, meaning, next_step = _FULL if cause.errno in (errno.ENOSPC, errno.EDQUOT) else _IO
        place = cause.filename if isinstance(cause.filename, str) else path
        raise StoreUnavailable(f"{place}: {meaning} ({cause.strerror}); {next_step}", code=code) from cause
