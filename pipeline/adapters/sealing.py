"""
Sealing: an address that names its author is kept encrypted, and opened only to jump to the original (DESIGN §1.1).

AES-256-GCM; a sealed address is `a1.` and URL-safe Base64 of nonce and ciphertext.
"""

import base64
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from pipeline.domain.errors import BadInput

_FORM = "a1"
_NONCE_BYTES = 12
_ROUND_UP_TO = 32
_PURPOSE = b"huiyin: an address that names its author"


class AddressSealer:
    """
    Seals addresses under a key of 32 bytes. The same address sealed twice looks different, and hides its length.

    `draw` returns that many bytes of chance.
    """

    def __init__(self, key: bytes, draw: Callable[[int], bytes] = os.urandom) -> None:
        self._cipher = AESGCM(key)
        self._draw = draw

    def seal(self, address: str) -> str:
        """Return the address encrypted, as text."""
        plain = address.encode("utf-8", "replace")
        padded = plain + bytes(-len(plain) % _ROUND_UP_TO)
        nonce = self._draw(_NONCE_BYTES)
        content = nonce + self._cipher.encrypt(nonce, padded, _PURPOSE)
        return f"{_FORM}.{base64.urlsafe_b64encode(content).decode()}"

    def unseal(self, sealed: str) -> str:
        """Return the address; raise BadInput where it was sealed under another key or its bytes were changed."""
        form, _, packed = sealed.rpartition(".")
        try:
            content = base64.b64decode(packed, altchars=b"-_", validate=True) if form == _FORM else b""
            plain = self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], _PURPOSE)
        except (ValueError, InvalidTag):
            sentence = "this address cannot be opened: sealed under another key, or damaged; bring back the key file"
            raise BadInput(f"{sentence} that was in use when the post was collected", code="INP-120") from None
        return plain.rstrip(b"\x00").decode()
