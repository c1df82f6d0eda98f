"""Posts on the way, in memory: the model that the buses are compared with."""

import uuid
from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.post import Millis, Post
from pipeline.ports import DeadLetter, Delivered, Position

PARTITION = 0


class MemoryPostBus:
    """The port PostBus, forgotten with the process."""

    def __init__(self, stream: str | None = None) -> None:
        self._stream = stream or uuid.uuid4().hex
        self._last_offset = 0
        self._records: dict[int, Post] = {}
        self._letters: dict[str, DeadLetter] = {}

    @property
    def stream(self) -> str:
        """The id of this stream, made with it and never changed."""
        return self._stream

    def held(self) -> Sequence[int]:
        """Return the one partition that there is."""
        return (PARTITION,)

    def publish(self, posts: Sequence[Post]) -> None:
        """All posts are on the bus, in order."""
        for post in posts:
            self._last_offset += 1
            self._records[self._last_offset] = post

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        """Return what follows the position, oldest first; a position that this stream never gave means all."""
        offset = after.offset if after is not None and self._is_own(after) else 0
        behind = [found for found in self._records if found > offset or offset > self._last_offset]
        return [Delivered(self._records[found], Position(self._stream, PARTITION, found)) for found in behind[:limit]]

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """The letters are kept; the same id twice is one letter, the first."""
        for letter in letters:
            self._letters.setdefault(letter.id, letter)

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """Return the newest dead letters first."""
        return sorted(self._letters.values(), key=lambda letter: letter.at)[::-1][:limit]

    def trim(self, before: Millis, done: Position) -> int:
        """Records collected before the time and already passed by the position are gone; returns how many."""
        passed = done.offset if self._is_own(done) else 0
        old = [found for found, post in self._records.items() if found <= passed and post.collected_at < before]
        for found in old:
            del self._records[found]
        return len(old)

    def erase(self, post_ids: frozenset[str]) -> Millis | None:
        """Records of the posts are gone at once, and dead letters hold nothing of them but stage and error."""
        self._records = {found: post for found, post in self._records.items() if post.id not in post_ids}
        for letter in self._letters.values():
            if any(post_id in letter.post for post_id in post_ids):
                self._letters[letter.id] = replace(letter, post="", address="")
        return None

    def _is_own(self, position: Position) -> bool:
        return position.stream == self._stream and position.partition == PARTITION
