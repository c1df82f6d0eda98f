"""
Which partitions of a stream this process holds, and how far it has worked each.

A partition that a reader holds is taken in the store before anything of it is read: from then on a commit of whoever
held it before is refused (MECHANICS §3). Where a step fails, the partition is let go and taken anew by the next step,
so that its position is always the store's and never a guess.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from .ports import Position, PostStore

log = logging.getLogger(__name__)


class Stream(Protocol):
    """A bus, as far as this asks it."""

    @property
    def stream(self) -> str:
        """The id of the stream."""

    def held(self) -> Sequence[int]:
        """Return the partitions that this reader holds now."""


@dataclass(frozen=True, slots=True)
class Moves:
    """Which partitions were taken just now, and which are another's by now."""

    gained: tuple[int, ...] = ()
    lost: tuple[int, ...] = ()


@dataclass(slots=True)
class Holding:
    """
    The partitions of one stream that this process works.

    `beside` says which other streams are at work here: they make this one no stream that comes after another.
    """

    bus: Stream
    store: PostStore
    beside: Callable[[], str]
    _at: dict[int, Position] = field(default_factory=dict)
    _stream: str = ""
    _last: int = -1
    _reported: str = ""

    def follow(self) -> Moves:
        """What the reader holds is taken, what it lost is let go; with another stream everything begins anew."""
        stream, held = self.bus.stream, self.bus.held()
        lost = [each for each in self._at if each not in held or stream != self._stream]
        for each in lost:
            del self._at[each]
        self._stream = stream
        gained = [each for each in held if each not in self._at]
        for each in gained:
            self._at[each] = self._taken(stream, each)
        return Moves(tuple(gained), tuple(each for each in lost if each not in gained))

    def in_turn(self) -> Sequence[Position]:
        """Return how far each held partition is, beginning behind the one that was worked last."""
        held = sorted(self._at)
        return [
            self._at[each] for each in (*(p for p in held if p > self._last), *(p for p in held if p <= self._last))
        ]

    def position(self, partition: int) -> Position:
        """Return how far a held partition is."""
        return self._at[partition]

    def holds(self, partition: int) -> bool:
        """Whether the partition was taken and not let go since."""
        return partition in self._at

    def moved(self, to: Position) -> None:
        """The partition is worked up to the position, and stored so."""
        self._at[to.partition] = to
        self._last = to.partition

    def let_go(self, partition: int) -> None:
        """The partition is taken anew before it is worked again."""
        self._at.pop(partition, None)
        self._last = partition

    def _taken(self, stream: str, partition: int) -> Position:
        position = self.store.take(stream, partition)
        if position is not None:
            return position
        known = set(self.store.known_streams())
        if stream not in known and stream != self._reported and known - {self.beside()}:
            self._reported = stream
            log.warning("worker.new_stream: stream %s is unknown here; it is read from its beginning", stream)
        return Position(stream, partition, 0)
