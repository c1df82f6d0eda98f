"""Secrets that are handed out once: 256 bits of chance; only their hash is kept."""

import hashlib
import hmac
import secrets

_BYTES = 32


def draw_secret() -> str:
    """Return 256 bits of chance as text that fits an address or a cookie."""
    return secrets.token_urlsafe(_BYTES)


def mark_of(secret: str) -> str:
    """Return what is stored instead of a secret: with 256 bits of chance behind it one SHA-256 is enough."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_of(secret: str) -> str:
    """Return the token that a session's own forms carry; it is not stored, and nobody else can make it."""
    return hmac.new(
        secret.encode("utf-8", "surrogatepass"), b"huiyin: forms of this session", hashlib.sha256
    ).hexdigest()


def is_same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, found in the same time wherever they differ."""
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
