"""待补签: every signature of a unit that is missing, until it is signed. Work went on meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.incident import Gap, State
from pipeline.domain.sign_off import may_sign
from pipeline.domain.unit_state import UnitState

from .queue import Queue, QueueRow
from .visibility import Sight


@dataclass(frozen=True, slots=True)
class Unsigned:
    """One missing signature, with the line of its incident as the reader may see it; `is_mine`: he may sign himself."""

    gap: Gap
    row: QueueRow
    is_mine: bool


def unsigned(queue: Queue, state: UnitState, actor: str) -> Sequence[Unsigned]:
    """Return the missing signatures that the queue's reader may know of: what waits for `actor` first, then by age."""
    roots = [state.as_one(one.id) for one in state.incidents.values() if one.state is not State.MERGED]
    found = [
        Unsigned(gap, row, may_sign(state, one.id, gap, actor, queue.roles))
        for one in roots
        if one.gaps and (row := queue.of_incident(one)).sight is not Sight.NONE
        for gap in one.gaps
    ]
    return sorted(found, key=lambda each: (not each.is_mine, each.gap.at, each.row.key))
