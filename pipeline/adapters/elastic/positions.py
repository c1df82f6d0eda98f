"""
How far each partition of a stream has been worked, who holds it, and what its last step decided: one document each.

Every write of it is a compare and swap. A commit claims the partition before it writes anything, records what it
decided, and moves the offset last. Whoever takes the partition in between changes the document, so the commit that is
under way notices at its next look; and he finds what it had decided, if it had.
"""

import json
import threading
from collections.abc import Callable, Sequence
from typing import TypeAlias

from pipeline.domain.errors import StaleWorker
from pipeline.ports import Position

from .client import Doc, Elastic
from .rewrite import a_stamp, rewrite, turns
from .wire import Json

INDEX = "positions"
_STREAMS = "streams"

Key: TypeAlias = tuple[str, int]
"""Stream and partition."""


class Positions:
    """The positions of one installation, as one worker or reader sees them; what it takes is its own."""

    def __init__(self, elastic: Elastic) -> None:
        self._elastic = elastic
        self._taker = a_stamp()
        self._guard = threading.Lock()
        self._seen: dict[Key, Doc] = {}

    def reached(self, stream: str, partition: int) -> Position | None:
        """Return how far the partition has been worked."""
        doc = self._elastic.get(INDEX, _id((stream, partition)))
        return None if doc is None else _position(doc.source)

    def streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position, oldest first."""
        doc = self._elastic.get(INDEX, _STREAMS)
        return [] if doc is None else list(json.loads(doc.source[_STREAMS]))

    def take(self, stream: str, partition: int) -> tuple[Position | None, str | None]:
        """The partition is this one's until another takes it; returns how far it has come, and a step that was cut."""
        key = (stream, partition)
        for _ in turns(self._elastic, _id(key)):
            doc = self._elastic.get(INDEX, _id(key))
            before = _unmoved(key) if doc is None else doc.source
            after = {**before, "term": before["term"] + 1, "taker": self._taker}
            if self._is_written(key, doc, after):
                return _position(after), after.get("step")
        raise AssertionError  # turns ends by raising

    def claim(self, position: Position | None) -> str | None:
        """Return the step that was cut, if any. Raises StaleWorker where another holds the position's partition."""
        if position is None:
            return None
        after = self._change(_key(position), lambda source: source)
        return None if after is None else after.get("step")

    def record(self, position: Position | None, step: str) -> None:
        """What the step decided is carried out, by this worker or by the next one. Raises StaleWorker."""

        def recorded(source: Json) -> Json:
            if "step" in source:
                raise StaleWorker("another worker is in the middle of a step of the same partition; this one leaves it")
            return {**source, "step": step}

        if position is not None:
            self._change(_key(position), recorded, or_new=True)

    def forget(self, stream: str, partition: int) -> None:
        """No step is to be carried out. Raises StaleWorker."""
        self._change((stream, partition), _without_step)

    def move(self, position: Position | None) -> None:
        """
        The partition has come as far as the position, or stays where it is further; its step is carried out.

        Raises StaleWorker.
        """
        if position is None:
            return

        def moved(source: Json) -> Json | None:
            reached = source.get("offset", -1)
            if reached < 0:
                self._know(position.stream)
            if reached >= position.offset and "step" not in source:
                return None
            return {**_without_step(source), "offset": max(reached, position.offset)}

        self._change(_key(position), moved, or_new=True)

    def _change(self, key: Key, edit: Callable[[Json], Json | None], *, or_new: bool = False) -> Json | None:
        """
        Return the partition's document after the edit, None where there is none and none was to be made.

        An edit that says None leaves the document. Raises StaleWorker where another has taken the partition.
        """
        for _ in turns(self._elastic, _id(key)):
            doc = self._standing(key)
            if doc is None and not or_new:
                return None
            before = _unmoved(key) if doc is None else doc.source
            after = edit(before)
            if after is None or self._is_written(key, doc, after):
                return before if after is None else after
        raise AssertionError  # turns ends by raising

    def _standing(self, key: Key) -> Doc | None:
        """Return the partition's document; raise StaleWorker where another has taken it."""
        with self._guard:
            seen = self._seen.get(key)
        doc = seen or self._elastic.get(INDEX, _id(key))
        if doc is not None and doc.source.get("taker", self._taker) != self._taker:
            raise StaleWorker(
                f"partition {key[1]} of stream {key[0]} was taken by another worker (term {doc.source['term']}); "
                "this one leaves it"
            )
        return doc

    def _is_written(self, key: Key, seen: Doc | None, source: Json) -> bool:
        """Whether the document that was seen has become this; what stands there is remembered for the next look."""
        wanted = {**source, "stamp": a_stamp()}
        if seen is None:
            self._elastic.create(INDEX, _id(key), wanted)
        written = None if seen is None else self._elastic.replace(seen, wanted)
        now = written or self._elastic.get(INDEX, _id(key))
        with self._guard:
            if now is None:
                self._seen.pop(key, None)
            else:
                self._seen[key] = now
        return now is not None and now.source["stamp"] == wanted["stamp"]

    def _know(self, stream: str) -> None:
        def with_it(before: Json | None) -> Json | None:
            known = json.loads(before[_STREAMS]) if before else []
            return None if stream in known else {_STREAMS: json.dumps([*known, stream])}

        rewrite(self._elastic, INDEX, _STREAMS, with_it)


def _key(position: Position) -> Key:
    return (position.stream, position.partition)


def _id(key: Key) -> str:
    return f"{key[0]}|{key[1]}"


def _unmoved(key: Key) -> Json:
    return {"stream": key[0], "partition": key[1], "term": 0}


def _position(source: Json) -> Position | None:
    offset = source.get("offset")
    return None if offset is None else Position(source["stream"], source["partition"], offset)


def _without_step(source: Json) -> Json:
    return {name: value for name, value in source.items() if name != "step"}
