"""
Documents by id, in bulk and by search, as the adapters of this package use them.

Reading by id is always of the newest state; a search sees what was there at its index's last refresh. Names of indices
are without the installation's prefix.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import Any

from pipeline.domain.errors import StoreUnavailable

from .bulk import Bulk
from .document import Change, Doc, stands_as
from .many import Many
from .refusals import overloaded
from .wire import CONFLICT, NOT_FOUND, Answer, Json, Wire

log = logging.getLogger(__name__)

_PAGE = 1_000
_KEEP_ALIVE = "2m"
_CREATED = frozenset({CONFLICT})
_MISSING = frozenset({NOT_FOUND})
_WHOLE = {"allow_partial_search_results": "false"}
"""A shard that cannot answer is a refusal, asked again, and never a shorter list."""

__all__ = ["Change", "Doc", "Elastic"]


class Elastic:
    """The documents of one installation."""

    def __init__(self, wire: Wire, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.wire = wire
        self.prefix = wire.settings.prefix
        self._monotonic = monotonic
        self._bulk = Bulk(wire, name=self.name, get=self.get)
        self._many = Many(wire, name=self.name)
        self._guard = threading.Lock()
        self._written: set[str] = set()
        self._refreshed: dict[str, float] = {}

    def close(self) -> None:
        """No connection is open."""
        self.wire.close()

    def name(self, index: str) -> str:
        """Return the whole name of an index."""
        return f"{self.prefix}-{index}"

    def get(self, index: str, doc_id: str) -> Doc | None:
        """Return a document as it stands now; None where there is none."""
        answer = self.wire.ask("GET", [self.name(index), "_doc", doc_id], allow=_MISSING)
        return self._read(answer.body) if answer.body.get("found") else None

    def mget(self, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Doc]:
        """Return (index, id) → document of those that there are, as they stand now; indices may be missing."""
        return {(doc.index, doc.id): doc for doc in map(self._read, self._many.read(wanted))}

    def create(self, index: str, doc_id: str, source: Json) -> bool:
        """The document is new and stored: True; False where another stands under the id."""
        with self._writing(index):
            answer = self.wire.ask("PUT", [self.name(index), "_create", doc_id], source, allow=_CREATED)
        return answer.status != CONFLICT or self._ours(answer, index, doc_id, source) is not None

    def replace(self, seen: Doc, source: Json) -> Doc | None:
        """Return the document that was seen with this source; None where it was changed or deleted meanwhile."""
        params = {"if_seq_no": str(seen.seq_no), "if_primary_term": str(seen.term)}
        path = [self.name(seen.index), "_doc", seen.id]
        with self._writing(seen.index):
            answer = self.wire.ask("PUT", path, source, params=params, allow=_CREATED)
        if answer.status == CONFLICT:
            return self._ours(answer, seen.index, seen.id, source)
        return Doc(seen.index, seen.id, source, answer.body["_seq_no"], answer.body["_primary_term"])

    def put(self, index: str, doc_id: str, source: Json) -> None:
        """The document has this source, whatever was there."""
        with self._writing(index):
            self.wire.ask("PUT", [self.name(index), "_doc", doc_id], source)

    def delete(self, index: str, doc_id: str) -> bool:
        """The document is gone; returns whether there was one, or may have been: an answer was lost."""
        with self._writing(index):
            answer = self.wire.ask("DELETE", [self.name(index), "_doc", doc_id], allow=_MISSING)
        return answer.repeated or answer.status != NOT_FOUND

    def bulk(self, changes: Sequence[Change]) -> Sequence[bool]:
        """
        Return for each change whether it was made, in order; False is a conflict or, of a delete, nothing there.

        What the server could not take yet is sent again within the bound of one question.
        """
        with self._writing(*(change.index for change in changes)):
            return self._bulk.write(changes)

    def search(self, indices: str | Sequence[str], body: Json) -> Json:
        """Return the answer of a search, of all shards or none; of indices that are missing nothing is found."""
        params = {"ignore_unavailable": "true", "allow_no_indices": "true", **_WHOLE}
        return self.wire.ask("POST", [self._names(indices), "_search"], body, params=params).body

    def found(self, indices: str | Sequence[str], body: Json) -> list[Doc]:
        """Return the documents of a search's first page."""
        return [self._read(hit) for hit in self.search(indices, {"seq_no_primary_term": True, **body})["hits"]["hits"]]

    def scan(
        self, indices: str | Sequence[str], query: Json, sort: Sequence[Json], *, ids_only: bool = False
    ) -> Iterator[Doc]:
        """
        Yield every document that the query meets, in order, as they stood at one moment; the sort must be total.

        With `ids_only` they come without their source.
        """
        body: dict[str, Any] = {
            "size": _PAGE,
            "query": query,
            "sort": list(sort),
            "seq_no_primary_term": True,
            "track_total_hits": False,
            "_source": not ids_only,
        }
        if not any("_shard_doc" in each for each in sort):  # known to points in time alone
            page = self.found(indices, body)
            if len(page) < _PAGE:
                yield from page
                return
        yield from self._scan(indices, body)

    def _scan(self, indices: str | Sequence[str], body: dict[str, Any]) -> Iterator[Doc]:
        params = {"keep_alive": _KEEP_ALIVE, "ignore_unavailable": "true"}
        opened = self.wire.ask("POST", [self._names(indices), "_pit"], params=params, allow=_MISSING)
        if opened.status == NOT_FOUND:
            return
        pit = opened.body["id"]
        try:
            while True:
                body["pit"] = {"id": pit, "keep_alive": _KEEP_ALIVE}
                answer = self.wire.ask("POST", ["_search"], body, params=_WHOLE).body
                pit = answer.get("pit_id", pit)
                page = [self._read(hit) for hit in answer["hits"]["hits"]]
                yield from page
                if len(page) < _PAGE:
                    return
                body["search_after"] = list(page[-1].sort)
        finally:
            self._forget(pit)

    def refresh(self, *indices: str) -> None:
        """Searches from now on see everything that was written to the indices."""
        moment = self._monotonic()
        with self._guard:
            told = {index for index in self._written if _is_among(index, indices)}
            self._written -= told
        params = {"ignore_unavailable": "true", "allow_no_indices": "true"}
        try:
            answer = self.wire.ask("POST", [self._names(indices), "_refresh"], params=params)
            if answer.body.get("_shards", {}).get("failed"):
                raise overloaded("Elasticsearch", f"{', '.join(indices)}: not every shard was refreshed")
        except StoreUnavailable:
            with self._guard:
                self._written |= told
            raise
        with self._guard:
            self._refreshed.update(dict.fromkeys(indices, moment))

    def fresh(self, *indices: str, within: float = 0.0) -> None:
        """
        Searches see what this process wrote, and what others wrote longer ago than `within` seconds.

        A name may be a pattern of indices, like `posts-*`.
        """
        now = self._monotonic()
        with self._guard:
            behind = [
                index
                for index in indices
                if now - self._refreshed.get(index, -1e9) >= within or any(_is_among(w, [index]) for w in self._written)
            ]
        if behind:
            self.refresh(*behind)

    def parts(self, family: str) -> list[str]:
        """Return the names of the indices of a family that is kept in parts, in order."""
        params = {"allow_no_indices": "true", "expand_wildcards": "open"}
        path = [self.name(f"{family}-*"), "_settings"]
        found = self.wire.ask("GET", path, params=params, allow=_MISSING)
        if found.status == NOT_FOUND:
            return []
        return sorted(name.removeprefix(f"{self.prefix}-") for name in found.body)

    def drop(self, index: str) -> None:
        """The index is gone with everything in it; no error where there is none."""
        self.wire.ask("DELETE", [self.name(index)], allow=_MISSING)

    def merge(self, index: str) -> None:
        """Deleted documents are in no byte of the index's newest commit; old segments go with their last reader."""
        path = [self.name(index), "_forcemerge"]
        self.wire.ask("POST", path, params={"max_num_segments": "1", "flush": "true"}, allow=_MISSING)

    def _names(self, indices: str | Sequence[str]) -> str:
        return ",".join(map(self.name, [indices] if isinstance(indices, str) else indices))

    def _read(self, item: Json) -> Doc:
        return Doc(
            str(item["_index"]).removeprefix(f"{self.prefix}-"),
            item["_id"],
            item.get("_source") or {},
            item.get("_seq_no", -1),
            item.get("_primary_term", 0),
            tuple(item.get("sort") or ()),
        )

    @contextmanager
    def _writing(self, *indices: str) -> Iterator[None]:
        """What the block wrote is told by the next refresh, also where its answer was lost."""
        try:
            yield
        finally:
            with self._guard:
                self._written.update(indices)

    def _forget(self, pit: str) -> None:
        """The moment that was read is kept no longer; where that fails the server forgets it by itself."""
        try:
            self.wire.ask("DELETE", ["_pit"], {"id": pit}, allow=_MISSING)
        except StoreUnavailable as refusal:
            log.info("elastic.pit_left: it ends by itself in %s (%s)", _KEEP_ALIVE, refusal)

    def _ours(self, answer: Answer, index: str, doc_id: str, source: Json) -> Doc | None:
        """Return what stands there where a conflict is with our own write, whose answer was lost."""
        now = self.get(index, doc_id) if answer.repeated else None
        return now if now is not None and stands_as(now.source, source) else None


def _is_among(index: str, names: Sequence[str]) -> bool:
    return any(fnmatchcase(index, name) for name in names)
