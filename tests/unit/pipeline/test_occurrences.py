"""What the clock owes is neither skipped nor doubled."""

import json

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.workflow.occurrences import OCCURRENCE, Schedule, forget_old, mark_done, take_due, tick

MINUTE = 60_000
EVERY_MINUTE = Schedule("crawl/forum", MINUTE)


def states(records: MemoryRecords) -> list[str]:
    return [json.loads(record.value)["state"] for record in records.list(OCCURRENCE)]


def test_a_new_schedule_is_due_at_once() -> None:
    """A source that was just set is crawled now, not after its interval."""
    records = MemoryRecords()

    assert tick(records, [EVERY_MINUTE], 10 * MINUTE + 5) == 1
    assert [one.due_at for one in take_due(records, "crawl/", "a", now=10 * MINUTE + 5, lease=1)] == [10 * MINUTE]


def test_a_second_tick_owes_nothing_new() -> None:
    """Ticking twice in one interval doubles nothing."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)

    assert tick(records, [EVERY_MINUTE], 10 * MINUTE + 30_000) == 0
    assert states(records) == ["due"]


def test_of_missed_occurrences_the_newest_is_owed_and_the_others_are_shown_as_skipped() -> None:
    """A machine that slept for three minutes crawls once, and says what it left out."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)

    assert tick(records, [EVERY_MINUTE], 13 * MINUTE) == 1
    assert states(records) == ["due", "skipped", "skipped", "due"]


def test_without_coalescing_every_missed_occurrence_is_owed() -> None:
    """A digest that was missed is still owed, each one."""
    records = MemoryRecords()
    weekly = Schedule("digest", MINUTE, coalesce=False)
    tick(records, [weekly], 10 * MINUTE)

    assert tick(records, [weekly], 13 * MINUTE) == 3


def test_a_tick_that_was_cut_off_before_its_watermark_doubles_nothing() -> None:
    """The rows are unique; writing them again after a crash changes nothing."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    records.remove("watermark", "", EVERY_MINUTE.name)

    assert tick(records, [EVERY_MINUTE], 10 * MINUTE) == 0
    assert states(records) == ["due"]


def test_an_occurrence_is_held_by_one_holder_until_its_lease_ends() -> None:
    """Two crawl processes never run the same round; one that died gives it up after the lease."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    first = take_due(records, "crawl/", "a", now=10 * MINUTE, lease=MINUTE)

    assert take_due(records, "crawl/", "b", now=10 * MINUTE + 1, lease=MINUTE) == []
    later = take_due(records, "crawl/", "b", now=11 * MINUTE + 1, lease=MINUTE)
    assert later[0].fence > first[0].fence


def test_a_done_occurrence_is_not_owed_again() -> None:
    """Done is done, and the second to say so is told."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    (taken,) = take_due(records, "crawl/", "a", now=10 * MINUTE, lease=MINUTE)

    assert mark_done(records, taken, "a", now=10 * MINUTE, outcome="ok")
    assert not mark_done(records, taken, "b", now=10 * MINUTE, outcome="ok")
    assert take_due(records, "crawl/", "c", now=20 * MINUTE, lease=MINUTE) == []


def test_old_occurrences_are_forgotten_but_never_come_back() -> None:
    """The watermark outlives the rows."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    (taken,) = take_due(records, "crawl/", "a", now=10 * MINUTE, lease=MINUTE)
    mark_done(records, taken, "a", now=10 * MINUTE, outcome="ok")

    assert forget_old(records, 11 * MINUTE) == 1
    assert tick(records, [EVERY_MINUTE], 10 * MINUTE + 1) == 0
