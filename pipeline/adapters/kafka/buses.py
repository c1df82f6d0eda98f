"""Both buses of a process over one publisher."""

from dataclasses import dataclass, replace

from .bus import KafkaPostBus
from .letters import DeadLetters
from .mentions import KafkaMentionBus
from .onlooker import Onlooker
from .publisher import Publisher
from .reader import Reader
from .settings import KafkaSettings
from .stream import Stream
from .topics import Topics


@dataclass(frozen=True, slots=True)
class KafkaBuses:
    """What a process uses of Kafka. Nothing is connected before it is first used."""

    posts: KafkaPostBus
    mentions: KafkaMentionBus
    topics: Topics

    def close(self) -> None:
        """Every client is closed, and the readers have left their groups."""
        self.posts.reader.close()
        self.mentions.reader.close()
        self.posts.onlooker.close()
        self.posts.letters.onlooker.close()
        self.posts.publisher.close()


def open_buses(settings: KafkaSettings) -> KafkaBuses:
    """Return the buses of the settings; readers of posts and of mentions are two groups."""
    topics, publisher = Topics(settings), Publisher(settings)
    letters = DeadLetters(settings.dead_letters, publisher, Onlooker(settings, settings.dead_letters))
    posts = KafkaPostBus(
        Stream(topics, settings.posts),
        publisher,
        Reader(replace(settings, group=f"{settings.group}.posts"), settings.posts),
        Onlooker(settings, settings.posts),
        letters,
    )
    reader = Reader(replace(settings, group=f"{settings.group}.mentions"), settings.mentions)
    return KafkaBuses(posts, KafkaMentionBus(Stream(topics, settings.mentions), publisher, reader), topics)
