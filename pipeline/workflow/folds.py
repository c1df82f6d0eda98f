"""
The fold of each unit's log, kept up with it: only a cache, for as many threads as ask.

A unit's fold is read and advanced by one thread at a time; each batch advances it once, whoever read or wrote it. What
a thread got is a value, and stays as it is while others go on.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.domain.escalation import DEFAULT_REMINDERS, EscalationPolicy
from pipeline.domain.event import Batch
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState, empty, evolve_batches
from pipeline.ports import IncidentLog

from .due_index import DueIndex

PAGE = 500


@dataclass(slots=True)
class _Fold:
    """
    One unit's state, how often people moved mentions in it, and what is due when (from the first question on).

    Who advances it holds the lock.
    """

    state: UnitState
    splits: int = 0
    index: DueIndex | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    def advance(self, batches: Sequence[Batch]) -> None:
        """The fold is that of the log behind the batches, which follow it."""
        state = evolve_batches(self.state, batches)
        if self.index is not None:
            self.index.follow(state, batches)
        self.splits += sum(event.type == "group_split" for batch in batches for event in batch.events)
        self.state = state


class Folds:
    """The folds of all units."""

    def __init__(self, log: IncidentLog) -> None:
        self._log = log
        self._folds: dict[str, _Fold] = {}
        self._lock = threading.Lock()

    def state(self, unit: str) -> UnitState:
        """Return what the unit's log says now; only new batches are read."""
        fold = self._fold(unit)
        with fold.lock:
            while batches := self._log.read(unit, fold.state.seq, PAGE):
                fold.advance(batches)
            return fold.state

    def known(self, unit: str) -> UnitState:
        """Return what the unit's log said when it was last read."""
        return self._fold(unit).state

    def splits(self, unit: str) -> int:
        """Return how often people have moved mentions to other groups, as far as the log was read."""
        return self._fold(unit).splits

    def appended(self, batch: Batch) -> None:
        """The fold has the batch that was just written; where others wrote before it, the next read has them all."""
        fold = self._fold(batch.unit)
        with fold.lock:
            if fold.state.seq == batch.seq - 1:
                fold.advance([batch])

    def due(self, unit: str, policy: EscalationPolicy, now: Millis) -> Sequence[str]:
        """Return the open incidents of which the clocks may want something now."""
        with self._fold(unit).lock:
            return self._index(unit, policy).due(now)

    def undated(self, unit: str) -> frozenset[str]:
        """Return the open incidents that have no due time and no reason to wait: there must be none."""
        with self._fold(unit).lock:
            return frozenset(self._index(unit, None).undated)

    def open_incidents(self, unit: str) -> int:
        """Return in how many incidents somebody owes something."""
        with self._fold(unit).lock:
            return len(self._index(unit, None).open_now)

    def _index(self, unit: str, policy: EscalationPolicy | None) -> DueIndex:
        """Return the unit's index up to the log's head, under the policy; None: whichever it has."""
        fold = self._fold(unit)
        state = self.state(unit)
        if fold.index is None or (policy is not None and fold.index.policy != policy):
            fold.index = DueIndex(policy or DEFAULT_REMINDERS)
            fold.index.begin(state, fold.index.policy)
        return fold.index

    def _fold(self, unit: str) -> _Fold:
        with self._lock:
            fold = self._folds.get(unit)
            if fold is None:
                fold = self._folds[unit] = _Fold(empty(unit))
            return fold
