"""
The one file of secrets, mode 0600: the keys of token periods, the key that seals addresses, the key that finds them.

It lies beside the databases and is in no backup. A period's key is drawn when the period is first used and destroyed
when it ends; nothing can make it again. Several processes may use the file at once.
"""

import json
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.domain.poster_token import PeriodKey, ends_at, periods_at

_KEY_BYTES = 32
_WAIT_SECONDS = 10.0
_STALE_SECONDS = 1.5
_PAUSE_SECONDS = 0.01
_ON_WINDOWS = os.name == "nt"


@dataclass(frozen=True, slots=True)
class _Secrets:
    """What the file holds. `repr` shows none of it."""

    sealing_key: bytes = field(repr=False)
    address_key: bytes = field(repr=False)
    periods: Mapping[str, bytes] = field(repr=False)


class KeyFile:
    """
    Secrets that outlive a process. The file is made at first use; a file that others may read is refused.

    `draw` returns that many bytes of chance.
    """

    def __init__(self, path: Path, draw: Callable[[int], bytes] = os.urandom) -> None:
        self._path = Path(path)
        self._draw = draw
        self._known: _Secrets | None = None

    @property
    def sealing_key(self) -> bytes:
        """The key under which addresses that name their author are encrypted."""
        return self._secrets().sealing_key

    @property
    def address_key(self) -> bytes:
        """The key of the keyed hashes under which such addresses are found again."""
        return self._secrets().address_key

    def periods(self, now: Millis) -> tuple[PeriodKey, ...]:
        """
        Return the keys of the two periods of this moment; keys of periods that have ended are destroyed.

        Only one where another process, whose clock is ahead, has destroyed the older already.
        """
        secrets = self._secrets()
        if _undrawn(secrets.periods, now) or _ended(secrets, now):
            secrets = self._renew(now)
        return tuple(PeriodKey(name, secrets.periods[name]) for name in periods_at(now) if name in secrets.periods)

    def destroy_ended(self, now: Millis) -> int:
        """Keys of periods that have ended are gone from the file and from this process; returns how many were."""
        self._known = None
        ended = _ended(self._secrets(), now)
        if ended:
            self._renew(now)
        return len(ended)

    def _secrets(self) -> _Secrets:
        if self._known is None:
            self._known = self._read()
        if self._known is None:
            with self._alone():
                self._known = self._read() or self._write(
                    _Secrets(self._draw(_KEY_BYTES), self._draw(_KEY_BYTES), periods={})
                )
        return self._known

    def _renew(self, now: Millis) -> _Secrets:
        """Draw missing keys and drop ended ones, with what other processes have drawn meanwhile."""
        with self._alone():
            secrets = self._read()
            if secrets is None:
                raise StoreUnavailable(f"{self._path}: the key file is gone while in use; stop and put it back")
            ended = _ended(secrets, now)
            living = {name: key for name, key in secrets.periods.items() if name not in ended}
            undrawn = _undrawn(living, now)
            if undrawn or ended:
                living |= {name: self._draw(_KEY_BYTES) for name in undrawn}
                secrets = self._write(_Secrets(secrets.sealing_key, secrets.address_key, living))
            self._known = secrets
        return secrets

    def _read(self) -> _Secrets | None:
        content = b""
        while not content.strip(b"\x00"):  # zeros: the file was replaced and overwritten between open and read
            try:
                with self._path.open("rb") as file:
                    mode = os.fstat(file.fileno()).st_mode
                    content = file.read() or b"empty"
            except FileNotFoundError:
                return None
            except OSError as cause:
                raise StoreUnavailable(f"{self._path}: the key file cannot be read ({cause.strerror})") from cause
        if not _ON_WINDOWS and stat.S_IMODE(mode) & 0o077:
            raise BadInput(f"{self._path}: others may read the key file; run `chmod 600` on it", code="CFG-501")
        return self._parse(content)

    def _parse(self, content: bytes) -> _Secrets:
        try:
            said = json.loads(content)
            periods = {str(name): bytes.fromhex(key) for name, key in said["periods"].items()}
            return _Secrets(bytes.fromhex(said["sealing_key"]), bytes.fromhex(said["address_key"]), periods)
        except (ValueError, KeyError, TypeError, AttributeError):
            sentence = (
                f"{self._path}: this is no key file, or a damaged one; put it back, or move it away to start anew"
            )
            raise StoreUnavailable(sentence, code="STO-401") from None

    def _write(self, secrets: _Secrets) -> _Secrets:
        """The file holds exactly these secrets; the bytes of the file before are overwritten where the system can."""
        content = json.dumps(
            {
                "sealing_key": secrets.sealing_key.hex(),
                "address_key": secrets.address_key.hex(),
                "periods": {name: key.hex() for name, key in sorted(secrets.periods.items())},
            }
        ).encode()
        fresh = self._path.with_name(f"{self._path.name}.new")
        try:
            fresh.unlink(missing_ok=True)
            _write_synced(fresh, content)
            with _overwritten_at_end(self._path):
                _replace(fresh, self._path)
        except OSError as cause:
            raise StoreUnavailable(f"{self._path}: the key file cannot be written ({cause.strerror})") from cause
        return secrets

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock file, so that two processes never draw different keys for one period."""
        lock = self._path.with_name(f"{self._path.name}.lock")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            _lock(lock)
        except OSError as cause:
            raise StoreUnavailable(f"{lock}: the key file cannot be locked ({cause.strerror})") from cause
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)


def _ended(secrets: _Secrets, now: Millis) -> list[str]:
    return [name for name in secrets.periods if ends_at(name) <= now]


def _undrawn(periods: Mapping[str, bytes], now: Millis) -> list[str]:
    """Return which periods of this moment need a key. One that is older than a living key had its own, once."""
    older, newer = periods_at(now)
    if newer in periods:
        return []
    return [newer] if older in periods else [older, newer]


def _lock(lock: Path) -> None:
    """Make the lock file; one that nobody renews for seconds belongs to a dead process and is taken away."""
    deadline = time.monotonic() + _WAIT_SECONDS
    seen: tuple[int, float] | None = None
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except (FileExistsError, PermissionError):
            if time.monotonic() > deadline:
                raise
            seen = _watched(lock, seen)
            time.sleep(_PAUSE_SECONDS)
        else:
            return


def _watched(lock: Path, seen: tuple[int, float] | None) -> tuple[int, float] | None:
    """Return since when this same lock stands there; remove it when that is too long."""
    try:
        made = lock.stat().st_mtime_ns
    except FileNotFoundError:
        return None
    if seen is None or seen[0] != made:
        return (made, time.monotonic())
    if time.monotonic() - seen[1] > _STALE_SECONDS:
        lock.unlink(missing_ok=True)
        return None
    return seen


def _write_synced(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _overwritten_at_end(path: Path) -> Iterator[None]:
    """The bytes that lay under this name before are zeros afterwards (not on Windows, which forbids it)."""
    if _ON_WINDOWS or not path.exists():
        yield
        return
    with path.open("r+b") as before:
        size = os.fstat(before.fileno()).st_size
        yield
        before.write(bytes(size))
        before.flush()
        os.fsync(before.fileno())


def _replace(fresh: Path, path: Path) -> None:
    """Rename over the old file; Windows refuses while another process reads it, so it is tried for a while."""
    deadline = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            fresh.replace(path)
        except PermissionError:
            if time.monotonic() > deadline or not _ON_WINDOWS:
                raise
            time.sleep(_PAUSE_SECONDS)
        else:
            return
