"""What every PostBus does, in memory, in SQLite, on Kafka: order, positions, repeats, letters, trimming, erasure."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.adapters.memory.bus import MemoryPostBus
from pipeline.adapters.sqlite.bus import RETENTION, SqlitePostBus
from pipeline.adapters.sqlite.migrations import open_bus
from pipeline.adapters.sqlite.writer import Reader
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Kind, Origin, Post, Token, Visibility
from pipeline.domain.wire import post_to_json
from pipeline.ports import DeadLetter, Position, PostBus
from tests.kafka_house import bus_house

OpenBus = Callable[[], PostBus]


def a_post(number: int, *, collected_at: int = 1_000, source: str = "yunxi-forum") -> Post:
    """A stored post whose id, text and salt differ by number."""
    return Post(
        id=f"post-{number:06d}",
        version=f"v{number}",
        heads=(f"head-{number}",),
        source=source,
        text=f"云汐县低保金第{number}个月还没有发",
        title="低保",
        collected_at=collected_at,
        salt=f"salt-{number}",
    )


def a_letter(number: int, *, at: int = 10, post: str = "") -> DeadLetter:
    """A dead letter of the source yunxi-forum."""
    return DeadLetter(f"letter-{number}", "yunxi-forum", "match", "断了", at, "https://a.example/1", "ff", post)


@pytest.fixture(params=["memory", "sqlite", "kafka"])
def open_the_bus(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenBus]:
    """A function that opens the same bus again and again, each time as another process would."""
    if request.param == "kafka":
        with bus_house(request.getfixturevalue("kafka_address")) as house:
            yield lambda: house.open().posts
        return
    with ExitStack() as stack:

        def open_again() -> PostBus:
            writer = stack.enter_context(closing(open_bus(tmp_path / "bus.db")))
            return SqlitePostBus(writer, stack.enter_context(closing(Reader(tmp_path / "bus.db"))))

        memory = MemoryPostBus()
        yield open_again if request.param == "sqlite" else lambda: memory


@pytest.fixture
def bus(open_the_bus: OpenBus) -> PostBus:
    """One opened bus."""
    return open_the_bus()


def numbers(bus: PostBus, after: Position | None = None, limit: int = 100) -> list[int]:
    """The numbers of the posts behind a position."""
    return [int(item.post.id[5:]) for item in bus.read(after, limit) if item.post is not None]


def test_posts_come_in_the_order_in_which_they_were_published(bus: PostBus) -> None:
    """Order within a source is what the fold relies on."""
    bus.publish([a_post(3), a_post(1)])
    bus.publish([a_post(2)])
    assert numbers(bus) == [3, 1, 2]


def test_a_post_comes_back_as_it_was_published(bus: PostBus) -> None:
    """Nothing of a post is lost on the way, tokens and counts neither."""
    full = replace(
        a_post(1),
        origin=Origin.LETTER,
        visibility=Visibility.INTERNAL,
        kind=Kind.LETTER,
        ref="云民信〔2026〕3号",
        sealed_address="c2VhbGVk",
        counts={"likes": 3},
        tokens=(Token("p000001", 7), Token("p000002", 4_294_967_295)),
    )
    bus.publish([full])
    assert [item.post for item in bus.read(None, 10)] == [full]


def test_reading_goes_on_behind_the_position(bus: PostBus) -> None:
    """A position stands after its record, so that nothing is delivered twice and nothing is left out."""
    bus.publish([a_post(number) for number in range(5)])
    first = bus.read(None, 2)
    assert numbers(bus, first[-1].after) == [2, 3, 4]
    last = bus.read(None, 100)[-1].after
    assert numbers(bus, last) == []
    bus.publish([a_post(9)])
    assert numbers(bus, last) == [9]


def test_a_limit_is_kept(bus: PostBus) -> None:
    """A worker takes as much as one transaction may hold."""
    bus.publish([a_post(number) for number in range(5)])
    assert numbers(bus, None, 3) == [0, 1, 2]


def test_the_same_post_published_twice_is_delivered_twice(bus: PostBus) -> None:
    """The bus knows no repeats; the worker's commit is what skips them."""
    bus.publish([a_post(1)])
    bus.publish([a_post(1)])
    assert numbers(bus) == [1, 1]


def test_publishing_nothing_changes_nothing(bus: PostBus) -> None:
    """An empty page of a source is no record."""
    bus.publish([])
    assert bus.read(None, 10) == []


