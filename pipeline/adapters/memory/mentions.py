"""Findings on the way, in memory: the model that the buses are compared with."""

import uuid
from collections.abc import Sequence

from pipeline.domain.found import Found
from pipeline.domain.partition import partition_of
from pipeline.ports import DeliveredFound, Position


class MemoryMentionBus:
    """The port MentionBus, forgotten with the process; `hold` says which partitions a reader has, all at first."""

    def __init__(self, partitions: int = 1, stream: str | None = None) -> None:
        self._stream = stream or uuid.uuid4().hex
        self._records: list[list[Found]] = [[] for _ in range(partitions)]
        self._held: tuple[int, ...] = tuple(range(partitions))

    @property
    def stream(self) -> str:
        """The id of this stream, made with it and never changed."""
        return self._stream

    def held(self) -> Sequence[int]:
        """Return the partitions that this reader holds now, in order."""
        return self._held

    def hold(self, partitions: Sequence[int]) -> None:
        """This reader holds these partitions and no others, as a broker assigns them."""
        self._held = tuple(sorted(partitions))

    def beside(self) -> "MemoryMentionBus":
        """Return another reader of the same findings, as another process has one; it holds nothing yet."""
        other = MemoryMentionBus(0, self._stream)
        other._records = self._records
        return other

    def partition_of(self, unit: str) -> int:
        """Return the partition that carries all findings of the unit."""
        return partition_of(unit, len(self._records))

    def publish(self, found: Sequence[Found]) -> None:
        """All findings are on the bus, in order per unit."""
        for each in found:
            self._records[self.partition_of(each.unit)].append(each)

    def read(self, after: Position | None, limit: int) -> Sequence[DeliveredFound]:
        """Return what follows the position in its partition; a position that this stream never gave means all of it."""
        partition, offset = (after.partition, after.offset) if after and after.stream == self._stream else (0, 0)
        records = self._records[partition]
        start = offset if offset <= len(records) else 0
        return [
            DeliveredFound(found, Position(self._stream, partition, number))
            for number, found in enumerate(records[start : start + limit], start=start + 1)
        ]
