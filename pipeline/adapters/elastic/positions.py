"""
How far each partition of a stream has been worked, and who holds it: one document each, changed by compare and swap.

A commit claims its partition before it writes and moves the offset last. Whoever takes the partition in between changes
the document, so the commit that is under way notices at its next look, and never moves the offset.
"""

import json
import threading
from collections.abc import Sequence

from pipeline.domain.errors import StaleWorker
from pipeline.ports import Position

from .client import Doc, Elastic
from .rewrite import a_stamp, rewrite, turns
from .wire import Json

INDEX = "positions"
_STREAMS = "streams"


class Positions:
    """The positions of one installation, as one worker or reader sees them; what it takes is its own."""

    def __init__(self, elastic: Elastic) -> None:
        self._elastic = elastic
        self._taker = a_stamp()
        self._guard = threading.Lock()
        self._seen: dict[tuple[str, int], Doc] = {}

    def reached(self, stream: str, partition: int) -> Position | None:
        """Return how far the partition has been worked."""
        doc = self._elastic.get(INDEX, _id(stream, partition))
        return None if doc is None else _position(doc.source)

    def streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position, oldest first."""
        doc = self._elastic.get(INDEX, _STREAMS)
        return [] if doc is None else list(json.loads(doc.source[_STREAMS]))

    def take(self, stream: str, partition: int) -> Position | None:
        """The partition is this one's until another takes it; returns how far it has come."""
        for _ in turns(self._elastic, _id(stream, partition)):
            doc = self._elastic.get(INDEX, _id(stream, partition))
            before = _unmoved(stream, partition) if doc is None else doc.source
            source = {**before, "term": before["term"] + 1, "taker": self._taker, "stamp": a_stamp()}
            if self._written(doc, (stream, partition), source):
                return _position(source)
        raise AssertionError  # turns ends by raising

    def claim(self, position: Position | None) -> None:
        """Raise StaleWorker where another holds the position's partition; else its document says that we were here."""
        if position is None:
            return
        for _ in turns(self._elastic, _id(position.stream, position.partition)):
            doc = self._standing(position)
            if doc is None or self._written(doc, _key(position), {**doc.source, "stamp": a_stamp()}):
                return

    def move(self, position: Position | None) -> None:
        """The partition has come as far as the position, or stays where it is further. Raises StaleWorker."""
        if position is None:
            return
        for _ in turns(self._elastic, _id(position.stream, position.partition)):
            doc = self._standing(position)
            before = _unmoved(position.stream, position.partition) if doc is None else doc.source
            if before.get("offset", -1) >= position.offset:
                return
            if "offset" not in before:
                self._know(position.stream)
            if self._written(doc, _key(position), {**before, "offset": position.offset, "stamp": a_stamp()}):
                return

    def _standing(self, position: Position) -> Doc | None:
        """Return the partition's document; raise StaleWorker where another has taken it."""
        with self._guard:
            seen = self._seen.get(_key(position))
        doc = seen or self._elastic.get(INDEX, _id(position.stream, position.partition))
        if doc is not None and doc.source.get("taker", self._taker) != self._taker:
            raise StaleWorker(
                f"partition {position.partition} of stream {position.stream} was taken by another worker "
                f"(term {doc.source['term']}); this one leaves it"
            )
        return doc

    def _written(self, seen: Doc | None, key: tuple[str, int], source: Json) -> bool:
        """Whether the document that was seen has become this; what stands there is remembered for the next look."""
        if seen is None:
            self._elastic.create(INDEX, _id(*key), source)
            now = None
        else:
            now = self._elastic.replace(seen, source)
        is_written = now is not None
        now = now or self._elastic.get(INDEX, _id(*key))
        with self._guard:
            if now is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = now
        return is_written or (now is not None and now.source["stamp"] == source["stamp"])

    def _know(self, stream: str) -> None:
        def with_it(before: Json | None) -> Json | None:
            known = json.loads(before[_STREAMS]) if before else []
            return None if stream in known else {_STREAMS: json.dumps([*known, stream])}

        rewrite(self._elastic, INDEX, _STREAMS, with_it)


def _key(position: Position) -> tuple[str, int]:
    return (position.stream, position.partition)


def _id(stream: str, partition: int) -> str:
    return f"{stream}|{partition}"


def _unmoved(stream: str, partition: int) -> Json:
    return {"stream": stream, "partition": partition, "term": 0}


def _position(source: Json) -> Position | None:
    offset = source.get("offset")
    return None if offset is None else Position(source["stream"], source["partition"], offset)
