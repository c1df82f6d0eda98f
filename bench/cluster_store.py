"""
What posts cost on Elasticsearch and on SQLite, in the same run: storing them, and finding them again.

    python bench/cluster_store.py [--posts 100000] [--days 30] [--terms 200] [--seed 1] [--elastic URL]

Both stores take the same steps of 500 posts by `commit`, one post in fifty mentioned by a unit. Then the 20 newest
posts with a term, and how many there are, are asked for each length of a term, over all posts and over the unit's; a
"absent" term is of common characters in an order that occurs nowhere. Times are wall-clock as a caller sees them, from
this process, one question at a time. "client" is CPU of this process, "server" CPU of Elasticsearch (its own figure).
A real server is started where none is named, with 1 GB.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.mention import Answer, Hit, Mention, Opinion
from pipeline.domain.post import Post
from pipeline.ports import Position, PostStore, Work

from own_elastic import own_elastic  # isort: skip  # a file beside this one
from zipf_text import ZipfText, posts  # isort: skip  # a file beside this one

BATCH = 500
UNIT = "yunxi-mz"
ONE_IN = 50
OURS = Opinion(model="bench", about=Answer(True, 9_000))
SINCE, UNTIL = 0, 1 << 50
LENGTHS = (1, 2, 3, 4, 6, 8, -2, -4)
TOLD_EVERY = 100_000


def fill(name: str, store: PostStore, options: argparse.Namespace, server_cpu: Callable[[], float]) -> None:
    """All posts are stored; how fast is printed."""
    stream = posts(ZipfText(options.seed), options.posts, options.days)
    client = wall = 0.0
    server, number = server_cpu(), 0
    while batch := list(islice(stream, BATCH)):
        number += len(batch)
        mentions = [_mention(post, number + k) for k, post in enumerate(batch) if k % ONE_IN == 0]
        cpu, began = time.process_time(), time.perf_counter()
        store.commit(Work(batch, mentions, [], Position("bench", 0, number)))
        client, wall = client + time.process_time() - cpu, wall + time.perf_counter() - began
        if number % TOLD_EVERY == 0:
            print(f"  {name}: {number:,} posts stored in {wall:.0f} s", flush=True)
    server = server_cpu() - server
    print(
        f"{name:<14}{number / wall:>12,.0f}{number / client:>18,.0f}"
        f"{f'{number / server:,.0f}' if server else '–':>18}{wall:>10.0f}",
        flush=True,
    )


def measure(ask: Callable[[str], object], terms: Sequence[str]) -> tuple[float, float]:
    """Return p50 and p99 of the milliseconds per term, as the caller waits."""
    spent = []
    for term in terms:
        began = time.perf_counter()
        ask(term)
        spent.append((time.perf_counter() - began) * 1_000)
    spent.sort()
    return spent[len(spent) // 2], spent[min(len(spent) - 1, len(spent) * 99 // 100)]


def report(stores: dict[str, PostStore], options: argparse.Namespace) -> int:
    """Print a line per length, scope and store; return how many counts differ between the stores."""
    language, differ = ZipfText(options.seed), 0
    heads = ("recent p50", "p99 ms", "count p50", "p99 ms", "hits")
    print(f"{'term':>9}{'scope':>10}  {'store':<14}" + "".join(f"{head:>11}" for head in heads))
    for length in LENGTHS:
        terms = [_absent(language, -length) if length < 0 else language.term(length) for _ in range(options.terms)]
        said = f"absent {-length}" if length < 0 else str(length)
        for unit in ("*", UNIT):
            counts = [
                _measured(f"{said:>9}{unit:>10}  {name:<14}", store, unit, terms) for name, store in stores.items()
            ]
            one, *others = counts
            differ += sum(a != b for other in others for a, b in zip(one, other, strict=True))
    return differ


def _measured(label: str, store: PostStore, unit: str, terms: Sequence[str]) -> list[int]:
    """Print what the questions took; return how many posts each term meets."""
    recent = measure(lambda term: store.search(unit, term, since=SINCE, until=UNTIL, limit=20), terms)
    count = measure(lambda term: store.count(unit, term, since=SINCE, until=UNTIL), terms)
    counts = [store.count(unit, term, since=SINCE, until=UNTIL) for term in terms[:50]]
    figures = "".join(f"{figure:>11.2f}" for figure in (*recent, *count))
    print(f"{label}{figures}{sorted(counts)[len(counts) // 2]:>11,}", flush=True)
    return counts


def server_cpu_of(elastic: Elastic) -> float:
    """Return the CPU seconds that the nodes of Elasticsearch have used."""
    nodes = elastic.wire.ask("GET", ["_nodes", "stats", "process"]).body["nodes"].values()
    return sum(float(node["process"]["cpu"]["total_in_millis"]) for node in nodes) / 1_000


def bytes_of(elastic: Elastic) -> int:
    """Return the bytes of all parts of the posts."""
    elastic.refresh("posts-*")
    return int(
        elastic.wire.ask("GET", [elastic.name("posts-*"), "_stats", "store"]).body["_all"]["total"]["store"][
            "size_in_bytes"
        ]
    )


def _mention(post: Post, order: int) -> Mention:
    return Mention(
        unit=UNIT,
        post=post.id,
        version=post.version,
        rule="r1",
        rule_version="1",
        hits=(Hit("text", post.text[:2], 0, 2),),
        opinion=OURS,
        group=None,
        repost_of=None,
        similarity=0,
        seen_seq=0,
        order=order,
        collected_at=post.collected_at,
        occurred_at=post.occurred_at,
    )


def _absent(language: ZipfText, length: int) -> str:
    return "".join(language.term(1) for _ in range(length))


def main() -> int:
    """Fill both, measure both, print; 1 where they count differently."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--terms", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--elastic", default="", metavar="URL", help="a server that runs already")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(open_huiyin(Path(folder) / "huiyin.db")) as writer,
        closing(SqlitePostStore(writer)) as sqlite,
        own_elastic(options.elastic) as elastic,
    ):
        stores: dict[str, PostStore] = {"SQLite": sqlite, "Elasticsearch": ElasticPostStore(elastic)}
        print(f"{'':<14}{'posts/s':>12}{'/client CPU-s':>18}{'/server CPU-s':>18}{'wall s':>10}")
        fill("SQLite", sqlite, options, lambda: 0.0)
        fill("Elasticsearch", stores["Elasticsearch"], options, lambda: server_cpu_of(elastic))
        for store in stores.values():
            store.drop_parts(0, 0, frozenset())  # drops nothing; SQLite merges parts that are over, as each night
        writer.checkpoint()
        print(
            f"SQLite {Path(writer.path).stat().st_size / 1e6:,.0f} MB, Elasticsearch {bytes_of(elastic) / 1e6:,.0f} MB"
        )
        differ = report(stores, options)
    print(f"{options.posts:,} posts over {options.days} days, {options.terms} terms a line; {differ} counts differ")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
