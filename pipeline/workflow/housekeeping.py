"""
Housekeeping: what is over age goes, and what belongs to open work stays (MECHANICS §7, Retention and Tokens).

Called by the clock once an hour; each step is small, repeatable, and says how much it removed.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.domain.poster_token import periods_at
from pipeline.domain.unit_state import UnitState, replay
from pipeline.ports import (
    Blobs,
    Clock,
    ErasureReceipt,
    IncidentLog,
    Position,
    PostBus,
    PosterTokens,
    PostStore,
    Record,
    Records,
)

from .absences import forget_absences
from .erase import Wanted
from .group_pages import every_group
from .ledger_end import LedgerEnd
from .leftovers import ORDERS_KEPT, UNNAMED_KEPT, forget_orders, sweep_attachments
from .occurrences import forget_old
from .settings import SETTING

DAY: Millis = 24 * 3_600_000
BUS_KEEPS = 7 * DAY
UNMENTIONED_KEPT = 30 * DAY
MENTIONED_KEPT = 180 * DAY
OCCURRENCES_KEPT = 7 * DAY
EVERY_NEED = EVERY_BATCH = 1_000_000
DROPPED = "retention"
"""The kind of the record that changes when posts were dropped, so that the worker derives memory and rows again."""


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
    erase: Callable[[Wanted], ErasureReceipt]
    blobs: Blobs

    def tidy(self) -> Mapping[str, int]:
        """Everything over age is gone; returns what went, by kind."""
        now = self.clock.now()
        ended, dropped = self._drop_posts(now)
        return {
            "bus_records": self._trim(now),
            "posts": dropped,
            "ledger_ends": ended,
            "tokens": self.tokens.forget(periods_at(now)[0]),
            "keys": self.destroy_keys(now),
            "absences": forget_absences(self.records, now - MENTIONED_KEPT),
            "occurrences": forget_old(self.records, now - OCCURRENCES_KEPT),
            "orders": forget_orders(self.records, now - ORDERS_KEPT),
            "memos": self.log.sweep_memos(now - UNNAMED_KEPT),
            "attachments": sweep_attachments(self.blobs, self.log, sorted(self._units()), now - UNNAMED_KEPT),
        }

    def _trim(self, now: Millis) -> int:
        done = self.posts.position(self.bus.stream, 0)
        return self.bus.trim(now - BUS_KEEPS, done) if isinstance(done, Position) else 0

    def _drop_posts(self, now: Millis) -> tuple[int, int]:
        """What the ledger kept for long enough is erased, then parts over age are dropped; returns how much went."""
        states = [replay(unit, self.log.read(unit, 0, EVERY_BATCH)) for unit in sorted(self._units())]
        ledger = LedgerEnd(self.posts, self.log, self.records, self.clock, self.erase)
        groups, posts = self._kept_groups(states) - ledger.over(states), self._open_needs(states)
        ended = ledger.clear(ledger.due(states), groups, posts, now - MENTIONED_KEPT)
        dropped = self.posts.drop_parts(now - UNMENTIONED_KEPT, now - MENTIONED_KEPT, groups, posts)
        if dropped:
            self.records.put(Record(DROPPED, "", "posts", 0, str(dropped), now, "housekeeper", ""), expect=None)
        return ended, dropped

    def _units(self) -> set[str]:
        """Return every unit: one without a log may have to-dos, and one without settings a log."""
        return {*self.log.units(), *(record.unit for record in self.records.list(SETTING) if record.key == "unit")}

    def _kept_groups(self, states: Iterable[UnitState]) -> frozenset[tuple[str, str]]:
        """Return the groups of opened incidents and of open to-dos: their posts outlive the parts."""
        kept: set[tuple[str, str]] = set()
        for state in states:
            kept |= {(state.unit, group) for incident in state.incidents.values() for group in incident.groups}
            kept |= {(state.unit, view.row.id) for view in every_group(self.posts, state.unit, todo_only=True)}
        return frozenset(kept)

    def _open_needs(self, states: Iterable[UnitState]) -> frozenset[str]:
        """Return the posts of needs without an outcome, each by itself: where `about` is false they have no group."""
        return frozenset(
            mention.post
            for state in states
            for mention, _ in self.posts.needs(state.unit, EVERY_NEED)
            if mention.post not in state.needs or state.needs[mention.post].ended_at is None
        )
