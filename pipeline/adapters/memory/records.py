"""Records in memory: the model that the stores are compared with."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.domain.post import Millis
from pipeline.ports import Record


@dataclass(slots=True)
class _Lease:
    holder: str
    fence: int
    until: Millis


@dataclass(slots=True)
class _Kind:
    change: int = 0
    records: dict[tuple[str, str], tuple[int, Record]] = field(default_factory=dict)
    history: list[Record] = field(default_factory=list)


class MemoryRecords:
    """The port Records, forgotten with the process. Kinds whose name starts with "setting" keep every revision."""

    def __init__(self) -> None:
        self._guard = threading.RLock()
        self._kinds: dict[str, _Kind] = {}
        self._leases: dict[str, _Lease] = {}

    def get(self, kind: str, unit: str, key: str) -> Record | None:
        """Return the newest revision; None where there is none."""
        found = self._kind(kind).records.get((unit, key))
        return None if found is None else found[1]

    def put(self, record: Record, *, expect: int | None) -> bool:
        """The record is the next revision and True returned; False where the stored revision is not the expected."""
        with self._guard:
            before = self.get(record.kind, record.unit, record.key)
            revision = 0 if before is None else before.revision
            if expect is not None and expect != revision:
                return False
            kind = self._kind(record.kind)
            kind.change += 1
            stored = replace(record, revision=revision + 1)
            kind.records[(record.unit, record.key)] = (kind.change, stored)
            if record.kind.startswith("setting"):
                kind.history.insert(0, stored)
            return True

    def put_many(self, records: Sequence[Record]) -> None:
        """All records are stored, whatever was there, in one step."""
        with self._guard:
            for record in records:
                self.put(record, expect=None)

    def list(self, kind: str, unit: str | None = None, prefix: str = "", limit: int = 10_000) -> Sequence[Record]:
        """Return records by unit and key in order; `unit` None means all units."""
        records = [self._kind(kind).records[place][1] for place in sorted(self._kind(kind).records)]
        wanted = [one for one in records if unit in (None, one.unit) and one.key.startswith(prefix)]
        return wanted[:limit]

    def remove(self, kind: str, unit: str, key: str) -> None:
        """The record is gone; no error where it never was. The history of a setting stays."""
        with self._guard:
            if self._kind(kind).records.pop((unit, key), None) is not None:
                self._kind(kind).change += 1

    def history(self, kind: str, unit: str, key: str) -> Sequence[Record]:
        """Return all revisions that are kept, newest first; none for kinds that keep no history."""
        return [record for record in self._kind(kind).history if (record.unit, record.key) == (unit, key)]

    def take(self, name: str, holder: str, *, now: Millis, until: Millis) -> int | None:
        """Lease: return a fence higher than every one before, or None while another's runs that can be true."""
        with self._guard:
            lease = self._leases.setdefault(name, _Lease(holder, 0, now))
            if lease.holder != holder and now < lease.until <= now + 2 * (until - now):
                return None
            self._leases[name] = _Lease(holder, lease.fence + 1, until)
            return lease.fence + 1

    def release(self, name: str, holder: str) -> None:
        """The holder's lease has ended; no error where it holds none."""
        with self._guard:
            lease = self._leases.get(name)
            if lease is not None and lease.holder == holder:
                lease.holder, lease.until = "", 0

    def changed_since(self, kind: str, change: int) -> tuple[int, Sequence[Record]]:
        """Return the kind's change counter and its records that changed behind the given one, in that order."""
        with self._guard:
            changed = sorted(self._kind(kind).records.values(), key=lambda found: found[0])
            return (self._kind(kind).change, [record for at, record in changed if at > change])

    def _kind(self, kind: str) -> _Kind:
        return self._kinds.setdefault(kind, _Kind())
