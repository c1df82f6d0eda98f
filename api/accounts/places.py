"""
From where an account has come in before. Its place is counted by itself, so that guesses from elsewhere, which use up
the account's day, keep nobody out who sits where he always sits. Only hashes are kept.
"""

import json
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Clock, Record, Records

from .secret import mark_of

PLACE = "place"
KEPT: Millis = 30 * 24 * 3_600_000
"""Counted from the last time."""
MOST_PLACES = 100_000


@dataclass(frozen=True, slots=True)
class Places:
    """All places from which somebody has proven a password."""

    records: Records
    clock: Clock

    def note(self, account_id: str, where: str) -> None:
        """The account is known to come from there."""
        now = self.clock.now()
        value = json.dumps({"until": now + KEPT})
        self.records.put(Record(PLACE, "", _key(account_id, where), 0, value, now, "places", ""), expect=None)

    def knows(self, account_id: str, where: str) -> bool:
        """Whether the account has come in from there lately."""
        record = self.records.get(PLACE, "", _key(account_id, where))
        return record is not None and self.clock.now() < _until(record)

    def forget_ended(self) -> int:
        """Places from which nobody came for long are gone; returns how many."""
        now = self.clock.now()
        ended = [one for one in self.records.list(PLACE, "", limit=MOST_PLACES) if now >= _until(one)]
        for record in ended:
            self.records.remove(PLACE, "", record.key)
        return len(ended)


def _key(account_id: str, where: str) -> str:
    return mark_of(f"{account_id}|{where}")


def _until(record: Record) -> Millis:
    until: Millis = json.loads(record.value)["until"]
    return until
