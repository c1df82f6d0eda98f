"""
What Kafka costs: messages per CPU-second through our bus, through its client alone, and through the peer's.

    python bench/cluster_kafka.py [--posts 50000] [--kafka HOST:PORT]

A real broker is started where none is named. Producing waits for every acknowledgement; CPU is that of this process
with the client's own threads. The peer, confluent-kafka (librdkafka in C), is measured on the same broker in the same
run: `pip install --require-hashes -r requirements/bench.txt`. "Bus" turns posts into records and back, "client" moves
the same bytes without looking at them; the difference is JSON.
"""

import argparse
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from confluent_kafka import Consumer as PeerConsumer
from confluent_kafka import Producer as PeerProducer
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from pipeline.adapters.kafka.buses import open_buses
from pipeline.adapters.kafka.settings import KafkaSettings, consumer_options, producer_options
from pipeline.domain.post import Post, Token
from pipeline.domain.wire import post_to_json
from pipeline.ports import Position

TEXT = "云汐县的低保金这个月还没有发下来，请问什么时候能够发到卡上，家里等着用。" * 2
STEP = 500


def a_post(number: int) -> Post:
    """A stored post of the usual size."""
    return Post(
        id=f"{number:024x}",
        version=f"{number:024x}",
        heads=(f"{number:032x}",),
        source=f"yunxi-forum-{number % 16}",
        text=TEXT,
        title="低保金发放",
        collected_at=1_795_400_000_000 + number,
        salt=f"{number:032x}",
        address=f"https://forum.example/thread/{number}",
        tokens=(Token("p001370", number), Token("p001371", number)),
    )


def rate(name: str, count: int, step: Callable[[], int]) -> float:
    """Run the step, say its rate, and return messages per CPU-second; it must have moved all."""
    cpu, wall = time.process_time(), time.perf_counter()
    moved = step()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    if moved != count:
        raise SystemExit(f"{name}: {moved} of {count} came through")
    print(f"{name:<44}{count / cpu:>14,.0f}{count / wall:>14,.0f}", flush=True)
    return count / cpu


@contextmanager
def broker(named: str) -> Iterator[str]:
    """Give the address of a broker, one of our own where none is named."""
    if named:
        yield named
        return
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        servers = Servers(Path(folder))
        servers.up(Wish(kafka=1, elastic="", for_figures=True))
        try:
            yield servers.kafka_addresses
        finally:
            servers.stop_all()


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=50_000)
    parser.add_argument("--kafka", default="")
    asked = parser.parse_args()
    with broker(asked.kafka) as address:
        measure(address, asked.posts)
    return 0


def measure(address: str, count: int) -> None:
    """One topic is written three times and read three times."""
    settings = KafkaSettings((address,), prefix=f"bench-{uuid.uuid4().hex[:8]}", partitions=1, replication=1)
    posts = [a_post(number) for number in range(count)]
    values = [post_to_json(post, with_tokens=True).encode() for post in posts]
    print(f"{count} records of {sum(map(len, values)) // count} bytes; one broker, one partition, acks=all")
    print(f"{'':<44}{'per CPU-second':>14}{'per second':>14}")
    buses = open_buses(settings)
    buses.topics.ensure()
    try:
        bus = rate("produce: our bus (posts, encoded)", count, lambda: publish(buses.posts, posts))
        own = rate("produce: its client, kafka-python (bytes)", count, lambda: produce(settings, values))
        peer = rate("produce: peer, confluent-kafka (bytes)", count, lambda: produce_by_peer(settings, values))
        print(f"produce: our bus does {bus / own:.2f} of its client, which does {own / peer:.3f} of the peer")
        bus = rate("consume: our bus (posts, decoded)", count, lambda: read(buses.posts, count))
        own = rate("consume: its client, kafka-python (bytes)", count, lambda: consume(settings, count))
        peer = rate("consume: peer, confluent-kafka (bytes)", count, lambda: consume_by_peer(settings, count))
        print(f"consume: our bus does {bus / own:.2f} of its client, which does {own / peer:.3f} of the peer")
    finally:
        buses.close()


def publish(bus: object, posts: list[Post]) -> int:
    """All posts are acknowledged, in steps as a spider's pages come."""
    for start in range(0, len(posts), STEP):
        bus.publish(posts[start : start + STEP])  # type: ignore[attr-defined]
    return len(posts)


def produce(settings: KafkaSettings, values: list[bytes]) -> int:
    """All bytes are acknowledged."""
    producer = KafkaProducer(**producer_options(settings))
    kept = [producer.send(settings.posts, key=b"k", value=value, partition=0) for value in values]
    producer.flush(timeout=120)
    producer.close()
    return sum(future.succeeded() for future in kept)


def produce_by_peer(settings: KafkaSettings, values: list[bytes]) -> int:
    """All bytes are acknowledged to the peer's client."""
    options = {"bootstrap.servers": settings.servers[0], "enable.idempotence": True, "linger.ms": 5}
    producer, done = PeerProducer(options | {"queue.buffering.max.messages": len(values) + 1}), [0]

    def acknowledged(error: object, _message: object) -> None:
        done[0] += error is None

    for value in values:
        producer.produce(settings.posts, key=b"k", value=value, partition=0, on_delivery=acknowledged)
    producer.flush(120)
    return done[0]


def read(bus: object, count: int) -> int:
    """So many records were read as posts, in the worker's steps."""
    deadline = time.monotonic() + 120
    while 0 not in bus.held() and time.monotonic() < deadline:  # type: ignore[attr-defined]
        continue
    after, moved = Position(bus.stream, 0, 0), 0  # type: ignore[attr-defined]
    while moved < count and time.monotonic() < deadline:
        items = bus.read(after, min(STEP, count - moved))  # type: ignore[attr-defined]
        if items:
            after, moved = items[-1].after, moved + len(items)
    return moved


def consume(settings: KafkaSettings, count: int) -> int:
    """So many records were read as bytes."""
    consumer = KafkaConsumer(**consumer_options(settings))
    place = TopicPartition(settings.posts, 0)
    consumer.assign([place])
    consumer.seek(place, 0)
    moved, deadline = 0, time.monotonic() + 120
    while moved < count and time.monotonic() < deadline:
        moved += sum(map(len, consumer.poll(timeout_ms=500, max_records=min(STEP, count - moved)).values()))
    consumer.close()
    return moved


def consume_by_peer(settings: KafkaSettings, count: int) -> int:
    """So many records were read as bytes by the peer's client."""
    from confluent_kafka import TopicPartition as PeerPlace

    consumer = PeerConsumer({"bootstrap.servers": settings.servers[0], "group.id": "peer", "enable.auto.commit": False})
    consumer.assign([PeerPlace(settings.posts, 0, 0)])
    moved, deadline = 0, time.monotonic() + 120
    while moved < count and time.monotonic() < deadline:
        moved += len(consumer.consume(min(STEP, count - moved), timeout=0.5))
    consumer.close()
    return moved


if __name__ == "__main__":
    sys.exit(main())
