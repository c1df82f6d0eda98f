"""What a unit's log said at an earlier batch, for what is made of a cut."""

from collections.abc import Iterator
from itertools import takewhile

from pipeline.domain.event import Batch
from pipeline.domain.unit_state import UnitState, empty, evolve_batches

from .desk import Desk

_PAGE = 500


def read_all(desk: Desk, unit: str, after: int) -> Iterator[Batch]:
    """Yield every batch of the unit's log behind a seq, page by page."""
    while page := desk.log.read(unit, after, _PAGE):
        yield from page
        after = page[-1].seq


class PastStates:
    """What the logs said at cuts: the last one asked for is kept, since recipients and pages ask for the same."""

    def __init__(self) -> None:
        self._kept: dict[str, UnitState] = {}

    def at(self, desk: Desk, unit: str, seq: int) -> UnitState:
        """Return what the unit's log said up to a batch; the desk's own fold where that is its head."""
        head, kept = desk.state(unit), self._kept.get(unit)
        if head.seq == seq:
            return head
        begins = kept if kept is not None and kept.seq <= seq else empty(unit)
        state = evolve_batches(begins, takewhile(lambda batch: batch.seq <= seq, read_all(desk, unit, begins.seq)))
        self._kept[unit] = state
        return state
