"""
When each open incident must be looked at next, in order: the minute's check looks at what is due and at nothing else.

The index belongs to one fold of one unit's log and follows it batch by batch. An incident that was merged counts with
the one that absorbed it. Entries of the heap that a later one replaced are passed over when their turn comes.
"""

import heapq
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.domain.escalation import EscalationPolicy, next_look
from pipeline.domain.event import Batch
from pipeline.domain.next_due import next_due
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState

STALE_ENTRIES = 4
"""The heap is made anew where it holds so many times more entries than there are incidents with a moment."""


@dataclass(slots=True)
class DueIndex:
    """Open incidents by their next moment. `undated` are those without any due time: there must be none."""

    policy: EscalationPolicy
    undated: set[str] = field(default_factory=set)
    open_now: set[str] = field(default_factory=set)
    _looks: dict[str, Millis] = field(default_factory=dict)
    _heap: list[tuple[Millis, str]] = field(default_factory=list)

    def begin(self, state: UnitState, policy: EscalationPolicy) -> None:
        """The index is that of the state, under the policy."""
        self.policy = policy
        self.undated, self.open_now, self._looks = set(), set(), {}
        for incident in state.incidents.values():
            if incident.into is None:
                self._stand(state, incident.id)
        self._heap = [(at, incident) for incident, at in self._looks.items()]
        heapq.heapify(self._heap)

    def follow(self, state: UnitState, batches: Iterable[Batch]) -> None:
        """The index is that of the state, which the batches have made of the one before."""
        touched = {event.incident for batch in batches for event in batch.events if event.incident}
        for incident in touched:
            self._stand(state, incident)
        for root in {_root(state, incident) for incident in touched}:
            at = self._stand(state, root)
            if at is not None:
                heapq.heappush(self._heap, (at, root))
        if len(self._heap) > STALE_ENTRIES * len(self._looks) + STALE_ENTRIES:
            self._heap = [(at, incident) for incident, at in self._looks.items()]
            heapq.heapify(self._heap)

    def due(self, now: Millis) -> Sequence[str]:
        """Return the ids of the incidents of which the clocks want something now; they stay until they change."""
        found: dict[str, Millis] = {}
        while self._heap and self._heap[0][0] <= now:
            at, incident = heapq.heappop(self._heap)
            if self._looks.get(incident) == at:
                found[incident] = at
        for incident, at in found.items():
            heapq.heappush(self._heap, (at, incident))
        return sorted(found)

    def _stand(self, state: UnitState, incident: str) -> Millis | None:
        """The incident is known as it stands; returns its next moment."""
        self._looks.pop(incident, None)
        self.undated.discard(incident)
        self.open_now.discard(incident)
        if not state.incidents[incident].is_open:
            return None
        one = state.as_one(incident)
        self.open_now.add(incident)
        if next_due(one) is None:
            self.undated.add(incident)
        at = next_look(one, self.policy)
        if at is not None:
            self._looks[incident] = at
        return at


def _root(state: UnitState, incident: str) -> str:
    """Return the incident that has absorbed this one last, itself where none has."""
    while (into := state.incidents[incident].into) is not None:
        incident = into
    return incident
