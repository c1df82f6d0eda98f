"""
The log of decisions on Elasticsearch: creating the document (unit, seq) is the decision, everything else follows it.

Memos are written before it, projections after it; whoever comes next completes what a crash left (projections.py).
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from pipeline.crash_point import crash_point
from pipeline.domain.errors import LostRace, MalformedEvent
from pipeline.domain.event import Batch, Memo
from pipeline.domain.incident import Incident
from pipeline.domain.post import Millis

from .batches import Batches
from .client import Elastic
from .expunge import Expunge, expunge
from .incident_document import INDEX as INCIDENTS
from .incident_document import incident_docs, told
from .keys import doc_id
from .memos import Memos
from .merges import merges_naming
from .projections import COMMANDS, Projections, groups_of
from .rewrite import a_stamp
from .sequence import Sequences

_PAGE = 1_000


class ElasticIncidentLog:
    """The port IncidentLog. Everything but lists is read by id, so everybody reads his own write at once."""

    def __init__(
        self,
        elastic: Elastic,
        sequences: Sequences | None = None,
        *,
        wall: Callable[[], float] = time.time,
        expunging: Expunge = expunge,
    ) -> None:
        self._elastic = elastic
        self._batches = Batches(elastic, wall=wall)
        self._memos = Memos(elastic, wall=wall, expunging=expunging)
        self._projections = Projections(elastic, self._batches, self._memos, sequences or Sequences(elastic))

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        """
        The batch is the record (unit, seq), with its memos; its projections are there for whoever reads next.

        Raises LostRace where the seq is not the next or the command has its batch already; MalformedEvent where
        `previous` is not the head's hash, where it cannot be folded, or where memos and batch do not name each other.
        After StoreUnavailable the batch may stand in the log: `batch_of_command` says.
        """
        _refuse_stray_memos(batch, memos)
        seq, last = self.caught_up(batch.unit)
        self._refuse_lost_race(batch, seq)
        if batch.previous != last:
            raise MalformedEvent(
                f"batch {batch.unit}/{batch.seq} follows {batch.previous[:12]}, but the log's head is {last[:12]}; "
                "read the log again and decide anew"
            )
        self._projections.plan(batch)  # a batch that cannot be folded is refused before it is written
        absorbed = merges_naming(self._elastic, batch.unit, groups_of(batch))
        if absorbed:
            raise LostRace(f"unit {batch.unit}: group {min(absorbed)} was absorbed by another meanwhile; decide again")
        self._record(batch, memos)
        self.caught_up(batch.unit)

    def caught_up(self, unit: str) -> tuple[int, str]:
        """Return the unit's head; what the log up to it makes of groups, incidents and mentions is written."""
        return self._projections.caught_up(unit)

    def head(self, unit: str) -> tuple[int, str]:
        """Return the last seq and its hash; (0, GENESIS) for an empty log."""
        return self.caught_up(unit)

    def read(self, unit: str, after: int, limit: int = 1000) -> Sequence[Batch]:
        """Return the batches behind a seq, in order."""
        if after >= self.caught_up(unit)[0]:
            return []
        return [one.batch for one in self._batches.after(unit, after, limit)]

    def batch_of_command(self, unit: str, command: str) -> Batch | None:
        """Return the batch that a command has caused already."""
        self.caught_up(unit)
        return self._answered(unit, command)

    def units(self) -> Sequence[str]:
        """Return every unit that has a log."""
        return sorted(self.heads())

    def heads(self) -> Mapping[str, int]:
        """Return unit → last seq of every unit that has a log; what others did within a second may be missing."""
        return self._batches.heads()

    def memo(self, unit: str, memo_id: str) -> Memo | None:
        """Return a memo by id; None where it was erased or never was."""
        self.caught_up(unit)
        return self._memos.memo(unit, memo_id)

    def erase_memos(self, unit: str, memo_ids: frozenset[str], at: Millis) -> int:  # noqa: ARG002  # the port's form
        """Text and salt of the memos are gone from every byte of the server's files; the log still verifies."""
        self.caught_up(unit)
        return self._memos.erase(unit, memo_ids)

    def sweep_memos(self, before: Millis) -> int:
        """Texts that were kept before the time for a batch that never came are gone; returns how many."""
        for unit in self.units():
            self.caught_up(unit)
        return self._memos.sweep(before)

    def incident(self, unit: str, incident_id: str) -> Incident | None:
        """Return an incident as the log's head makes it; None where none was opened under the id."""
        self.caught_up(unit)
        doc = incident_docs(self._elastic, unit, [incident_id]).get(incident_id)
        return None if doc is None else told(doc).incident

    def incidents(self, unit: str, *, open_only: bool, limit: int = 1000) -> Sequence[Incident]:
        """Return a unit's incidents, opened last first; `open_only` leaves those in which somebody still owes."""
        self.caught_up(unit)
        self._elastic.fresh(INCIDENTS)
        terms = [{"term": {"unit": unit}}, *([{"term": {"is_open": True}}] if open_only else [])]
        query, sort = {"bool": {"filter": terms}}, [{"opened_at": "desc"}, {"incident": "desc"}]
        if limit <= _PAGE:
            found = self._elastic.found(INCIDENTS, {"size": limit, "query": query, "sort": sort})
            return [told(doc).incident for doc in found]
        return [told(doc).incident for doc in islice(self._elastic.scan(INCIDENTS, query, sort), limit)]

    def batches_of(self, unit: str, incident: str) -> Sequence[Batch]:
        """Return the batches with an event of the incident, in order."""
        self.caught_up(unit)
        doc = incident_docs(self._elastic, unit, [incident]).get(incident)
        return [] if doc is None else [one.batch for one in self._batches.at(unit, told(doc).timeline)]

    def raw(self, unit: str) -> Iterator[tuple[int, bytes]]:
        """Yield (seq, stored bytes) of a unit's whole log."""
        for one in self._batches.all_after(unit, 0):
            yield one.seq, one.data

    def reproject(self, unit: str) -> None:
        """Every projection of the unit is as its log makes it; nothing is sent again."""
        self.caught_up(unit)
        self._projections.rebuild(unit)

    def _record(self, batch: Batch, memos: Sequence[Memo]) -> None:
        stamp = a_stamp()
        self._memos.lay_down(memos, stamp)
        crash_point("log.append.before_commit")
        if not self._batches.create(batch, stamp):
            self._memos.take_back(memos, stamp)
            raise LostRace(
                f"unit {batch.unit}: batch {batch.seq} was decided by somebody else in this moment; "
                "read the newer batches and decide again"
            )
        crash_point("log.append.after_commit")

    def _answered(self, unit: str, command: str) -> Batch | None:
        doc = self._elastic.get(COMMANDS, doc_id(unit, command)) if command else None
        return None if doc is None else self._batches.at(unit, [doc.source["seq"]])[0].batch

    def _refuse_lost_race(self, batch: Batch, seq: int) -> None:
        if batch.seq != seq + 1:
            raise LostRace(
                f"unit {batch.unit}: batch {batch.seq} was decided, but the log's head is {seq}; "
                "read the newer batches and decide again"
            )
        known = self._answered(batch.unit, batch.command)
        if known is not None:
            raise LostRace(
                f"unit {batch.unit}: command {batch.command} has caused batch {known.seq} already; "
                "answer with that batch"
            )


def _refuse_stray_memos(batch: Batch, memos: Sequence[Memo]) -> None:
    if {(memo.unit, memo.id) for memo in memos} != {(batch.unit, memo_id) for memo_id in batch.memos}:
        raise MalformedEvent(
            f"batch {batch.unit}/{batch.seq} names the memos {sorted(batch.memos)}, but others came with it; "
            "give it exactly the memos that it names"
        )
