"""Which partition carries a key: the same everywhere, and the one that Kafka's own partitioner chooses."""

import pytest

from pipeline.domain.partition import murmur2, partition_of

PUBLISHED = {
    b"21": -973932308,
    b"foobar": -790332482,
    b"a-little-bit-long-string": -985981536,
    b"a-little-bit-longer-string": -1486304829,
    b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
    b"abc": 479470107,
}
"""What Kafka's own tests expect of its murmur2, as signed numbers."""


@pytest.mark.parametrize(("data", "expected"), PUBLISHED.items())
def test_the_hash_is_the_one_of_kafka(data: bytes, expected: int) -> None:
    """Another hash would send a unit's findings to a partition that another process holds."""
    assert murmur2(data) == expected & 0xFFFFFFFF


@pytest.mark.parametrize("unit", ["yunxi-mz", "云汐县民政局", ""])
def test_a_key_has_one_partition_among_those_that_there_are(unit: str) -> None:
    """Where there is one, everything is in it."""
    assert partition_of(unit, 1) == 0
    assert {partition_of(unit, 12) for _ in range(3)} == {(murmur2(unit.encode()) & 0x7FFFFFFF) % 12}


def test_a_topic_without_partitions_is_refused() -> None:
    """A bus that was never made has no place for a finding."""
    with pytest.raises(ValueError, match="at least one"):
        partition_of("yunxi-mz", 0)
