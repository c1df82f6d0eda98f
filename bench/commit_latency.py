"""
How long a person's command waits for its commit while a worker writes in bulk at full load.

The same load runs twice: with the write helper of pipeline/adapters/sqlite/writer.py, and with SQLite's own
`busy_timeout` in both processes. Goal: p99 of the helper at most 50 ms.

    python bench/commit_latency.py [--seconds 10] [--folder DIR]
"""

import argparse
import multiprocessing
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.adapters.sqlite.writer import BULK_ROWS, Writer

GOAL_MILLISECONDS = 50.0
THINKING_SECONDS = 0.015
LETTERS = "云汐县民政局低保养老殡葬婚姻登记儿童残疾人社会组织慈善事业区划地名救助申请审批发放反映问题回复办理"

Write = Callable[[list[tuple[str, str]]], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """Latencies of commands in milliseconds, sorted, and what the worker wrote meanwhile."""

    way: str
    latencies: list[float]
    posts_per_second: float

    def share(self, part: float) -> float:
        """The latency that this part of all commands did not exceed."""
        return self.latencies[min(len(self.latencies) - 1, int(part * len(self.latencies)))]


def make_file(path: Path) -> None:
    """A store of posts with full text over single characters, and a log."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE post (rowid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, text TEXT NOT NULL)")
        connection.execute("CREATE VIRTUAL TABLE words USING fts5 (text, content='', tokenize='ascii')")
        connection.execute(
            "CREATE TABLE log (unit TEXT, seq INTEGER, body TEXT, PRIMARY KEY (unit, seq)) WITHOUT ROWID"
        )


def posts_of(rng: random.Random) -> list[tuple[str, str]]:
    """One transaction's worth of posts of about 70 characters."""
    return [(f"{rng.getrandbits(96):024x}", "".join(rng.choices(LETTERS, k=70))) for _ in range(BULK_ROWS)]


def insert_posts(connection: sqlite3.Connection, posts: list[tuple[str, str]]) -> None:
    """The posts and their words are stored."""
    connection.executemany("INSERT INTO post (id, text) VALUES (?, ?)", posts)
    first = connection.execute("SELECT max(rowid) FROM post").fetchone()[0] - len(posts) + 1
    words = [(first + number, " ".join(text)) for number, (_, text) in enumerate(posts)]
    connection.executemany("INSERT INTO words (rowid, text) VALUES (?, ?)", words)


def append(connection: sqlite3.Connection, seq: int) -> None:
    """One batch stands at the end of the log."""
    connection.execute("INSERT INTO log VALUES ('yunxi-mz', ?, ?)", (seq, "x" * 800))


def plain(path: Path) -> sqlite3.Connection:
    """A connection as most programs open it: SQLite waits for up to 30 s on its own."""
    connection = sqlite3.connect(path, timeout=30.0, isolation_level=None)
    connection.execute("PRAGMA synchronous = FULL")
    return connection


def work(way: str, path: Path, stop_at: float, written: "Synchronized[int]") -> None:
    """Posts are written at full load until the time has come."""
    rng = random.Random(7)
    if way == "helper":
        with closing(Writer(path, deadline_seconds=30.0)) as writer:
            while time.time() < stop_at:
                writer.write_in_slices(posts_of(rng), lambda connection, part: insert_posts(connection, list(part)))
                written.value += BULK_ROWS
        return
    with closing(plain(path)) as connection:
        while time.time() < stop_at:
            posts = posts_of(rng)
            connection.execute("BEGIN IMMEDIATE")
            insert_posts(connection, posts)
            connection.execute("COMMIT")
            written.value += BULK_ROWS


def command(way: str, path: Path, stop_at: float) -> list[float]:
    """Commands are committed one after the other, with a thinking pause; returns their latencies in milliseconds."""
    latencies: list[float] = []
    with closing(Writer(path, deadline_seconds=30.0)) as writer, closing(plain(path)) as connection:
        while time.time() < stop_at:
            began = time.perf_counter()
            if way == "helper":
                with writer.transaction() as own:
                    append(own, len(latencies))
            else:
                connection.execute("BEGIN IMMEDIATE")
                append(connection, len(latencies))
                connection.execute("COMMIT")
            latencies.append((time.perf_counter() - began) * 1000)
            time.sleep(THINKING_SECONDS)
    return sorted(latencies)


def measure(way: str, folder: Path, seconds: float) -> Measured:
    """Run worker and commands side by side in two processes."""
    path = folder / f"{way}.db"
    make_file(path)
    context = multiprocessing.get_context("spawn")
    written = context.Value("q", 0)
    stop_at = time.time() + seconds + 1.0
    worker = context.Process(target=work, args=(way, path, stop_at, written))
    worker.start()
    while written.value == 0 and worker.is_alive():
        time.sleep(0.01)
    began, before = time.time(), written.value
    latencies = command(way, path, stop_at)
    rate = (written.value - before) / (time.time() - began)
    worker.join()
    return Measured(way, latencies, rate)


def main() -> int:
    """Print both ways side by side; the exit status says whether the goal was met."""
    parser = argparse.ArgumentParser(description="A command's commit beside a worker at full load.")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each of the two runs")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are made (default: a new folder)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        found = [measure(way, Path(folder), given.seconds) for way in ("helper", "busy_timeout")]
    print(f"{'way':<14}{'commands':>9}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}{'worker posts/s':>16}")
    for one in found:
        shares = f"{one.share(0.5):>9.1f}{one.share(0.99):>9.1f}{one.latencies[-1]:>9.1f}"
        print(f"{one.way:<14}{len(one.latencies):>9}{shares}{one.posts_per_second:>16.0f}")
    reached = found[0].share(0.99) <= GOAL_MILLISECONDS
    print(f"goal p99 <= {GOAL_MILLISECONDS:.0f} ms with the helper: {'met' if reached else 'missed'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
