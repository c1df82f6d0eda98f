"""
How large a cluster must be, for 1 to 3,000 units: disk, partitions, shards, workers.

    python bench/sizing.py [--posts-per-unit 1000] [--per-cpu 150] [--measure 20000]

The arithmetic is below, one line per number. What it stands on is measured in the same run: bytes of a post and of a
finding on a real broker, bytes of a post on a real Elasticsearch after a merge, mentions and everything else of it
spread over all posts (of so many posts, a tenth of which is mentioned). Posts a day and per unit, and posts per
CPU-second of one worker with its classifier (`python bench/classify_figures.py` on your machine), are yours to say.
"""

import argparse
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.kafka.buses import KafkaBuses, open_buses
from pipeline.adapters.kafka.settings import RETENTION, SEGMENT, KafkaSettings
from pipeline.domain.found import Found
from pipeline.domain.mention import Answer, Mention, Opinion
from pipeline.domain.post import Post
from pipeline.ports import Position, Work

from own_elastic import fresh_indices  # isort: skip  # a file beside this one
from zipf_text import ZipfText, posts  # isort: skip

HEADINGS = (
    "units", "posts a day", "peak/s", "workers", "partitions", "Kafka disk", "posts kept", "ES disk", "more a year",
    "shards",
)  # fmt: skip
UNITS = (1, 10, 100, 1_000, 3_000)
DAY_MS = 86_400_000
PEAK = 5
"""The busiest hour brings so many times the mean."""
MENTIONED = 0.1
"""The share of posts that some unit mentions; each of them is one mention on the mean."""
UNMENTIONED_DAYS, MENTIONED_DAYS = 30, 180
KAFKA_COPIES, ELASTIC_COPIES = 3, 2
SHARD_BYTES = 30e9
HEADROOM = 1.5
"""A disk is full at two thirds: Elasticsearch stops taking writes at 95 %."""
STEP = 500
OPINION = Opinion("bench@1", Answer(True, 9_000), Answer("社会救助", 9_000), Answer("投诉", 9_000))


@dataclass(frozen=True, slots=True)
class Measured:
    """Bytes of one record or document on disk, without copies."""

    post_on_kafka: float
    finding_on_kafka: float
    post: float
    keys: float


def sent(number: int) -> list[Post]:
    """Return posts as they are stored; times lie within one month."""
    made = []
    for count, post in enumerate(posts(ZipfText(11), number, 7)):
        name = f"{count:032x}"
        address = f"https://forum.example/thread/{count}"
        made.append(
            Post(name, name, (name, name[::-1]), "forum", post.text, "", post.collected_at, name, address=address)
        )
    return made


def mention_of(post: Post, order: int) -> Mention:
    """Return a mention as the fold makes it."""
    return Mention(
        "unit", post.id, post.version, "rule", "v1", (), OPINION, post.id, None, 0, 0, order, post.collected_at,
        post.occurred_at,
    )  # fmt: skip


def measured(number: int) -> Measured:
    """Return what so many posts take on real servers, which are gone afterwards."""
    every = sent(number)
    mentioned = every[:: round(1 / MENTIONED)]
    with tempfile.TemporaryDirectory(prefix="huiyin-sizing-") as folder:
        servers = Servers(Path(folder))
        servers.up(Wish(kafka=1, elastic="9.5.3", for_figures=True))
        try:
            on_kafka = kafka_bytes(servers, every, mentioned)
            with fresh_indices(servers.elastic_url) as elastic:
                store = ElasticPostStore(elastic)
                for start in range(0, number, STEP):
                    store.commit(Work(every[start : start + STEP], (), (), Position("bench", 0, start + STEP)))
                for start in range(0, len(mentioned), STEP):
                    mentions = [mention_of(post, start + at) for at, post in enumerate(mentioned[start : start + STEP])]
                    store.commit(Work((), mentions, (), Position("bench", 0, number + start + STEP)))
                keys = elastic_bytes(elastic, "heads") / number
                on_elastic = elastic_bytes(elastic, "*") / number - keys
        finally:
            servers.stop_all()
    return Measured(*on_kafka, on_elastic, keys)


