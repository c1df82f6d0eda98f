"""Gaps in running are recorded once, and told apart from a clock that merely ticks."""

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.workflow.running import GAP, GAPS, KEPT_FOR, NOTED_EACH, Gap, gap_before, gaps, note_running
from tests.builders import HOUR, MONDAY


def test_a_clock_that_ticks_leaves_no_gap() -> None:
    """An hour of beats, and the first one ever."""
    records = MemoryRecords()
    for beat in range(3_600):
        assert gap_before(records, MONDAY + beat * 1_000) is None
        note_running(records, MONDAY + beat * 1_000)

    assert gaps(records, 0) == []


def test_a_night_without_a_beat_is_one_gap() -> None:
    """From the last beat that was noted to the first one after it, once."""
    records = MemoryRecords()
    note_running(records, MONDAY)
    assert gap_before(records, MONDAY + GAP) is None
    morning = MONDAY + 10 * HOUR
    assert gap_before(records, morning) == Gap(MONDAY, morning)
    note_running(records, morning)
    note_running(records, morning + NOTED_EACH)

    assert gaps(records, 0) == [Gap(MONDAY, morning)]
    assert gaps(records, morning) == []


def test_gaps_of_more_than_a_year_ago_are_forgotten() -> None:
    """The record does not grow for ever."""
    records = MemoryRecords()
    for at in (MONDAY, MONDAY + HOUR, MONDAY + HOUR + KEPT_FOR + 1):
        note_running(records, at)

    assert len(records.list(GAPS, "")) == 1


def test_a_clock_that_was_set_back_is_no_gap() -> None:
    """Time goes on from there."""
    records = MemoryRecords()
    note_running(records, MONDAY)
    assert gap_before(records, MONDAY - HOUR) is None
    note_running(records, MONDAY - HOUR)

    assert gap_before(records, MONDAY - HOUR + GAP) is None
