"""
The records of the log, one document per (unit, seq): created once, read forward by id.

Only the question which of all logs have moved is a search: of everything once, then of what was recorded lately.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.domain.event import GENESIS, Batch, decode, encode

from .client import Doc, Elastic
from .keys import doc_id
from .wire import Json

INDEX = "log"
_FIRST_PAGE, _LARGEST_PAGE = 4, 500
_UNITS_PAGE = 1_000
_LATELY = 120_000
"""Milliseconds: how far the clocks of two machines and the writing of a record may lie apart, generously."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A batch as it stands in the log; `stamp`, beside its bytes, names the memos that came with it."""

    seq: int
    hash: str
    data: bytes
    stamp: str

    @property
    def batch(self) -> Batch:
        """The batch that the bytes hold."""
        return decode(self.data)


class Batches:
    """The log's records. Where a unit's log ended when this process last looked is remembered: it only grows."""

    def __init__(self, elastic: Elastic, *, wall: Callable[[], float] = time.time) -> None:
        self._elastic = elastic
        self._wall = wall
        self._guard = threading.Lock()
        self._ends: dict[str, tuple[int, str]] = {}
        self._heads: dict[str, int] = {}
        self._looked_at: int | None = None

    def create(self, batch: Batch, stamp: str) -> bool:
        """The batch is the record (unit, seq): True; False where another is."""
        source = {
            "unit": batch.unit,
            "seq": batch.seq,
            "hash": batch.hash,
            "stamp": stamp,
            "at": int(self._wall() * 1000),
            "body": encode(batch).decode(),
        }
        return self._elastic.create(INDEX, record_id(batch.unit, batch.seq), source)

    def after(self, unit: str, seq: int, limit: int) -> Sequence[Recorded]:
        """Return the records behind a seq, in order."""
        found: list[Recorded] = []
        size = _FIRST_PAGE
        while len(found) < limit:
            first = seq + len(found) + 1
            page = self._page(unit, first, min(size, limit - len(found)))
            found += page
            if len(page) < min(size, limit):
                break
            size = min(size * 8, _LARGEST_PAGE)
        if found:
            self._remember(unit, found[-1])
        return found

    def all_after(self, unit: str, seq: int) -> Iterator[Recorded]:
        """Yield every record behind a seq, in order."""
        while page := self.after(unit, seq, _LARGEST_PAGE):
            yield from page
            seq = page[-1].seq

    def end_known(self, unit: str) -> tuple[int, str]:
        """Return where the log ended when this process last looked; (0, GENESIS) where it never did."""
        with self._guard:
            return self._ends.get(unit, (0, GENESIS))

    def end(self, unit: str, hint: int = 0) -> tuple[int, str]:
        """Return the last seq and its hash: from what is known, or the hint, forward until nothing is there."""
        known = self.end_known(unit)
        for recorded in self.all_after(unit, max(known[0], hint - 1)):
            known = (recorded.seq, recorded.hash)
        return known

    def heads(self) -> Mapping[str, int]:
        """Return unit → last seq of every unit that has a log, as of the last second."""
        now = int(self._wall() * 1000)
        self._elastic.fresh(INDEX, within=1.0)
        looked_at = self._looked_at
        found = dict(self._every_head() if looked_at is None else self._recorded_since(looked_at - _LATELY))
        with self._guard:
            ends = {unit: seq for unit, (seq, _) in self._ends.items()}
            for unit, seq in (*found.items(), *ends.items()):
                self._heads[unit] = max(seq, self._heads.get(unit, 0))
            self._looked_at = now
            return dict(self._heads)

    def at(self, unit: str, seqs: Sequence[int]) -> Sequence[Recorded]:
        """Return the records of these seqs, in order."""
        found = self._elastic.mget((INDEX, record_id(unit, seq)) for seq in seqs)
        return sorted(map(recorded, found.values()), key=lambda one: one.seq)

    def _every_head(self) -> Iterator[tuple[str, int]]:
        after: Json | None = None
        while True:
            by_unit: dict[str, Any] = {"size": _UNITS_PAGE, "sources": [{"unit": {"terms": {"field": "unit"}}}]}
            if after is not None:
                by_unit["after"] = after
            last = {"last": {"max": {"field": "seq"}}}
            body = {"size": 0, "aggs": {"units": {"composite": by_unit, "aggs": last}}}
            units = self._elastic.search(INDEX, body)["aggregations"]["units"]
            yield from ((each["key"]["unit"], int(each["last"]["value"])) for each in units["buckets"])
            after = units.get("after_key")
            if after is None:
                return

    def _recorded_since(self, at: int) -> Iterator[tuple[str, int]]:
        lately = {"range": {"at": {"gte": at}}}
        for doc in self._elastic.scan(INDEX, lately, [{"seq": "asc"}, {"unit": "asc"}]):
            yield doc.source["unit"], doc.source["seq"]

    def _page(self, unit: str, first: int, size: int) -> Sequence[Recorded]:
        ids = [record_id(unit, seq) for seq in range(first, first + size)]
        found = self._elastic.mget((INDEX, each) for each in ids)
        page = []
        for each in ids:
            if (INDEX, each) not in found:
                break
            page.append(recorded(found[INDEX, each]))
        return page

    def _remember(self, unit: str, last: Recorded) -> None:
        with self._guard:
            if last.seq > self._ends.get(unit, (0, ""))[0]:
                self._ends[unit] = (last.seq, last.hash)


def record_id(unit: str, seq: int) -> str:
    """Return the id of a record of the log."""
    return doc_id(unit, f"{seq:012d}")


def recorded(doc: Doc) -> Recorded:
    """Return the record that a document holds."""
    source = doc.source
    return Recorded(source["seq"], source["hash"], source["body"].encode(), source["stamp"])
