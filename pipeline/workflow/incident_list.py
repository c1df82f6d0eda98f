"""A unit's incidents, opened last first, page by page, as far as they are what somebody looks for. Only reads."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.incident import Incident, State
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState
from pipeline.ports import PostStore

from .queue import Queue, QueueRow
from .visibility import NOBODY, Roles, Sight

LOOKED_AT = 2_000
"""So many incidents are looked at for one page; the cursor goes on behind them, also where none of them was wanted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    What somebody looks for; what is empty or None asks for nothing. `since` is when it was opened at the earliest.

    Without states those that were merged into another are left out, since that other shows them.
    """

    states: frozenset[State] = frozenset()
    levels: frozenset[int] = frozenset()
    line: str | None = None
    since: Millis | None = None


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """A page of incidents; `cursor` None means that nothing follows. A page may be short, and others still follow."""

    rows: Sequence[QueueRow]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class IncidentList:
    """Reads the incidents of one unit as its log stands in `state`, for a reader of these roles (visibility.py)."""

    posts: PostStore
    state: UnitState
    roles: Roles = NOBODY

    def page(self, wanted: Wanted, cursor: str | None = None, limit: int = 50) -> IncidentPage:
        """Return the next incidents. Raises BadInput (INP-152) for a cursor that is none of this list."""
        behind = None if cursor is None else _place_from(cursor)
        looked_at = heapq.nlargest(LOOKED_AT + 1, self._candidates(wanted, behind), key=_place)
        rows: list[QueueRow] = []
        for incident in looked_at[:LOOKED_AT]:
            if len(rows) == limit:
                return IncidentPage(rows, _cursor(_last(looked_at, incident)))
            row = Queue(self.posts, self.state, self.roles).of_incident(self.state.as_one(incident.id))
            if row.sight is not Sight.NONE and wanted.line in (None, *(one.line for one in row.rows[:1])):
                rows.append(row)
        follows = len(looked_at) > LOOKED_AT
        return IncidentPage(rows, _cursor(looked_at[LOOKED_AT - 1]) if follows else None)

    def _candidates(self, wanted: Wanted, behind: tuple[Millis, str] | None) -> Iterator[Incident]:
        """Yield the incidents behind a place that are wanted as far as the log says."""
        for incident in self.state.incidents.values():
            if behind is not None and _place(incident) >= behind:
                continue
            if wanted.since is not None and incident.times.opened_at < wanted.since:
                continue
            if incident.state not in wanted.states if wanted.states else incident.state is State.MERGED:
                continue
            if not wanted.levels or self.state.as_one(incident.id).level in wanted.levels:
                yield incident


def _last(looked_at: Sequence[Incident], following: Incident) -> Incident:
    """Return the incident before the one that would follow."""
    return looked_at[looked_at.index(following) - 1]


def _place(incident: Incident) -> tuple[Millis, str]:
    return incident.times.opened_at, incident.id


def _cursor(incident: Incident) -> str:
    opened_at, name = _place(incident)
    return f"{opened_at}.{name}"


def _place_from(cursor: str) -> tuple[Millis, str]:
    opened_at, dot, name = cursor.partition(".")
    if not (dot and name and opened_at.isascii() and opened_at.isdigit() and len(opened_at) < 17):
        raise BadInput(f"cursor {cursor[:40]!r} is none of this list; leave it out to begin anew", code="INP-152")
    return int(opened_at), name
