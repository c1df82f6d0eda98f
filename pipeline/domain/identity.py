"""
Ids that never change: which post this is, under which keys it is found again, and which version of it (MECHANICS §2).

All keys of one post live in one space of 32 hexadecimal characters, so an id can be asked of `post_heads` and of the
erasure list like any other key. Kinds of keys never collide: the kind is part of what is hashed.
"""

import hashlib
import hmac

_BETWEEN = "\x1f"
_WEB = ("http://", "https://", "//")


def key_of_native_id(source: str, native_id: str) -> str:
    """Return the key of a source's own id, exactly as the source writes it."""
    return _hash(source, "native", native_id)


def key_of_address(source: str, canonical_address: str) -> str:
    """Return the key of a canonical address that names nobody; http and https are one address."""
    return _hash(source, "address", _without_scheme(canonical_address))


def key_of_private(source: str, named: str, address_key: bytes) -> str:
    """Return the key of an address or id that names its author: a keyed hash, so that a guessed name proves nothing."""
    return hmac.digest(address_key, said_of_private(source, named).encode("utf-8", "replace"), "sha256").hex()[:32]


def said_of_private(source: str, named: str) -> str:
    """Return what the keyed hash of `key_of_private` is made of, for whoever may hash and must not see the key."""
    return _BETWEEN.join((source, "private", _without_scheme(named)))


def key_of_text(source: str, masked_text: str) -> str:
    """
    Return the key of a post that has neither native id nor address.

    The masked text is hashed: a plain hash of the open text beside its masked form would let anyone find the masked
    digits by trying them all.
    """
    return _hash(source, "text", masked_text)


def version_of(masked_title: str, masked_text: str) -> str:
    """Return 16 hexadecimal characters that are equal exactly where title and text are."""
    return hashlib.sha256(f"{masked_title}{_BETWEEN}{masked_text}".encode("utf-8", "replace")).hexdigest()[:16]


def is_web_address(value: str) -> bool:
    """Whether an id or a parent is written as a web address."""
    return value.lstrip().lower().startswith(_WEB)


def _without_scheme(address: str) -> str:
    return address.split("//", 1)[-1] if is_web_address(address) else address


def _hash(source: str, kind: str, value: str) -> str:
    return hashlib.sha256(_BETWEEN.join((source, kind, value)).encode("utf-8", "replace")).hexdigest()[:32]
