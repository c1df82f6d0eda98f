"""
Posts per CPU-second that are stored, indexed and counted by the embedded profile (goal: at least 25,000).

    python bench/store.py [--posts 100000] [--days 30] [--seed 1]

One process, commits of 500 posts as the worker makes them, durable at each commit. Only commits are measured, not the
making of texts. The peer in the same run is a plain FTS5 table over trigrams, which neither counts nor keeps versions.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.post import Post
from pipeline.ports import Position, Work

from trigram import TrigramStore  # isort: skip  # a file beside this one
from zipf_text import ZipfText, posts  # isort: skip  # a file beside this one

GOAL = 25_000
BATCH = 500


class Spent:
    """CPU seconds of all commits, and the wall seconds of each."""

    def __init__(self) -> None:
        self.cpu = 0.0
        self.walls: list[float] = []

    def on(self, commit: Callable[[], object]) -> None:
        """The commit is done and counted."""
        began, cpu = time.perf_counter(), time.process_time()
        commit()
        self.cpu += time.process_time() - cpu
        self.walls.append(time.perf_counter() - began)

    def share(self, percent: int) -> float:
        """Return the milliseconds that this share of commits did not exceed."""
        return sorted(self.walls)[len(self.walls) * percent // 100] * 1e3


def batches(stream: Iterator[Post]) -> Iterator[Sequence[Post]]:
    """Yield the posts as the worker commits them."""
    while batch := list(islice(stream, BATCH)):
        yield batch


def ours(path: Path, stream: Iterator[Post]) -> Spent:
    """All posts are in our store."""
    spent, writer = Spent(), open_huiyin(path)
    store = SqlitePostStore(writer)
    for number, batch in enumerate(batches(stream), start=1):
        work = Work(batch, [], [], Position("bench", 0, number))
        spent.on(partial(store.commit, work))
    writer.checkpoint()
    store.close()
    writer.close()
    return spent


def peer(path: Path, stream: Iterator[Post]) -> Spent:
    """All posts are in the peer's store."""
    spent, store = Spent(), TrigramStore(path)
    for batch in batches(stream):
        spent.on(partial(store.commit, batch))
    store.close()
    return spent


def main() -> None:
    """Measure both and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{options.posts:,} posts, seed {options.seed}, commits of {BATCH}; goal {GOAL:,} per CPU-second")
    print(f"{'':<28}{'posts/CPU-s':>12}{'p50 ms':>9}{'p99 ms':>9}{'MB':>9}")
    for name, fill in (("stored, indexed, counted", ours), ("peer: FTS5 over trigrams", peer)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "huiyin.db"
            spent = fill(path, posts(ZipfText(options.seed), options.posts, options.days))
            size, rate = path.stat().st_size / 1e6, options.posts / spent.cpu
        print(f"{name:<28}{rate:>12,.0f}{spent.share(50):>9.1f}{spent.share(99):>9.1f}{size:>9,.0f}", flush=True)


if __name__ == "__main__":
    main()
