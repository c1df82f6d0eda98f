"""Small values by id."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.post import Millis


@dataclass(frozen=True, slots=True)
class Record:
    """A versioned value under (kind, unit, key); the value is canonical JSON text."""

    kind: str
    unit: str
    key: str
    revision: int
    value: str
    at: Millis
    author: str
    reason: str


class Records(Protocol):
    """Settings, accounts, limits, source state, fetches, occurrences, leases: small values by id."""

    def get(self, kind: str, unit: str, key: str) -> Record | None:
        """Return the newest revision; None where there is none."""

    def put(self, record: Record, *, expect: int | None) -> bool:
        """
        The record is stored as revision `expect` + 1 and True returned; False where the stored revision is another.

        `expect` 0 means that it must not exist; None means whatever is there. The record's own revision is ignored.
        """

    def put_many(self, records: Sequence[Record]) -> None:
        """All records are stored, whatever was there, in one step."""

    def list(self, kind: str, unit: str | None = None, prefix: str = "", limit: int = 10_000) -> Sequence[Record]:
        """Return records by unit and key in order; `unit` None means all units."""

    def remove(self, kind: str, unit: str, key: str) -> None:
        """The record is gone; no error where it never was."""

    def history(self, kind: str, unit: str, key: str) -> Sequence[Record]:
        """Return all revisions that are kept, newest first (only kinds that keep history: settings)."""

    def take(self, name: str, holder: str, *, now: Millis, until: Millis) -> int | None:
        """
        Lease: return a fence higher than every one before, or None while another holder's lease runs.

        All holders of a name ask for the same length. An end that lies more than twice as far ahead was written by a
        clock that has been set back since: it holds nobody off.
        """

    def release(self, name: str, holder: str) -> None:
        """The holder's lease has ended; no error where it holds none."""

    def changed_since(self, kind: str, change: int) -> tuple[int, Sequence[Record]]:
        """Return a change counter and the records of the kind that changed behind the given one."""
