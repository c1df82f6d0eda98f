"""What the clock owes is neither skipped nor doubled."""

import json

from pipeline.adapters.memory.records import MemoryRecords
from pipeline.workflow.occurrences import ENDED, OCCURRENCE, Schedule, forget_old, mark_done, take_due, tick

MINUTE = 60_000
EVERY_MINUTE = Schedule("crawl/forum", MINUTE)


def states(records: MemoryRecords) -> list[str]:
    rows = [*records.list(OCCURRENCE), *records.list(ENDED)]
    return [json.loads(record.value)["state"] for record in sorted(rows, key=lambda record: record.key)]


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


def test_a_schedule_that_waits_owes_nothing_before_its_first_time_comes() -> None:
    """A new installation sends no digest of a week in which it did not run; every later week is owed."""
    records = MemoryRecords()
    weekly = Schedule("close_week", MINUTE, coalesce=False, waits=True)

    assert tick(records, [weekly], 10 * MINUTE + 1) == 0
    assert tick(records, [weekly], 10 * MINUTE + 30_000) == 0
    assert tick(records, [weekly], 13 * MINUTE) == 3


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


def test_what_is_owed_is_found_among_any_number_of_ended_ones() -> None:
    """A week of a busy crawl hides nothing: ended occurrences lie apart."""
    records = MemoryRecords()
    for minute in range(10_050):
        tick(records, [EVERY_MINUTE], minute * MINUTE)
        (taken,) = take_due(records, "crawl/", "a", now=minute * MINUTE, lease=1)
        mark_done(records, taken, "a", now=minute * MINUTE, outcome="ok")
    tick(records, [Schedule("crawl/news", MINUTE)], 10_050 * MINUTE)

    assert [one.schedule for one in take_due(records, "crawl/", "a", now=10_050 * MINUTE, lease=1)] == ["crawl/news"]
    assert len(records.list(OCCURRENCE)) == 1


def test_an_occurrence_that_was_cut_off_while_it_was_marked_done_is_not_owed_again() -> None:
    """Its end was written, its row not yet removed: it is cleared away, and nothing is doubled."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    (row,) = records.list(OCCURRENCE)
    (taken,) = take_due(records, "crawl/", "a", now=10 * MINUTE, lease=MINUTE)
    mark_done(records, taken, "a", now=10 * MINUTE, outcome="ok")
    records.put(row, expect=0)

    assert take_due(records, "crawl/", "a", now=11 * MINUTE, lease=MINUTE) == []
    assert records.list(OCCURRENCE) == []


def test_a_clock_that_was_far_ahead_for_a_moment_stops_nothing() -> None:
    """The watermark lies ten years ahead; what is due now is owed all the same, and only once."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    tick(records, [EVERY_MINUTE], 5_000_000 * MINUTE)

    assert tick(records, [EVERY_MINUTE], 11 * MINUTE) == 1
    assert tick(records, [EVERY_MINUTE], 11 * MINUTE) == 0


def test_a_clock_that_steps_back_a_little_owes_nothing_twice() -> None:
    """The same minute comes again."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)

    assert tick(records, [EVERY_MINUTE], 10 * MINUTE - 1) == 0
    assert tick(records, [EVERY_MINUTE], 10 * MINUTE) == 0


def test_one_source_is_never_crawled_by_two_at_once() -> None:
    """The lease is the schedule's: a later occurrence of it waits for the holder of the earlier one."""
    records = MemoryRecords()
    tick(records, [EVERY_MINUTE], 10 * MINUTE)
    take_due(records, "crawl/", "a", now=10 * MINUTE, lease=5 * MINUTE)
    tick(records, [EVERY_MINUTE], 11 * MINUTE)

    assert take_due(records, "crawl/", "b", now=11 * MINUTE, lease=5 * MINUTE) == []


def test_old_occurrences_of_every_schedule_are_forgotten() -> None:
    """Also of one that is no longer set, and however many there are."""
    records = MemoryRecords()
    for minute in range(700):
        for name in ("crawl/a", "crawl/b"):
            tick(records, [Schedule(name, MINUTE)], minute * MINUTE)
    for taken in take_due(records, "crawl/", "a", now=700 * MINUTE, lease=1):
        mark_done(records, taken, "a", now=700 * MINUTE, outcome="ok")

    assert forget_old(records, 690 * MINUTE) == 1_380
    assert len(records.list(ENDED)) == 20
