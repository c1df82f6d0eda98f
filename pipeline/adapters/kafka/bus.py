"""Posts on the way, on the topic `posts` (key: source), and dead letters beside them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.crash_point import crash_point
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis, Post
from pipeline.domain.wire import post_from_json, post_to_json
from pipeline.ports import DeadLetter, Delivered, Position

from .letters import DeadLetters
from .onlooker import Onlooker
from .publisher import Publisher
from .reader import Reader
from .record import POST, Outgoing, Raw, outgoing, text_of
from .stream import Stream

MOST_TRIMMED = 20_000
"""Records that one call of `trim` looks at; the next call goes on."""


@dataclass(frozen=True, slots=True)
class KafkaPostBus:
    """
    The port PostBus over Kafka. Who only publishes joins no group: the reader connects at its first question.

    A position's offset is the one of the next record. Records cannot be taken out of the middle of a topic: what is
    erased is kept from coming back by the list of what was erased, and is gone when the topic's retention ends it.
    """

    topic: Stream
    publisher: Publisher
    reader: Reader
    onlooker: Onlooker
    letters: DeadLetters
    now: Callable[[], float] = time.time

    @property
    def stream(self) -> str:
        """The topic's id, given by the brokers when it was made; another one where the topic was made anew."""
        return self.reader.stream() or self.topic.id

    def held(self) -> Sequence[int]:
        """Return the partitions that this reader holds now, in order; joins the group where that is not done yet."""
        self.topic.ensure()
        return self.reader.held()

    def publish(self, posts: Sequence[Post]) -> None:
        """
        All posts are acknowledged, in order per source.

        Raises BadInput for a post that is no valid Unicode or too large, and nothing was published; StoreUnavailable
        where not all was acknowledged: then some may be there, and publishing all again is right.
        """
        if not posts:
            return
        records = [_record(self.topic.name, post) for post in posts]
        self.topic.ensure()
        crash_point("bus.publish.before_commit")
        self.publisher.deliver(records)
        crash_point("bus.publish.after_commit")

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        """Return what follows the position in its partition, oldest first; nothing of a partition of another reader."""
        self.topic.ensure()
        stream = self.stream
        partition, offset = self.topic.place(after, stream)
        return [self._delivered(stream, partition, raw) for raw in self.reader.read(partition, offset, limit)]

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """The letters are kept; the same id twice is one letter, the first."""
        if letters:
            self.topic.ensure()
            self.letters.bury(letters)

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """Return the newest dead letters first."""
        self.topic.ensure()
        return self.letters.newest(limit)

    def trim(self, before: Millis, done: Position) -> int:
        """
        Records at the front of the partition, collected before the time and passed by the position, are gone.

        Returns how many. A record behind a younger one stays until that one goes, or the topic's retention ends it.
        """
        if done.stream != self.stream or done.partition >= self.topic.partitions:
            return 0
        _, first, end = self.onlooker.reach(done.partition)
        upto = first
        for raw in self.onlooker.follow(done.partition, first, min(done.offset, end, first + MOST_TRIMMED)):
            if not _is_older(raw, before):
                break
            upto = raw.offset + 1
        if upto > first:
            self.topic.topics.cut(self.topic.name, done.partition, upto)
        return upto - first

    def erase(self, post_ids: frozenset[str]) -> Millis | None:
        """Dead letters hold nothing of the posts; returns when the last copy on any topic will be gone, in UTC ms."""
        self.topic.ensure()
        self.letters.erase(post_ids)
        return self.topic.topics.last_copy_ends(int(self.now() * 1_000))

    def _delivered(self, stream: str, partition: int, raw: Raw) -> Delivered:
        after = Position(stream, partition, raw.offset + 1)
        try:
            return Delivered(post_from_json(text_of(raw, POST)), after)
        except BadInput as cause:
            return Delivered(None, after, str(cause))


def _record(topic: str, post: Post) -> Outgoing:
    try:
        return outgoing(topic, POST, post.source, post_to_json(post, with_tokens=True))
    except BadInput as cause:
        raise BadInput(f"post {post.id}: {cause.args[0]}", code=cause.code) from None


def _is_older(raw: Raw, before: Millis) -> bool:
    """Return whether the record was collected before the time; what holds no post was buried when it was passed."""
    try:
        return post_from_json(text_of(raw, POST)).collected_at < before
    except BadInput:
        return True
