"""
Housekeeping: what is over age goes, and what belongs to open work stays (MECHANICS §7, Retention and Tokens).

Called by the clock once an hour; each step is small, repeatable, and says how much it removed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.domain.poster_token import periods_at
from pipeline.domain.unit_state import replay
from pipeline.ports import Clock, IncidentLog, Position, PostBus, PosterTokens, PostStore, Records

from .occurrences import forget_old

DAY: Millis = 24 * 3_600_000
BUS_KEEPS = 7 * DAY
UNMENTIONED_KEPT = 30 * DAY
MENTIONED_KEPT = 180 * DAY
FETCHES_KEPT = 35 * DAY
OCCURRENCES_KEPT = 7 * DAY
PAGE = 500


@dataclass(frozen=True, slots=True)
class Housekeeper:
    """Removes what is over age. `destroy_keys` ends the keys of token periods that have ended."""

    bus: PostBus
    posts: PostStore
    log: IncidentLog
    records: Records
    tokens: PosterTokens
    clock: Clock
    destroy_keys: Callable[[Millis], int]

    def tidy(self) -> Mapping[str, int]:
        """Everything over age is gone; returns what went, by kind."""
        now = self.clock.now()
        return {
            "bus_records": self._trim(now),
            "posts": self.posts.drop_parts(now - UNMENTIONED_KEPT, now - MENTIONED_KEPT, self._kept_groups()),
            "tokens": self.tokens.forget(periods_at(now)[0]),
            "keys": self.destroy_keys(now),
            "fetches": self._forget_fetches(now - FETCHES_KEPT),
            "occurrences": forget_old(self.records, now - OCCURRENCES_KEPT),
        }

    def _trim(self, now: Millis) -> int:
        done = self.posts.position(self.bus.stream, 0)
        return self.bus.trim(now - BUS_KEEPS, done) if isinstance(done, Position) else 0

    def _kept_groups(self) -> frozenset[tuple[str, str]]:
        """Return the groups of opened incidents, of open to-dos and of open needs: they outlive the parts."""
        kept: set[tuple[str, str]] = set()
        for unit in self.log.units():
            state = replay(unit, self.log.read(unit, 0, 1_000_000))
            kept |= {(unit, group) for incident in state.incidents.values() for group in incident.groups}
            kept |= {(unit, group) for group in self._todo_groups(unit)}
        return frozenset(kept)

    def _todo_groups(self, unit: str) -> Iterable[str]:
        cursor: str | None = None
        while True:
            page = self.posts.groups(unit, todo_only=True, cursor=cursor, limit=PAGE)
            yield from (view.row.id for view in page.rows)
            if page.cursor is None:
                return
            cursor = page.cursor

    def _forget_fetches(self, before: Millis) -> int:
        """Fetch records are kept as long as the coverage of a month can be asked for."""
        old = [record for record in self.records.list("fetch", limit=100_000) if record.at < before]
        for record in old:
            self.records.remove(record.kind, record.unit, record.key)
        return len(old)
