"""A topic as a stream: its id, its number of partitions, and where in it a position is."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.ports import Position

from .topics import Topics

FRESH = 10.0
"""Seconds for which a process that reads nothing believes what it knows of a topic's id."""


@dataclass(slots=True)
class Stream:
    """One topic, made where it is missing when it is first used."""

    topics: Topics
    name: str
    clock: Callable[[], float] = time.monotonic
    _id: str = ""
    _partitions: int = 0
    _asked: float = float("-inf")

    @property
    def id(self) -> str:
        """Return the topic's id, at most ten seconds old."""
        self._learn()
        return self._id

    @property
    def partitions(self) -> int:
        """Return how many partitions the topic has."""
        self._learn()
        return self._partitions

    def ensure(self) -> None:
        """The topics are there; asked once."""
        if not self._id:
            self._learn()

    def place(self, after: Position | None, stream: str) -> tuple[int, int]:
        """Return partition and offset of what follows the position; one of another stream is the beginning of 0."""
        if after is None or after.stream != stream or after.partition >= self.partitions:
            return 0, 0
        return after.partition, after.offset

    def _learn(self) -> None:
        if self._id and self.clock() - self._asked < FRESH:
            return
        if not self._id:
            self.topics.ensure()
        self._id, self._partitions = self.topics.standing_of(self.name)
        self._asked = self.clock()
