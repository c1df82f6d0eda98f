"""
Passwords as argon2id hashes. The only importer of `argon2`.

Parameters are OWASP's least for argon2id (19 MiB, two passes, one lane). Each check takes memory and tens of
milliseconds, so only a few run at once and few may wait: whoever floods the login gets "busy", and the rest goes on.
"""

import threading
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from pipeline.domain.errors import BadInput, Refused

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
AT_ONCE = 2
WAITING = 8
PATIENCE_SECONDS = 10.0
LEAST = 10
MOST = 200
WIDELY_KNOWN = (
    "password",
    "passw0rd",
    "qwerty",
    "letmein",
    "admin",
    "huiyin",
    "123456",
    "abc123",
    "iloveyou",
    "woaini",
)
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$Sjiq+DQsxT/uM9dBr2U5Aw$SDS5duTGtJm0Dvb02k6V4rTM+oz/kxUAhcl9vHxxKxc"
"""A hash that an unknown account is compared with, so that its answer takes as long as any other."""


class Passwords:
    """Makes and compares hashes, a few at a time."""

    def __init__(
        self, *, at_once: int = AT_ONCE, waiting: int = WAITING, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
        self._running = threading.BoundedSemaphore(at_once)
        self._inside = threading.BoundedSemaphore(at_once + waiting)
        self._patience_seconds = patience_seconds

    def seal(self, password: str) -> str:
        """Return the hash that is stored."""
        with self._turn():
            return self._hasher.hash(_normal(password))

    def matches(self, sealed: str, password: str) -> bool:
        """Whether the password is the one of the hash; "" as the hash is nobody's, and costs the same time."""
        if len(password) > MOST:
            return False
        with self._turn():
            try:
                self._hasher.verify(sealed or NOBODY, _normal(password))
            except (VerificationError, InvalidHashError):
                return False
        return bool(sealed)

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Hold one of the few places; raises Refused (ACC-503) at once where too many wait already."""
        if not self._inside.acquire(blocking=False):
            raise _busy()
        try:
            if not self._running.acquire(timeout=self._patience_seconds):
                raise _busy()
            try:
                yield
            finally:
                self._running.release()
        finally:
            self._inside.release()


def accept_password(password: str, account_id: str) -> None:
    """The password is good enough to be set; raises BadInput (ACC-104) with every reason where it is not."""
    normal = _normal(password).lower()
    problems = []
    if not LEAST <= len(password) <= MOST:
        problems.append(f"it has {len(password)} characters, {LEAST} to {MOST} are accepted")
    if len(set(normal)) < LEAST // 2:
        problems.append("it repeats the same few characters")
    if account_id and account_id.lower() in normal:
        problems.append("it holds the account's id")
    if any(normal.startswith(word) and len(normal) < len(word) + 6 for word in WIDELY_KNOWN):
        problems.append("it is one of the passwords that are tried first")
    if problems:
        sentence = f"this password cannot be set: {'; '.join(problems)}; take a few words that you can remember"
        raise BadInput(sentence, code="ACC-104")


def _normal(password: str) -> str:
    """Return one form for what keyboards and input methods write differently (NIST SP 800-63B §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _busy() -> Refused:
    return Refused("too many people log in at this moment; wait some seconds, then try again", code="ACC-503")
