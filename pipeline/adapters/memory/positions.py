"""How far each stream has been worked, in memory, and who holds each partition."""

from collections.abc import Sequence

from pipeline.domain.errors import StaleWorker
from pipeline.ports import Position


class Positions:
    """Positions of all streams; a taker is any object that is one and the same whenever the holder speaks."""

    def __init__(self) -> None:
        self._reached: dict[tuple[str, int], Position] = {}
        self._takers: dict[tuple[str, int], object] = {}

    def reached(self, stream: str, partition: int) -> Position | None:
        """Return how far the partition has been worked."""
        return self._reached.get((stream, partition))

    def streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position, oldest first."""
        return list(dict.fromkeys(stream for stream, _ in self._reached))

    def take(self, stream: str, partition: int, taker: object) -> Position | None:
        """The partition is the taker's until another takes it; returns how far it has come."""
        self._takers[stream, partition] = taker
        return self.reached(stream, partition)

    def refuse_stale(self, position: Position | None, writer: object) -> None:
        """Raise StaleWorker where the position's partition is another's than the writer's."""
        if position is not None:
            taker = self._takers.get((position.stream, position.partition))
            if taker is not None and taker is not writer:
                raise StaleWorker(f"partition {position.partition} was taken by another worker; this one leaves it")

    def move(self, position: Position | None) -> None:
        """The partition has come as far as the position, or stays where it is further."""
        if position is not None:
            known = self.reached(position.stream, position.partition)
            if known is None or known.offset < position.offset:
                self._reached[position.stream, position.partition] = position