@pytest.mark.parametrize("partition", [0, 1])
def test_a_position_of_another_stream_means_from_the_beginning(bus: PostBus, partition: int) -> None:
    """After a restore beside an empty bus every post arrives, instead of being skipped in silence."""
    bus.publish([a_post(1), a_post(2)])
    stream = "another-stream" if partition == 0 else bus.stream
    assert numbers(bus, Position(stream, partition, 2)) == [1, 2]


def test_a_reader_holds_partitions_and_each_begins_at_offset_zero(bus: PostBus) -> None:
    """Everything that was published is found by reading what is held, each partition from its beginning."""
    bus.publish([a_post(1), a_post(2)])
    found = [number for each in bus.held() for number in numbers(bus, Position(bus.stream, each, 0))]
    assert sorted(found) == [1, 2]
    assert list(bus.held()) == sorted(set(bus.held()))


def test_a_position_ahead_of_the_whole_stream_means_from_the_beginning(bus: PostBus) -> None:
    """A bus put back to an older state of itself repeats posts rather than hiding new ones."""
    bus.publish([a_post(1)])
    assert numbers(bus, Position(bus.stream, 0, 2)) == [1]


def test_every_process_sees_one_stream(open_the_bus: OpenBus) -> None:
    """What one process publishes, another reads, under the same stream id."""
    crawler, worker = open_the_bus(), open_the_bus()
    crawler.publish([a_post(1)])
    assert worker.stream == crawler.stream != ""
    assert numbers(worker) == [1]


def test_two_publishers_lose_nothing(open_the_bus: OpenBus) -> None:
    """Posts of two crawlers stand in one order, each crawler's own order kept."""
    one, other = open_the_bus(), open_the_bus()
    for number in range(0, 20, 2):
        one.publish([a_post(number)])
        other.publish([a_post(number + 1)])
    assert numbers(one) == list(range(20))


def test_dead_letters_are_listed_newest_first(bus: PostBus) -> None:
    """What failed last is looked at first; of two at one moment the one buried last."""
    bus.bury([a_letter(1, at=10), a_letter(2, at=30), a_letter(3, at=10)])
    bus.bury([])
    assert [letter.id for letter in bus.dead_letters(10)] == ["letter-2", "letter-3", "letter-1"]
    assert bus.dead_letters(1) == [a_letter(2, at=30)]


def test_the_same_dead_letter_twice_is_one(bus: PostBus) -> None:
    """A worker that dies after burying buries again and doubles nothing."""
    bus.bury([a_letter(1, at=10)])
    bus.bury([a_letter(1, at=20), a_letter(1, at=30)])
    assert bus.dead_letters(10) == [a_letter(1, at=10)]


def test_only_old_records_that_were_passed_are_trimmed(bus: PostBus) -> None:
    """A post that the worker has not seen stays, however old; a young one stays for a reload."""
    bus.publish([a_post(1, collected_at=10), a_post(2, collected_at=90), a_post(3, collected_at=10)])
    second = bus.read(None, 10)[1].after
    assert bus.trim(50, second) == 1
    assert numbers(bus) == [2, 3]
    assert bus.trim(50, second) == 0


def test_a_position_of_another_stream_trims_nothing(bus: PostBus) -> None:
    """A foreign position says nothing about what was worked here."""
    bus.publish([a_post(1, collected_at=10)])
    assert bus.trim(50, Position("another-stream", 0, 9)) == 0
    assert numbers(bus) == [1]


def test_offsets_grow_after_everything_was_trimmed(bus: PostBus) -> None:
    """An offset that was given once never names another record."""
    bus.publish([a_post(1, collected_at=10)])
    done = bus.read(None, 10)[-1].after
    assert bus.trim(50, done) == 1
    bus.publish([a_post(2)])
    assert numbers(bus, done) == [2]


@pytest.mark.parametrize("open_the_bus", ["memory", "sqlite"], indirect=True)
def test_an_erased_post_is_delivered_no_more(bus: PostBus) -> None:
    """A record on the way would bring an erased text back."""
    bus.publish([a_post(1), a_post(2), a_post(1), a_post(3)])
    position = bus.read(None, 1)[0].after
    assert bus.erase(frozenset({"post-000001", "post-000009"})) is None
    assert numbers(bus) == [2, 3]
    assert numbers(bus, position) == [2, 3]


