"""
What the embedded bus costs: publishing, reading before and after decoding, in records per CPU-second.

Goal: reading before decoding at least 100,000 records per CPU-second.

    python bench/bus_throughput.py [--posts 100000] [--folder DIR]
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.adapters.sqlite.bus import SqlitePostBus
from pipeline.adapters.sqlite.migrations import open_bus
from pipeline.adapters.sqlite.writer import BULK_ROWS, Reader
from pipeline.domain.post import Post, Token
from pipeline.ports import Position

GOAL = 100_000
TEXT = "云汐县的低保金这个月还没有发下来，请问什么时候能够发到卡上，家里等着用。" * 2


def a_post(number: int) -> Post:
    """A stored post of the usual size."""
    return Post(
        id=f"{number:024x}",
        version=f"{number:024x}",
        heads=(f"{number:032x}",),
        source="yunxi-forum",
        text=TEXT,
        title="低保金发放",
        collected_at=number,
        salt=f"{number:032x}",
        address=f"https://forum.example/thread/{number}",
        tokens=(Token("p001370", number), Token("p001371", number)),
    )


def publish_all(bus: SqlitePostBus, posts: list[Post]) -> None:
    """All posts are on the bus, in transactions of the write rule's size."""
    for start in range(0, len(posts), BULK_ROWS):
        bus.publish(posts[start : start + BULK_ROWS])


def read_all_bytes(bus: SqlitePostBus) -> None:
    """All records were read, none decoded."""
    offset = 0
    while rows := bus.read_bytes(offset, BULK_ROWS):
        offset = rows[-1][0]


def read_all(bus: SqlitePostBus) -> None:
    """All records were read as posts."""
    after: Position | None = None
    while items := bus.read(after, BULK_ROWS):
        after = items[-1].after


def rate(step: Callable[[], None], count: int) -> tuple[float, float]:
    """Run the step; return records per CPU-second and per second of the wall clock."""
    cpu, wall = time.process_time(), time.perf_counter()
    step()
    return (count / (time.process_time() - cpu), count / (time.perf_counter() - wall))


def main() -> int:
    """Print the three rates; the exit status says whether the goal was met."""
    parser = argparse.ArgumentParser(description="Records per CPU-second through the embedded bus.")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=None, help="where the file is made (default: a new folder)")
    given = parser.parse_args()
    posts = [a_post(number) for number in range(given.posts)]
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        path = Path(folder) / "bus.db"
        with closing(open_bus(path)) as writer, closing(Reader(path)) as reader:
            bus = SqlitePostBus(writer, reader)
            found = {
                "publish (encode, commit durable)": rate(lambda: publish_all(bus, posts), len(posts)),
                "read before decoding": rate(lambda: read_all_bytes(bus), len(posts)),
                "read as posts": rate(lambda: read_all(bus), len(posts)),
            }
    print(f"{'step':<36}{'per CPU-second':>16}{'per second':>14}")
    for name, (per_cpu, per_wall) in found.items():
        print(f"{name:<36}{per_cpu:>16,.0f}{per_wall:>14,.0f}")
    reached = found["read before decoding"][0] >= GOAL
    print(f"goal: read before decoding >= {GOAL:,} per CPU-second: {'met' if reached else 'missed'}")
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
