"""
Who read what, and who came in. Post ids, never a post's text.

Reads are gathered and written in batches, at the latest after ten seconds: a process that is killed loses at most
those. Where they cannot be written, reading stops before more than a few thousand are owed. Entries are written at
once.
"""

import json
import secrets
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of
from pipeline.ports import Clock, Record, Records

READS = "audit_read"
ENTRIES = "audit_entry"
KEPT: Millis = 200 * 24 * 3_600_000
"""The law asks for at least six months of access logs (网络安全法 §21); after this they are removed."""
GATHERED_FOR: Millis = 10_000
GATHERED_IDS = 500
MOST_OWED = 5_000
REMOVED_AT_ONCE = 5_000
MOST_OF_A_DAY = 200_000


@dataclass(slots=True)
class _Batch:
    since: Millis
    posts: dict[str, None] = field(default_factory=dict)


class Audit:
    """Writes down who was shown which posts, and who came in or was turned away."""

    def __init__(self, records: Records, clock: Clock) -> None:
        self._records = records
        self._clock = clock
        self._guard = threading.Lock()
        self._batches: dict[tuple[str, str, str], _Batch] = {}

    def shown(self, account: str, unit: str, where: str, posts: Iterable[str]) -> None:
        """
        These posts of the unit are shown to the account on that page; it will be on record.

        Raises StoreUnavailable where reads can no longer be written down: who cannot be recorded cannot read.
        """
        now = self._clock.now()
        with self._guard:
            batch = self._batches.setdefault((account, unit, where), _Batch(now))
            batch.posts.update(dict.fromkeys(posts))
            owed = sum(len(each.posts) for each in self._batches.values())
            is_due = len(batch.posts) >= GATHERED_IDS or now - batch.since >= GATHERED_FOR
        if is_due or owed > MOST_OWED:
            try:
                self.flush()
            except StoreUnavailable:
                if owed > MOST_OWED:
                    raise

    def flush(self) -> int:
        """Everything that was gathered is on record; returns how many batches that took."""
        with self._guard:
            now = self._clock.now()
            records = [
                self._record(READS, unit, {"account": account, "where": where, "posts": list(batch.posts)}, now)
                for (account, unit, where), batch in self._batches.items()
                if batch.posts
            ]
            self._records.put_many(records)
            self._batches.clear()
        return len(records)

    def flush_due(self) -> None:
        """What was gathered for long enough is on record; asked each second it costs nothing."""
        now = self._clock.now()
        with self._guard:
            is_due = any(now - batch.since >= GATHERED_FOR for batch in self._batches.values())
        if is_due:
            self.flush()

    def opened(self, account: str, unit: str, post: str) -> None:
        """It is on record that the account opens this post's original, before it does."""
        value = {"account": account, "where": "original", "posts": [post]}
        self._records.put(self._record(READS, unit, value, self._clock.now()), expect=None)

    def entered(self, account: str, what: str, client: str, outcome: str) -> None:
        """It is on record who came in or tried to: what was asked, from which address, and how it ended."""
        value = {"account": account, "what": what, "client": client, "outcome": outcome}
        self._records.put(self._record(ENTRIES, "", value, self._clock.now()), expect=None)

    def reads(self, unit: str, day: str, after: str = "", limit: int = 1_000) -> Sequence[Mapping[str, Any]]:
        """Return the reads of a unit on a day (2026-11-23, UTC), in order, behind the one of that id."""
        records = self._records.list(READS, unit, day, MOST_OF_A_DAY)
        return [_read(record) for record in records if record.key > after][:limit]

    def entries(
        self, day: str, after: str = "", limit: int = 1_000, *, of: Callable[[str], bool] | None = None
    ) -> Sequence[Mapping[str, Any]]:
        """
        Return who came in or tried to on a day (2026-11-23, UTC), in order, behind the entry of that id.

        `of` says of which accounts; without it of all.
        """
        records = self._records.list(ENTRIES, "", day, MOST_OF_A_DAY)
        rows = [_read(record) for record in records if record.key > after]
        return [row for row in rows if of is None or of(row["account"])][:limit]

    def forget_old(self, units: Iterable[str]) -> int:
        """What is older than is kept is gone; returns how much went."""
        oldest = _place(self._clock.now() - KEPT)
        gone = 0
        for kind, unit in [(ENTRIES, ""), *((READS, unit) for unit in units)]:
            for record in self._records.list(kind, unit, limit=REMOVED_AT_ONCE):
                if record.key >= oldest:
                    break
                self._records.remove(kind, unit, record.key)
                gone += 1
        return gone

    def _record(self, kind: str, unit: str, value: Mapping[str, object], at: Millis) -> Record:
        key = f"{_place(at)}-{secrets.token_hex(6)}"
        return Record(kind, unit, key, 0, json.dumps(value, ensure_ascii=False, sort_keys=True), at, "audit", "")


def _place(at: Millis) -> str:
    """Return the beginning of a key: by day, then in order of time."""
    return f"{iso_of(at)[:10]}/{at:015d}"


def _read(record: Record) -> Mapping[str, Any]:
    return {"id": record.key, "at": iso_of(record.at), **json.loads(record.value)}
