"""
Posts that were read ahead of being worked, by partition: which are next.

Sources lie in several partitions, and what is grouped depends on who spoke first. So where posts wait, after a pause or
an outage, they are taken in the order in which they were collected, as one bus would bring them, roughly: no step spans
more than half an hour of collecting, so that processes side by side stay near each other; none runs far ahead of what
waits in another partition here; and no partition waits long for another that brings old posts.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .domain.post import Millis
from .means import BATCH
from .ports import Delivered, Position, PostBus

SLACK: Millis = 10 * 60_000
"""So far a partition may run ahead of what waits in another."""

SPAN: Millis = 30 * 60_000
"""So much of the time of collecting one step spans."""

IN_A_ROW = 10
"""So many steps in a row may work one partition while others wait."""


@dataclass(frozen=True, slots=True)
class Next:
    """What is worked next of a partition, and everything that was read of it so far, these included."""

    position: Position
    delivered: Sequence[Delivered]
    ahead: Sequence[Delivered]


@dataclass(slots=True)
class Ahead:
    """Reads ahead, at most BATCH records of each partition. `bus` is asked for at each use."""

    bus: Callable[[], PostBus]
    _records: dict[int, list[Delivered]] = field(default_factory=dict)
    _dry: set[int] = field(default_factory=set)
    _since_look: int = 0
    _last: int = -1
    _in_a_row: int = 0

    def forget(self, partition: int) -> None:
        """What was read of the partition is read again."""
        self._records.pop(partition, None)
        self._dry.discard(partition)

    def next(self, positions: Sequence[Position], wanted: Callable[[int], int]) -> Next | None:
        """
        Return what is next behind the positions; `wanted` says how much of a partition must be there if there is.

        A partition that held nothing more is asked again when nothing waits, and every few steps: what comes there
        meanwhile is newer than what waits.
        """
        self._since_look += 1
        if self._since_look >= IN_A_ROW or not any(self._records.get(each.partition) for each in positions):
            self._since_look = 0
            self._dry.clear()
        for position in positions:
            self._fill(position, wanted(position.partition))
        known = ((_time(held), each) for each in positions if (held := self._records[each.partition]))
        waiting = sorted(known, key=lambda one: one[0])
        if not waiting:
            return None
        if len(waiting) > 1 and self._in_a_row >= IN_A_ROW and waiting[0][1].partition == self._last:
            waiting = waiting[1:]
        position, records = waiting[0][1], self._records[waiting[0][1].partition]
        until = min((time + SLACK for time, each in waiting if each is not position), default=waiting[0][0] + SPAN)
        return Next(position, _until(records, min(until, waiting[0][0] + SPAN)), list(records))

    def worked(self, done: Next) -> None:
        """These are worked: what follows them is next."""
        partition = done.position.partition
        self._records[partition] = self._records[partition][len(done.delivered) :]
        self._in_a_row = self._in_a_row + 1 if partition == self._last else 1
        self._last = partition

    def _fill(self, position: Position, wanted: int) -> None:
        records = self._records.setdefault(position.partition, [])
        while position.partition not in self._dry and len(records) < max(1, min(wanted, BATCH)):
            more = self.bus().read(records[-1].after if records else position, BATCH - len(records))
            records += more
            if not more:
                self._dry.add(position.partition)


def _time(records: Sequence[Delivered]) -> Millis:
    return next((item.post.collected_at for item in records if item.post is not None), 0)


def _until(records: Sequence[Delivered], time: Millis) -> Sequence[Delivered]:
    """Return the records before the first that was collected later; one at least."""
    late = (n for n, item in enumerate(records) if n and item.post is not None and item.post.collected_at > time)
    return records[: next(late, len(records))]
