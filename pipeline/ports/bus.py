"""What is on the way: posts from intake to the worker, and findings from its first half to its second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.found import Found
from pipeline.domain.post import Millis, Post


@dataclass(frozen=True, slots=True)
class Position:
    """How far a reader of posts has come; it names its stream, so that a position of another stream means nothing."""

    stream: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class Delivered:
    """One record of the bus: a post, or None where its bytes cannot be read, with the position *after* it."""

    post: Post | None
    after: Position
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DeliveredFound:
    """One record of the mentions bus: a finding, or None where its bytes cannot be read, with the position *after*."""

    found: Found | None
    after: Position
    problem: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What could not be worked: intake's output as JSON, or only source, address and hash where intake failed."""

    id: str
    source: str
    stage: str
    error: str
    at: Millis
    address: str = ""
    body_hash: str = ""
    post: str = ""


class PostBus(Protocol):
    """Posts on the way from intake to the worker, kept for at most 7 days, in order per source."""

    @property
    def stream(self) -> str:
        """The id of this stream, made with it and never changed."""

    def held(self) -> Sequence[int]:
        """
        Return the partitions that this reader holds now, in order; the embedded bus has one, and its reader holds it.

        Whoever holds a partition may lose it at any time: what fences its writes is `PostStore.take`.
        """

    def publish(self, posts: Sequence[Post]) -> None:
        """All posts are on the bus, in order, or none is."""

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        """
        Return what follows the position in its partition, oldest first.

        Offset 0 is the beginning of a partition. None or an unknown stream means from the beginning of partition 0.
        """

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """The letters are kept; the same id twice is one letter."""

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """Return the newest dead letters first."""

    def trim(self, before: Millis, done: Position) -> int:
        """Records collected before the time and already passed by the position are gone; returns how many."""

    def erase(self, post_ids: frozenset[str]) -> Millis | None:
        """Records of the posts hold no text any more where that is possible; else when the last copy will be gone."""


class MentionBus(Protocol):
    """
    Findings on the way from the first half of the worker to the second, in order per unit (the key of a record).

    Kept for at most 7 days. Delivered at least once: a finding may come twice, and late.
    """

    @property
    def stream(self) -> str:
        """The id of this stream, made with it and never changed."""

    def held(self) -> Sequence[int]:
        """Return the partitions that this reader holds now, in order."""

    def partition_of(self, unit: str) -> int:
        """Return the partition that carries all findings of the unit, whether there are any or none."""

    def publish(self, found: Sequence[Found]) -> None:
        """
        All findings are durable on the bus, in order per unit, when this returns.

        Raises StoreUnavailable where that is not certain: then some may be there, and all are published again.
        """

    def read(self, after: Position | None, limit: int) -> Sequence[DeliveredFound]:
        """
        Return what follows the position in its partition, oldest first.

        Offset 0 is the beginning of a partition. None or an unknown stream means from the beginning of partition 0.
        """
