"""The log of decisions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from pipeline.domain.event import Batch, Memo
from pipeline.domain.incident import Incident
from pipeline.domain.post import Millis


class IncidentLog(Protocol):
    """The log of decisions, one per unit, and its projections: marks on groups, incidents."""

    def append(self, batch: Batch, memos: Sequence[Memo]) -> None:
        """
        The batch is the record (unit, seq), with its memos and projections, all at once.

        Raises LostRace where the seq is taken or not the next; MalformedEvent where `previous` is not the head's hash.
        """

    def head(self, unit: str) -> tuple[int, str]:
        """Return the last seq and its hash; (0, GENESIS) for an empty log. Always the true head, never a hint."""

    def read(self, unit: str, after: int, limit: int = 1000) -> Sequence[Batch]:
        """Return the batches behind a seq, in order."""

    def batch_of_command(self, unit: str, command: str) -> Batch | None:
        """Return the batch that a command (an Idempotency-Key or an id from content) has caused already."""

    def units(self) -> Sequence[str]:
        """Return every unit that has a log."""

    def heads(self) -> Mapping[str, int]:
        """
        Return unit → last seq of every unit that has a log, in one question: which of many logs have moved.

        What another process appended within the last second may be missing, and comes with the next question.
        """

    def memo(self, unit: str, memo_id: str) -> Memo | None:
        """Return a memo by id; None where it was erased or never was."""

    def erase_memos(self, unit: str, memo_ids: frozenset[str], at: Millis) -> int:
        """Text and salt of the memos are gone; the log still verifies."""

    def sweep_memos(self, before: Millis) -> int:
        """Texts that were kept before the time for a batch that never came are gone; returns how many."""

    def incident(self, unit: str, incident_id: str) -> Incident | None:
        """Return an incident as the log's head makes it, without what it absorbed; None where none was opened."""

    def incidents(self, unit: str, *, open_only: bool, limit: int = 1000) -> Sequence[Incident]:
        """Return a unit's incidents, opened last first; `open_only` leaves those in which somebody still owes."""

    def batches_of(self, unit: str, incident: str) -> Sequence[Batch]:
        """Return the batches with an event of the incident, in order: its timeline. No other batch is read."""

    def raw(self, unit: str) -> Iterator[tuple[int, bytes]]:
        """Yield (seq, stored bytes) of a unit's whole log, for verification."""

    def reproject(self, unit: str) -> None:
        """Every projection of the unit is deleted and rebuilt from its log; nothing is sent again."""
