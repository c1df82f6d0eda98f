"""What waits for a leader's decision, found in the log: no word of anybody, only incidents and why each is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from .incident import Disposition, Incident, State, Verdict
from .level import LOWEST_FOR_EMERGENCY, Level
from .next_due import NextDue, next_due
from .post import Millis
from .unit_state import UnitState


class Asked(StrEnum):
    """Why a leader is asked, what presses most first."""

    CONDUCT = "conduct"
    """A complaint about an office's conduct: it stays with the leader until he decides (DESIGN §1.8)."""
    GRAVE = "grave"
    """A matter of level Ⅰ or Ⅱ is open."""
    OVERDUE = "overdue"
    UNVERIFIABLE = "unverifiable"
    """It ended without being verified, and the second person has not signed."""
    UNSIGNED = "unsigned"
    """待补签: a second person was named and has not signed."""
    TRANSFERRED = "transferred"
    """Another unit has it; it is ours to see it ended."""


@dataclass(frozen=True, slots=True)
class LeaderItem:
    """One incident that waits for the leader, with every reason."""

    incident: str
    level: Level
    asked: tuple[Asked, ...]
    due: NextDue | None


def for_leader(state: UnitState, until: Millis, conduct: Collection[str]) -> tuple[LeaderItem, ...]:
    """
    Return what waits for the leader as the log stands in `state`; what is due before `until` is overdue.

    `conduct` are the incidents that complain about staff and of which no leader has decided.
    """
    roots = [state.as_one(one.id) for one in state.incidents.values() if one.state is not State.MERGED]
    items = [_item(one, until, is_conduct=one.id in conduct) for one in roots]
    return tuple(sorted((item for item in items if item.asked), key=_urgency))


def _item(one: Incident, until: Millis, *, is_conduct: bool) -> LeaderItem:
    due = next_due(one)
    is_unverifiable = one.disposition is Disposition.FILED and any(
        claim.verdict is Verdict.UNVERIFIABLE for claim in one.claims
    )
    holds = {
        Asked.CONDUCT: one.is_open and (is_conduct or bool(one.avoided)),
        Asked.GRAVE: one.is_open and one.level <= LOWEST_FOR_EMERGENCY,
        Asked.OVERDUE: due is not None and due.at < until,
        Asked.UNVERIFIABLE: bool(one.gaps) and is_unverifiable,
        Asked.UNSIGNED: bool(one.gaps) and not is_unverifiable,
        Asked.TRANSFERRED: one.state is State.TRANSFERRED,
    }
    return LeaderItem(one.id, one.level, tuple(asked for asked in Asked if holds[asked]), due)


def _urgency(item: LeaderItem) -> tuple[int, int, Millis, str]:
    order = tuple(Asked)
    return (order.index(item.asked[0]), item.level, item.due.at if item.due else 0, item.incident)
