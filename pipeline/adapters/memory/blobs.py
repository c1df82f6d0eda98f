"""Attachments in memory: the model that the stores are compared with."""

import hashlib
import time
from collections.abc import Sequence

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis

LARGEST = 10_000_000


class MemoryBlobs:
    """The port Blobs, forgotten with the process."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}
        self._stored_at: dict[str, Millis] = {}

    def put(self, data: bytes) -> str:
        """The data are stored; returns their SHA-256, hexadecimal. Raises BadInput above 10 MB."""
        if len(data) > LARGEST:
            raise BadInput(f"an attachment of {len(data)} bytes is too large; at most {LARGEST} bytes are kept")
        blob_id = hashlib.sha256(data).hexdigest()
        self._blobs[blob_id] = bytes(data)
        self._stored_at[blob_id] = time.time_ns() // 1_000_000
        return blob_id

    def stored_before(self, at: Millis) -> Sequence[str]:
        """Return what was stored last before the time."""
        return [blob_id for blob_id in self._blobs if self._stored_at[blob_id] < at]

    def get(self, blob_id: str) -> bytes | None:
        """Return the data; None where they were erased or never were."""
        return self._blobs.get(blob_id)

    def remove(self, blob_id: str) -> bool:
        """The data are gone; returns whether there were any."""
        return self._blobs.pop(blob_id, None) is not None
