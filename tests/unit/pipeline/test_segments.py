"""Segments of the bus: in order across tables, dropped when finished, and no byte stays of what is gone."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.sqlite.bus import SqlitePostBus
from pipeline.adapters.sqlite.migrations import open_bus
from pipeline.adapters.sqlite.segments import blank_records, drop_if_finished, older_in, segments
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.post import Post
from pipeline.ports import Position


def a_post(number: int, *, collected_at: int = 1_000) -> Post:
    """A stored post whose id and text differ by number."""
    text = f"云汐县低保金第{number}个月还没有发"
    return Post(f"post-{number:06d}", "v1", (), "yunxi-forum", text, "", collected_at, "salt")


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[SqlitePostBus]:
    """A bus in a file."""
    path = tmp_path / "bus.db"
    with closing(open_bus(path)) as writer, closing(Reader(path)) as reader:
        yield SqlitePostBus(writer, reader)


def numbers(bus: SqlitePostBus, after: Position | None = None, limit: int = 100) -> list[int]:
    """The numbers of the posts behind a position."""
    return [int(item.post.id[5:]) for item in bus.read(after, limit) if item.post is not None]


@pytest.mark.parametrize("seed", range(3))
def test_what_was_erased_or_trimmed_is_in_no_byte(bus: SqlitePostBus, tmp_path: Path, seed: int) -> None:
    """After any mixture of publishing, trimming and erasing, only what may still be read is in the files."""
    rng = random.Random(seed)
    for start in range(0, 600, 30):
        numbers = range(start, start + 30)
        said = {number: f"种下第{number:06d}句" * rng.choice([1, 3, 60, 300]) for number in numbers}
        bus.publish([replace(a_post(n, collected_at=rng.randrange(99)), text=said[n]) for n in numbers])
        bus.trim(rng.randrange(60), Position(bus.stream, 0, rng.randrange(start + 30)))
        bus.erase(frozenset(f"post-{rng.randrange(start + 30):06d}" for _ in range(4)))
    alive = {int(item.post.id[5:]) for item in bus.read(None, 1_000) if item.post is not None}
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    found = {number for number in range(600) if f"种下第{number:06d}句".encode() in kept}
    assert found == alive
    assert 0 < len(alive) < 500


def test_records_cross_segments_in_order_and_finished_segments_are_dropped(bus: SqlitePostBus) -> None:
    """A batch may end in another segment than it began; what is wholly trimmed leaves no table behind."""
    for start in range(0, 12_000, 3_000):
        bus.publish([a_post(number, collected_at=number) for number in range(start, start + 3_000)])
    assert numbers(bus, None, 20_000) == list(range(12_000))
    assert numbers(bus, Position(bus.stream, 0, 4_999), 3) == [4_999, 5_000, 5_001]
    assert bus.trim(7_000, Position(bus.stream, 0, 11_000)) == 7_000
    assert numbers(bus, None, 20_000) == list(range(7_000, 12_000))
    assert bus.trim(99_000, Position(bus.stream, 0, 12_000)) == 5_000
    with bus._reader.connection() as connection:
        assert segments(connection) == [2]
    bus.publish([a_post(12_000)])
    assert numbers(bus) == [12_000]


def test_an_erasure_may_meet_a_trim(bus: SqlitePostBus) -> None:
    """Offsets that were found before another process dropped their segment are passed over."""
    bus.publish([a_post(number, collected_at=0) for number in range(5_001)])
    assert bus.trim(1, Position(bus.stream, 0, 5_000)) == 5_000
    with bus._writer.transaction() as connection:
        blank_records(connection, [4_999, 5_001])
        assert drop_if_finished(connection, 0)
        assert older_in(connection, 0, 1, 5_000) == []
    assert numbers(bus) == []


def test_a_blanked_record_keeps_its_length(bus: SqlitePostBus) -> None:
    """Only an update of the same length is done in place; any other would move bytes and leave some behind."""
    bus.publish([a_post(1), a_post(2)])
    query = "SELECT length(body), body = zeroblob(length(body)) FROM records_0 ORDER BY seq"
    with bus._reader.connection() as connection:
        before = connection.execute(query).fetchall()
        bus.erase(frozenset({"post-000001"}))
        assert connection.execute(query).fetchall() == [(before[0][0], 1), (before[1][0], 0)]
