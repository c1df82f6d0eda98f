"""How an assignment stands for whoever opens its link: what he is shown, and what becomes of what he sends."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.domain.unit_state import UnitState
from pipeline.ports import IncidentLog
from pipeline.workflow.assignment import Given, assignment_given, root_of

from .links import ReplyLink, ReplyLinks


class Standing(StrEnum):
    """What whoever opens a link finds. Of what is UNKNOWN nothing is said, also where there was something once."""

    WAITS = "waits"
    ENDED = "ended"
    """The office has answered, or returned it; what it adds is kept as a note."""
    CLOSED = "closed"
    """The matter ended without it; what it adds is kept as a note."""
    WITHDRAWN = "withdrawn"
    """The desk took it back; nothing of the matter is shown any more."""
    OVER = "over"
    """The link's time has ended."""
    UNKNOWN = "unknown"


ADDS = frozenset({Standing.ENDED, Standing.CLOSED})
"""Here what is sent late becomes a note beside the matter, of which the owner is told."""
SHOWN = ADDS | {Standing.WAITS}
"""Here something of the matter is shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a link leads to; `given` None where nothing of it may be shown."""

    standing: Standing
    link: ReplyLink | None = None
    given: Given | None = None


@dataclass(frozen=True, slots=True)
class Replies:
    """Looks links up, and what they are for; looking changes nothing."""

    links: ReplyLinks
    log: IncidentLog
    state: Callable[[str], UnitState]
    is_for_leader: Callable[[str, str], bool]

    def look(self, secret: str) -> Found:
        """Return how the assignment of a link stands now."""
        link = self.links.find(secret)
        if link is None:
            return Found(Standing.UNKNOWN)
        state = self.state(link.unit)
        if link.incident not in state.incidents:
            return Found(Standing.UNKNOWN)
        root = root_of(state, link.incident)
        is_kept = self.is_for_leader(link.unit, root.id)
        given = assignment_given(self.log, state, link.incident, link.seq, is_kept=is_kept)
        if given is None or given.is_hidden:
            return Found(Standing.UNKNOWN)
        if self.links.is_over(link):
            return Found(Standing.OVER, link)
        standing = _standing(given)
        return Found(standing, link, given if standing in SHOWN else None)


def _standing(given: Given) -> Standing:
    if given.task is None or given.task.recalled_at is not None:
        return Standing.WITHDRAWN
    if given.task.ended_at is not None:
        return Standing.ENDED
    return Standing.WAITS if given.incident.is_open else Standing.CLOSED
