"""Signatures of files that are carried from one machine to another: Ed25519, keys and signatures as Base64 text."""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def draw_private_key() -> str:
    """Return a new private key."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def public_key_of(private: str) -> str:
    """Return the public key of a private one."""
    return base64.b64encode(_private(private).public_key().public_bytes_raw()).decode()


def sign(private: str, data: bytes) -> str:
    """Return the signature of the bytes."""
    return base64.b64encode(_private(private).sign(data)).decode()


def is_signed(public: str, data: bytes, signature: str) -> bool:
    """Whether the owner of the private key signed exactly these bytes."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(text, validate=True))
