"""
Posts per CPU-second that are stored, indexed and counted by the embedded profile (goal: at least 25,000).

    python bench/store.py [--posts 100000] [--days 30]

One process, commits of 500 posts as the worker makes them, durable at each commit. The texts are made up beforehand.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.domain.post import Post
from pipeline.ports import Position, Work

from zipf_text import ZipfText, posts  # isort: skip  # a file beside this one

GOAL = 25_000
BATCH = 500


def store_all(store: SqlitePostStore, batches: Sequence[Sequence[Post]]) -> tuple[float, list[float]]:
    """Return the CPU seconds of all commits, and the wall seconds of each."""
    walls = []
    cpu = time.process_time()
    for number, batch in enumerate(batches, start=1):
        began = time.perf_counter()
        store.commit(Work(batch, [], [], Position("bench", 0, number)))
        walls.append(time.perf_counter() - began)
    return time.process_time() - cpu, sorted(walls)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=30)
    options = parser.parse_args()
    stream = posts(ZipfText(seed=1), options.posts, options.days)
    batches = []
    while batch := list(islice(stream, BATCH)):
        batches.append(batch)
    mean = sum(len(post.text) for batch in batches for post in batch) / options.posts
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "huiyin.db"
        writer = open_huiyin(path)
        store = SqlitePostStore(writer)
        cpu, walls = store_all(store, batches)
        writer.checkpoint()
        size = path.stat().st_size
        store.close()
        writer.close()
    print(f"posts                 {options.posts:,} of {mean:.0f} characters on average, {size / 1e6:,.0f} MB")
    print(f"stored+indexed+counted {options.posts / cpu:,.0f} per CPU-second (goal {GOAL:,})")
    p50, p99 = (walls[len(walls) * percent // 100] * 1e3 for percent in (50, 99))
    print(f"a commit of {BATCH}       p50 {p50:.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    main()
