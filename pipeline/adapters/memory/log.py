"""The log of decisions in memory: for tests, and for verbs that keep nothing."""

from collections.abc import Iterator, Mapping, Sequence

from pipeline.domain.errors import LostRace, MalformedEvent
from pipeline.domain.event import GENESIS, Batch, Memo, decode, encode
from pipeline.domain.event_data import groups_named
from pipeline.domain.incident import Incident
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState, empty, evolve_batch, replay

from .posts import MemoryPostStore


class MemoryIncidentLog:
    """
    A log that is gone with the process. Its projections are the fold itself.

    What an append decides about groups is written to `posts`, as a store's projector would write it beside them.
    """

    def __init__(self, posts: MemoryPostStore | None = None) -> None:
        self._posts = posts
        self._records: dict[str, list[bytes]] = {}
        self._states: dict[str, UnitState] = {}
        self._memos: dict[tuple[str, str], Memo | None] = {}

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        """The batch is the record (unit, seq), with its memos; see the port for what is refused."""
        self._refuse(batch, memos)
        before = self._state(batch.unit)
        after = evolve_batch(before, batch)
        self._records.setdefault(batch.unit, []).append(encode(batch))
        self._states[batch.unit] = after
        for memo in memos:
            self._memos.setdefault((memo.unit, memo.id), memo)
        if self._posts is not None:
            changed = [mark for group, mark in after.marks.items() if before.marks.get(group) != mark]
            self._posts.leave_marks(batch.unit, changed)
            self._posts.move_mentions(batch.unit, after.moved)

    def head(self, unit: str) -> tuple[int, str]:
        """Return the last seq and its hash; (0, GENESIS) for an empty log."""
        records = self._records.get(unit, [])
        return (len(records), decode(records[-1]).hash) if records else (0, GENESIS)

    def read(self, unit: str, after: int, limit: int = 1000) -> Sequence[Batch]:
        """Return the batches behind a seq, in order."""
        return [decode(data) for data in self._records.get(unit, [])[after : after + limit]]

    def batch_of_command(self, unit: str, command: str) -> Batch | None:
        """Return the batch that a command has caused already."""
        batches = (decode(data) for data in self._records.get(unit, []))
        return next((batch for batch in batches if command and batch.command == command), None)

    def units(self) -> Sequence[str]:
        """Return every unit that has a log."""
        return sorted(self._records)

    def heads(self) -> Mapping[str, int]:
        """Return unit → last seq of every unit that has a log."""
        return {unit: len(records) for unit, records in self._records.items()}

    def memo(self, unit: str, memo_id: str) -> Memo | None:
        """Return a memo by id; None where it was erased or never was."""
        return self._memos.get((unit, memo_id))

    def erase_memos(self, unit: str, memo_ids: frozenset[str], at: Millis) -> int:  # noqa: ARG002  # the port's form
        """Text and salt of the memos are gone; the log still verifies."""
        there = [memo_id for memo_id in memo_ids if self.memo(unit, memo_id) is not None]
        for memo_id in there:
            self._memos[unit, memo_id] = None
        return len(there)

    def sweep_memos(self, before: Millis) -> int:  # noqa: ARG002  # the port's form
        """Memos come with their batch: nothing is left."""
        return 0

    def incident(self, unit: str, incident_id: str) -> Incident | None:
        """Return an incident as the log's head makes it; None where none was opened under the id."""
        return self._state(unit).incidents.get(incident_id)

    def incidents(self, unit: str, *, open_only: bool, limit: int = 1000) -> Sequence[Incident]:
        """Return a unit's incidents, opened last first; `open_only` leaves those in which somebody still owes."""
        wanted = [one for one in self._state(unit).incidents.values() if one.is_open or not open_only]
        return sorted(wanted, key=lambda one: (one.times.opened_at, one.id), reverse=True)[:limit]

    def batches_of(self, unit: str, incident: str) -> Sequence[Batch]:
        """Return the batches with an event of the incident, in order."""
        batches = map(decode, self._records.get(unit, []))
        return [batch for batch in batches if any(event.incident == incident for event in batch.events)]

    def raw(self, unit: str) -> Iterator[tuple[int, bytes]]:
        """Yield (seq, stored bytes) of a unit's whole log."""
        yield from enumerate(list(self._records.get(unit, [])), start=1)

    def reproject(self, unit: str) -> None:
        """The unit's state is folded anew from its log."""
        self._states[unit] = replay(unit, self.read(unit, 0, limit=len(self._records.get(unit, []))))
        if self._posts is not None:
            self._posts.leave_marks(unit, list(self._states[unit].marks.values()))

    def _state(self, unit: str) -> UnitState:
        return self._states.get(unit) or empty(unit)

    def _refuse(self, batch: Batch, memos: Sequence[Memo]) -> None:
        seq, last = self.head(batch.unit)
        if batch.seq != seq + 1:
            raise LostRace(f"unit {batch.unit}: batch {batch.seq} was decided, but the log's head is {seq}; read again")
        if self.batch_of_command(batch.unit, batch.command) is not None:
            raise LostRace(f"unit {batch.unit}: command {batch.command} has its batch already; answer with that batch")
        absorbed = {merge.absorbed for merge in self._posts.merges(batch.unit)} if self._posts else set()
        if any(group in absorbed for event in batch.events for group in groups_named(event.data)):
            raise LostRace(f"unit {batch.unit}: a group was absorbed by another meanwhile; decide again")
        if batch.previous != last:
            raise MalformedEvent(f"batch {batch.unit}/{batch.seq} does not follow the log's head; read the log again")
        if {(memo.unit, memo.id) for memo in memos} != {(batch.unit, memo_id) for memo_id in batch.memos}:
            raise MalformedEvent(f"batch {batch.unit}/{batch.seq} and its memos do not name each other; give both")
