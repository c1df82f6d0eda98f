"""
Attachments on Elasticsearch: pieces of at most a megabyte under the hash of the whole, and a document that counts them.

That document is written last, so an attachment is there whole or not at all. Pieces that nothing counts are listed like
the rest, so whoever sweeps what nobody names sweeps them too.
"""

import base64
import hashlib
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.domain.attachment import LARGEST
from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis

from .client import Change, Elastic
from .expunge import Expunge, expunge
from .keys import doc_id
from .wire import Json

INDEX = "blobs"
PIECE = 720_000
"""Bytes of one piece; base64 makes 960,000 characters of it."""
_MOST_PIECES = -(-LARGEST // PIECE)
_PAGE = 1_000
_BLOB_ID = re.compile(r"[0-9a-f]{64}")


class ElasticBlobs:
    """The port Blobs over the index `blobs`."""

    def __init__(
        self, elastic: Elastic, *, wall: Callable[[], float] = time.time, expunging: Expunge = expunge
    ) -> None:
        self._elastic = elastic
        self._wall = wall
        self._expunge = expunging

    def put(self, data: bytes) -> str:
        """The data are stored; returns their SHA-256, hexadecimal. Raises BadInput above 10 MB."""
        if len(data) > LARGEST:
            raise BadInput(f"an attachment of {len(data)} bytes is too large; at most {LARGEST} bytes are kept")
        blob_id, at = hashlib.sha256(data).hexdigest(), int(self._wall() * 1000)
        pieces = [data[start : start + PIECE] for start in range(0, len(data), PIECE)]
        self._elastic.bulk(
            [
                Change("index", INDEX, _piece_id(blob_id, n), _piece(blob_id, n, at, piece))
                for n, piece in enumerate(pieces)
            ]
        )
        whole = {"blob": blob_id, "number": len(pieces), "size": len(data), "at": at}
        self._elastic.put(INDEX, blob_id, whole)
        return blob_id

    def get(self, blob_id: str) -> bytes | None:
        """Return the data; None where they were erased or never were. Raises StoreUnavailable where damaged."""
        if not _BLOB_ID.fullmatch(blob_id):
            return None
        whole = self._elastic.get(INDEX, blob_id)
        if whole is None:
            return None
        ids = [_piece_id(blob_id, number) for number in range(whole.source["number"])]
        found = self._elastic.mget((INDEX, each) for each in ids)
        encoded = (found[INDEX, each].source["data"] for each in ids if (INDEX, each) in found)
        data = b"".join(map(base64.b64decode, encoded))
        if hashlib.sha256(data).hexdigest() != blob_id:
            sentence = f"attachment {blob_id}: its bytes are not those that were stored; bring it back from a backup"
            raise StoreUnavailable(sentence, code="STO-104")
        return data

    def stored_before(self, at: Millis) -> Sequence[str]:
        """Return what was stored last before the time, by the clock of who stored it."""
        self._elastic.fresh(INDEX)
        return [blob_id for blob_id, newest in self._newest() if newest < at]

    def remove(self, blob_id: str) -> bool:
        """The data are gone, with what an interrupted write left of them; returns whether there were any."""
        if not _BLOB_ID.fullmatch(blob_id):
            return False
        was_there = self._elastic.delete(INDEX, blob_id)
        pieces = [Change("delete", INDEX, _piece_id(blob_id, number)) for number in range(_MOST_PIECES)]
        left = self._elastic.bulk(pieces)
        if was_there or any(left):
            self._expunge(self._elastic, [INDEX])
        return was_there

    def _newest(self) -> Iterator[tuple[str, Millis]]:
        """Yield each blob, whole or in pieces, with when something of it was written last."""
        after: Json | None = None
        while True:
            by_blob: dict[str, Any] = {"size": _PAGE, "sources": [{"blob": {"terms": {"field": "blob"}}}]}
            if after is not None:
                by_blob["after"] = after
            newest = {"newest": {"max": {"field": "at"}}}
            body = {"size": 0, "aggs": {"blobs": {"composite": by_blob, "aggs": newest}}}
            found: Mapping[str, Any] = self._elastic.search(INDEX, body)["aggregations"]["blobs"]
            yield from ((each["key"]["blob"], int(each["newest"]["value"])) for each in found["buckets"])
            after = found.get("after_key")
            if after is None:
                return


def _piece_id(blob_id: str, number: int) -> str:
    return doc_id(blob_id, str(number))


def _piece(blob_id: str, number: int, at: Millis, data: bytes) -> Json:
    return {"blob": blob_id, "number": number, "at": at, "data": base64.b64encode(data).decode()}
