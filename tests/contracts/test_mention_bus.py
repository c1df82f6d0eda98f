"""What every MentionBus does: order per unit, one partition per unit, positions, repeats."""

from collections.abc import Iterator

import pytest

from pipeline.adapters.memory.mentions import MemoryMentionBus
from pipeline.domain.found import Found, RuleMet
from pipeline.domain.mention import Hit
from pipeline.domain.partition import partition_of
from pipeline.ports import MentionBus, Position
from tests.builders import a_post, an_opinion, written_by
from tests.kafka_house import bus_house

UNITS = ("yunxi-mz", "qingshi-mz", "liuwan-mz", "dongpo-mz", "xiting-mz")
PARTITIONS = 3


def a_finding(number: int, unit: str = UNITS[0]) -> Found:
    """A finding whose post says its number."""
    rule = RuleMet("care", "v1", (Hit("text", "养老院", 0, 3),), "养老服务")
    post = a_post(number, f"养老院第{number}天没有热水", tokens=written_by("甲"))
    return Found(unit, post, (rule,), an_opinion(about=True))


@pytest.fixture(params=["memory", "kafka"])
def bus(request: pytest.FixtureRequest) -> Iterator[MentionBus]:
    """A bus of three partitions, all held by one reader."""
    if request.param == "memory":
        yield MemoryMentionBus(PARTITIONS)
        return
    with bus_house(request.getfixturevalue("kafka_address"), partitions=PARTITIONS) as house:
        yield house.open().mentions


def read_all(bus: MentionBus, limit: int = 100) -> list[Found]:
    """Everything on the bus, partition by partition."""
    items = [item for each in bus.held() for item in bus.read(Position(bus.stream, each, 0), limit)]
    return [item.found for item in items if item.found is not None]


def numbers(bus: MentionBus, after: Position, limit: int = 100) -> list[str | None]:
    """The numbers of the findings behind a position."""
    return [item.found.post.given_id for item in bus.read(after, limit) if item.found is not None]


def test_a_finding_comes_back_as_it_was_published(bus: MentionBus) -> None:
    """Post, poster tokens, rules met and opinion."""
    bus.publish([a_finding(1)])
    assert read_all(bus) == [a_finding(1)]


def test_findings_of_a_unit_come_in_the_order_in_which_they_were_published(bus: MentionBus) -> None:
    """The fold relies on it, whatever other units are told in between."""
    bus.publish([a_finding(number, unit) for number in (3, 1) for unit in UNITS])
    bus.publish([a_finding(2, unit) for unit in UNITS])
    for unit in UNITS:
        assert [found.post.given_id for found in read_all(bus) if found.unit == unit] == ["3", "1", "2"]


def test_a_unit_lies_in_one_partition_which_all_adapters_know(bus: MentionBus) -> None:
    """Whoever holds it writes the unit; a unit to which nothing was told yet has one too."""
    bus.publish([a_finding(1, unit) for unit in UNITS])
    for each in bus.held():
        there = {item.found.unit for item in bus.read(Position(bus.stream, each, 0), 100) if item.found}
        assert there == {unit for unit in UNITS if bus.partition_of(unit) == each}
    assert [bus.partition_of(unit) for unit in UNITS] == [partition_of(unit, PARTITIONS) for unit in UNITS]


def test_one_reader_holds_every_partition(bus: MentionBus) -> None:
    """Nobody else reads: everything is his."""
    assert list(bus.held()) == list(range(PARTITIONS))


def test_reading_goes_on_behind_the_position(bus: MentionBus) -> None:
    """A position stands after its record, so that nothing is delivered twice and nothing is left out."""
    bus.publish([a_finding(number) for number in range(5)])
    beginning = Position(bus.stream, bus.partition_of(UNITS[0]), 0)
    first = bus.read(beginning, 2)
    assert [item.found and item.found.post.given_id for item in first] == ["0", "1"]
    assert numbers(bus, first[-1].after) == ["2", "3", "4"]
    last = bus.read(beginning, 100)[-1].after
    assert numbers(bus, last) == []
    bus.publish([a_finding(9)])
    assert numbers(bus, last) == ["9"]


def test_a_position_of_another_stream_means_from_the_beginning(bus: MentionBus) -> None:
    """A bus that was made anew is read whole, instead of being skipped in silence."""
    first = next(unit for unit in (*UNITS, *map(str, range(99))) if bus.partition_of(unit) == 0)
    bus.publish([a_finding(1, first), a_finding(2, first)])
    assert numbers(bus, Position("another-stream", 0, 2)) == ["1", "2"]


def test_the_same_finding_published_twice_is_delivered_twice(bus: MentionBus) -> None:
    """The bus knows no repeats; the second half skips what a unit was told already."""
    bus.publish([a_finding(1)])
    bus.publish([a_finding(1)])
    assert read_all(bus) == [a_finding(1), a_finding(1)]


def test_publishing_nothing_changes_nothing(bus: MentionBus) -> None:
    """A batch that no rule met is no record."""
    bus.publish([])
    assert read_all(bus) == []


def test_a_stream_has_a_name_that_stays(bus: MentionBus) -> None:
    """Positions name it."""
    before = bus.stream
    bus.publish([a_finding(1)])
    assert bus.stream == before != ""


class TestMemory:
    """What holds of the model only."""

    def test_another_reader_reads_the_same_and_holds_what_it_is_given(self) -> None:
        """As two processes share the partitions of one topic."""
        one = MemoryMentionBus(PARTITIONS)
        other = one.beside()
        assert list(other.held()) == []
        other.hold([2, 0])
        one.publish([a_finding(1)])
        assert (list(other.held()), other.stream) == ([0, 2], one.stream)
        assert numbers(other, Position(one.stream, one.partition_of(UNITS[0]), 0)) == ["1"]
