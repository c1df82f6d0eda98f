"""
CPU milliseconds that a search takes among a million posts (goal: p99 at most 10 ms for any term of 1 to 8 characters).

    python bench/search.py [--posts 1000000] [--days 30] [--terms 200] [--seed 1] [--keep FOLDER] [--no-peer]

For each length: the 20 newest posts with the term, and how many there are, over all posts ("*") and over the posts that
one unit mentions (1 in 50). Terms are pieces of made-up texts; "absent" are characters as common, in an order that
occurs nowhere, which is the hardest question: no answer comes early. The peer in the same run is a plain FTS5 table
over trigrams, over all posts; it reads every text for terms of one or two characters, so it is asked fewer of those.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.mention import Answer, Hit, Mention, Opinion
from pipeline.domain.post import Post
from pipeline.ports import Position, Work

from trigram import TrigramStore  # isort: skip  # a file beside this one
from zipf_text import ZipfText, posts  # isort: skip  # a file beside this one

GOAL_MS = 10
BATCH = 500
UNIT = "yunxi-mz"
ONE_IN = 50
OURS = Opinion(model="bench", about=Answer(True, 9_000))
ALL_TIME = (0, 1 << 50)
TOLD_EVERY = 100_000
PEER_SLOW_TERMS = 5
"""How many terms of one or two characters the peer is asked: each reads every text."""


def fill(store: SqlitePostStore, stream: Iterator[Post]) -> None:
    """All posts are stored; one in fifty is mentioned by the unit."""
    number = 0
    while batch := list(islice(stream, BATCH)):
        number += len(batch)
        mentions = [_mention(post, number + k) for k, post in enumerate(batch) if k % ONE_IN == 0]
        store.commit(Work(batch, mentions, [], Position("bench", 0, number)))
        if number % TOLD_EVERY == 0:
            print(f"  {number:,} posts stored", flush=True)


def fill_peer(store: TrigramStore, stream: Iterator[Post]) -> None:
    """All posts are in the peer's table."""
    while batch := list(islice(stream, BATCH)):
        store.commit(batch)


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


def measure(ask: Callable[[str], object], terms: Sequence[str]) -> tuple[float, float]:
    """Return p50 and p99 of the CPU milliseconds per term."""
    spent = []
    for term in terms:
        began = time.process_time_ns()
        ask(term)
        spent.append((time.process_time_ns() - began) / 1e6)
    spent.sort()
    return spent[len(spent) // 2], spent[min(len(spent) - 1, len(spent) * 99 // 100)]


def report(store: SqlitePostStore, peer: TrigramStore | None, language: ZipfText, terms: int) -> None:
    """Print a line per length and scope."""
    since, until = ALL_TIME
    print(
        f"{'term':>9} {'scope':>9} {'recent-20 p50':>14} {'p99 ms':>8} {'count p50':>10} {'p99 ms':>8} {'hits p50':>9}"
    )
    for length in (1, 2, 3, 4, 5, 6, 7, 8, -2, -4):
        wanted = [_absent(language, -length) if length < 0 else language.term(length) for _ in range(terms)]
        for unit in ("*", UNIT):
            recent = measure(lambda term: store.search(unit, term, since=since, until=until, limit=20), wanted)  # noqa: B023
            count = measure(lambda term: store.count(unit, term, since=since, until=until), wanted)  # noqa: B023
            hits = sorted(store.count(unit, term, since=since, until=until) for term in wanted[:50])
            name = f"absent {-length}" if length < 0 else str(length)
            print(
                f"{name:>9} {unit:>9} {recent[0]:14.2f} {recent[1]:8.2f} {count[0]:10.2f} {count[1]:8.2f}"
                f" {hits[len(hits) // 2]:9,}",
                flush=True,
            )
        if peer is not None:
            asked = wanted if abs(length) > 2 else wanted[:PEER_SLOW_TERMS]
            recent, count = measure(peer.recent, asked), measure(peer.count, asked)
            differ = sum(peer.count(term) != store.count("*", term, since=since, until=until) for term in asked[:20])
            figures = f"{recent[0]:14.2f} {recent[1]:8.2f} {count[0]:10.2f} {count[1]:8.2f}"
            print(f"{'':>9} {'* peer':>9} {figures}{f'  {differ} counts differ' if differ else ''}", flush=True)


def _absent(language: ZipfText, length: int) -> str:
    return "".join(language.term(1) for _ in range(length))


def open_peer(path: Path, options: argparse.Namespace) -> TrigramStore:
    """Return the peer's table with the same posts, filled where it is new."""
    is_new = not path.exists()
    peer = TrigramStore(path)
    if is_new:
        cpu = time.process_time()
        fill_peer(peer, posts(ZipfText(options.seed), options.posts, options.days))
        print(f"peer filled in {time.process_time() - cpu:.0f} CPU-seconds", flush=True)
    return peer


def main() -> None:
    """Fill or reuse a store, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--terms", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--keep", type=Path, help="a folder whose store is used again, or made there")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "huiyin.db"
        is_new = not path.exists()
        writer = open_huiyin(path)
        store = SqlitePostStore(writer)
        if is_new:
            cpu = time.process_time()
            fill(store, posts(ZipfText(options.seed), options.posts, options.days))
            store.drop_parts(0, 0, frozenset())  # drops nothing, and merges parts that are over, as each night does
            writer.checkpoint()
            print(f"filled in {time.process_time() - cpu:.0f} CPU-seconds, {path.stat().st_size / 1e6:,.0f} MB")
        peer = None if options.no_peer else open_peer(folder / "trigram.db", options)
        print(f"{options.posts:,} posts over {options.days} days; goal: p99 of recent-20 at most {GOAL_MS} ms CPU")
        report(store, peer, ZipfText(options.seed), options.terms)
        if peer is not None:
            peer.close()
        store.close()
        writer.close()


if __name__ == "__main__":
    main()
