"""Findings on the way from the first half of the worker to the second, on the topic `mentions` (key: unit)."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.found import Found, found_from_json, found_to_json
from pipeline.domain.partition import partition_of
from pipeline.ports import DeliveredFound, Position

from .publisher import Publisher
from .reader import Reader
from .record import FOUND, Raw, outgoing, text_of
from .stream import Stream


@dataclass(frozen=True, slots=True)
class KafkaMentionBus:
    """The port MentionBus over Kafka; its reader joins the group at its first question."""

    topic: Stream
    publisher: Publisher
    reader: Reader

    @property
    def stream(self) -> str:
        """The topic's id, given by the brokers when it was made; another one where the topic was made anew."""
        return self.reader.stream() or self.topic.id

    def held(self) -> Sequence[int]:
        """Return the partitions that this reader holds now, in order; joins the group where that is not done yet."""
        self.topic.ensure()
        return self.reader.held()

    def partition_of(self, unit: str) -> int:
        """Return the partition that carries all findings of the unit: the one that the publisher sends them to."""
        return partition_of(unit, self.topic.partitions)

    def publish(self, found: Sequence[Found]) -> None:
        """
        All findings are acknowledged, in order per unit.

        Raises StoreUnavailable where that is not certain: then some may be there, and all are published again.
        """
        if not found:
            return
        records = [outgoing(self.topic.name, FOUND, each.unit, found_to_json(each)) for each in found]
        self.topic.ensure()
        self.publisher.deliver(records)

    def read(self, after: Position | None, limit: int) -> Sequence[DeliveredFound]:
        """Return what follows the position in its partition, oldest first; nothing of a partition of another reader."""
        self.topic.ensure()
        stream = self.stream
        partition, offset = self.topic.place(after, stream)
        return [_delivered(stream, partition, raw) for raw in self.reader.read(partition, offset, limit)]


def _delivered(stream: str, partition: int, raw: Raw) -> DeliveredFound:
    after = Position(stream, partition, raw.offset + 1)
    try:
        return DeliveredFound(found_from_json(text_of(raw, FOUND)), after)
    except BadInput as cause:
        return DeliveredFound(None, after, str(cause))