def test_an_erased_post_leaves_its_dead_letter_without_text(bus: PostBus) -> None:
    """That something failed stays known; what it said does not."""
    bus.bury([a_letter(1, post=post_to_json(a_post(1))), a_letter(2, at=5, post=post_to_json(a_post(2)))])
    bus.erase(frozenset({"post-000001"}))
    first, second = bus.dead_letters(10)
    assert (first.post, first.address, first.stage, first.error) == ("", "", "match", "断了")
    assert second.post != ""


class TestSqlite:
    """What holds of the file only."""

    def opened(self, path: Path) -> tuple[SqlitePostBus, ExitStack]:
        """A bus of the file with what closes it."""
        stack = ExitStack()
        writer = stack.enter_context(closing(open_bus(path)))
        return SqlitePostBus(writer, stack.enter_context(closing(Reader(path)))), stack

    def test_the_bus_outlives_its_process(self, tmp_path: Path) -> None:
        """Posts, letters, offsets and the stream's id are there after a restart."""
        bus, stack = self.opened(tmp_path / "bus.db")
        with stack:
            bus.publish([a_post(1), a_post(2)])
            bus.bury([a_letter(1)])
            before = (bus.stream, bus.read(None, 10), bus.dead_letters(10))
        bus, stack = self.opened(tmp_path / "bus.db")
        with stack:
            assert (bus.stream, bus.read(None, 10), bus.dead_letters(10)) == before

    def test_another_file_is_another_stream(self, tmp_path: Path) -> None:
        """The id is drawn with the file, so a new bus is never taken for the old one."""
        bus, stack = self.opened(tmp_path / "bus.db")
        other, other_stack = self.opened(tmp_path / "other.db")
        with stack, other_stack:
            assert bus.stream != other.stream

    def test_one_unreadable_record_hides_no_other(self, tmp_path: Path) -> None:
        """A damaged record is delivered as a problem with its position, and reading goes on behind it."""
        bus, stack = self.opened(tmp_path / "bus.db")
        with stack:
            bus.publish([a_post(1), a_post(2), a_post(3)])
            with bus._writer.transaction() as connection:
                connection.execute("UPDATE records_0 SET body = ? WHERE seq = 2", (b"\xff{",))
            items = bus.read(None, 10)
            assert [item.post is None for item in items] == [False, True, False]
            assert "INP-110" in items[1].problem
            assert numbers(bus, items[1].after) == [3]

    def test_a_post_that_is_no_unicode_publishes_nothing(self, tmp_path: Path) -> None:
        """Half a character is refused by name, and the posts beside it are not half published."""
        bus, stack = self.opened(tmp_path / "bus.db")
        with stack:
            with pytest.raises(BadInput, match=r"post-000002.*INP-111"):
                bus.publish([a_post(1), replace(a_post(2), text="\ud83d")])
            assert bus.read(None, 10) == []
            bus.bury([replace(a_letter(1), error="\ud83d")])
            assert bus.dead_letters(1)[0].error == "\\ud83d"

    def test_an_erased_sentence_is_in_no_byte_of_the_files(self, tmp_path: Path) -> None:
        """Deleted text is overwritten in the file and gone from the write-ahead log."""
        bus, stack = self.opened(tmp_path / "bus.db")
        planted = "一句种下的话不许留下" * 200
        with stack:
            bus.publish([a_post(1), replace(a_post(2), text=planted), a_post(3)])
            bus.bury([a_letter(1, post=post_to_json(replace(a_post(2), text=planted)))])
            assert any(planted[:10].encode() in file.read_bytes() for file in tmp_path.iterdir())
            assert bus.erase(frozenset({"post-000002"})) is None
            assert not [file.name for file in tmp_path.iterdir() if planted[:10].encode() in file.read_bytes()]

    def test_an_erasure_that_a_reader_delays_says_when_the_last_copy_ends(self, tmp_path: Path) -> None:
        """The receipt never promises more than is so: while old pages are needed, it names the end of retention."""
        bus, stack = self.opened(tmp_path / "bus.db")
        with stack, closing(Reader(tmp_path / "bus.db")) as slow:
            bus.publish([a_post(1, collected_at=5), a_post(2, collected_at=70)])
            with slow.snapshot() as connection:
                connection.execute("SELECT count(*) FROM records_0").fetchone()
                assert bus.erase(frozenset({"post-000001"})) == 70 + RETENTION
            assert bus.erase(frozenset({"post-000001"})) is None