def kafka_bytes(servers: Servers, every: Sequence[Post], mentioned: Sequence[Post]) -> tuple[float, float]:
    """Return bytes of a post and of a finding in the broker's log."""
    settings = KafkaSettings((servers.kafka_addresses,), prefix="sizing", partitions=1, replication=1)
    with opened(settings) as buses:
        for start in range(0, len(every), STEP):
            buses.posts.publish(every[start : start + STEP])
        for start in range(0, len(mentioned), STEP):
            found = [Found("unit", post, (), OPINION) for post in mentioned[start : start + STEP]]
            buses.mentions.publish(found)
    logs = {
        topic: sum(path.stat().st_size for path in servers.folder.rglob(f"{topic}-0/*.log"))
        for topic in (settings.posts, settings.mentions)
    }
    return logs[settings.posts] / len(every), logs[settings.mentions] / len(mentioned)


@contextmanager
def opened(settings: KafkaSettings) -> Iterator[KafkaBuses]:
    """Give the buses of the settings, topics made."""
    buses = open_buses(settings)
    buses.topics.ensure()
    try:
        yield buses
    finally:
        buses.close()


def elastic_bytes(elastic: Elastic, indices: str) -> int:
    """Return the bytes of indices of the installation, each merged to one segment."""
    every, ask = [elastic.name(indices)], elastic.wire.ask
    ask("POST", [*every, "_refresh"])
    ask("POST", [*every, "_forcemerge"], params={"max_num_segments": "1", "flush": "true"})
    return int(ask("GET", [*every, "_stats", "store"]).body["_all"]["primaries"]["store"]["size_in_bytes"])


def row(units: int, each: float, per_cpu: float, size: Measured) -> list[str]:
    """Return one line of the table."""
    a_day = units * each
    peak = a_day / 86_400 * PEAK
    kafka_days = (RETENTION + SEGMENT) / DAY_MS
    kafka = a_day * (size.post_on_kafka + MENTIONED * size.finding_on_kafka) * kafka_days * KAFKA_COPIES
    kept = a_day * ((1 - MENTIONED) * UNMENTIONED_DAYS + MENTIONED * MENTIONED_DAYS)
    elastic = kept * size.post * ELASTIC_COPIES
    workers = max(2, math.ceil(peak / per_cpu))
    partitions = max(6, 6 * math.ceil(workers / 3))
    largest = a_day * max(MENTIONED * 31, (1 - MENTIONED) * 7) * size.post
    shards = max(1, math.ceil(largest / SHARD_BYTES))
    return [
        f"{units:,}",
        f"{a_day:,.0f}",
        f"{peak:,.1f}",
        str(workers),
        str(partitions),
        gigabytes(kafka * HEADROOM),
        f"{kept / 1e6:,.1f} M",
        gigabytes(elastic * HEADROOM),
        gigabytes(a_day * 365 * size.keys * ELASTIC_COPIES),
        str(shards),
    ]


def gigabytes(amount: float) -> str:
    """Return bytes as gigabytes, at least one."""
    return f"{max(1, math.ceil(amount / 1e9)):,} GB"


def main() -> int:
    """Print what was measured and the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts-per-unit", type=float, default=1_000)
    parser.add_argument("--per-cpu", type=float, default=150)
    parser.add_argument("--measure", type=int, default=20_000)
    asked = parser.parse_args()
    size = measured(asked.measure)
    print(
        f"measured on {asked.measure} posts, without copies: a post {size.post_on_kafka:.0f} bytes on Kafka, a finding "
        f"{size.finding_on_kafka:.0f};\na post with all that ends with it {size.post:.0f} bytes on Elasticsearch, "
        f"its keys, kept for good, {size.keys:.0f}.\n"
        f"{asked.posts_per_unit:,.0f} posts a day and unit, {asked.per_cpu:.0f} posts per CPU-second and worker\n"
    )
    head = (
        "units",
        "posts a day",
        "peak/s",
        "workers",
        "partitions",
        "Kafka disk",
        "posts kept",
        "ES disk",
        "more a year",
        "shards",
    )
    print("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    for units in UNITS:
        print("| " + " | ".join(row(units, asked.posts_per_unit, asked.per_cpu, size)) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
