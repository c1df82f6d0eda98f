"""Coverage: "nobody said anything" is told from "nobody looked"."""

from itertools import count

import pytest

from crawlers.coverage import KEPT_FOR, coverage, fetches_between, forget_old_fetches
from crawlers.fetch_record import Fetch, Outcome, fetch_of, record_of
from crawlers.source_state import KIND, SourceState
from pipeline.adapters.memory.records import MemoryRecords
from pipeline.ports import Record

HOUR = 3_600_000
NOON = 1_795_147_200_000
numbers = count(1)


@pytest.fixture
def records() -> MemoryRecords:
    kept = MemoryRecords()
    state = '{"source":"forum","every_minutes":30}'
    kept.put_many([Record(kind=KIND, unit="", key="forum", revision=0, value=state, at=0, author="t", reason="t")])
    return kept


def fetched(records: MemoryRecords, at: int, outcome: Outcome = Outcome.OK, page: str = "list") -> Fetch:
    fetch = Fetch("forum", at, next(numbers), page, outcome)
    records.put_many([record_of(fetch)])
    return fetch


def test_a_fetch_comes_back_from_its_record() -> None:
    """Every field, the outcome as its word."""
    fetch = Fetch("forum", NOON, 3, "feed", Outcome.UNCHANGED, status=304, tries=2, rule="Allow: /", robots_at=5)

    assert fetch_of(record_of(fetch)) == fetch
    assert record_of(fetch).key == "forum/1795147200000/3"


def test_a_source_that_was_seen_in_the_hour_is_alive(records: MemoryRecords) -> None:
    """An unchanged page was seen too."""
    fetched(records, NOON + 5, Outcome.UNCHANGED)
    found = coverage(records, ["forum"], NOON, NOON + HOUR)["forum"]

    assert (found.is_alive, found.why, found.last_good_at, found.good) == (True, "", NOON + 5, 1)


@pytest.mark.parametrize("outcome", [o for o in Outcome if not o.is_good])
def test_a_source_that_only_failed_is_dead_with_its_reason(records: MemoryRecords, outcome: Outcome) -> None:
    """Timeouts, robots, a login page: each by its name."""
    fetched(records, NOON - 10 * HOUR)
    fetched(records, NOON + 5, outcome)
    found = coverage(records, ["forum"], NOON, NOON + HOUR)["forum"]

    assert (found.is_alive, found.why, found.fetches) == (False, outcome.value, 1)


def test_a_source_that_nobody_asked_is_not_alive(records: MemoryRecords) -> None:
    """No fetch is no silence."""
    found = coverage(records, ["forum", "unheard"], NOON, NOON + HOUR)

    assert {each.why for each in found.values()} == {"not asked"}


def test_a_source_seen_within_three_of_its_gaps_counts_for_a_short_span(records: MemoryRecords) -> None:
    """It is asked every 30 minutes: a quarter of an hour without a fetch is normal, two hours are not."""
    fetched(records, NOON - 80 * 60_000)

    assert coverage(records, ["forum"], NOON, NOON + 600_000)["forum"].is_alive
    assert not coverage(records, ["forum"], NOON + HOUR, NOON + 2 * HOUR)["forum"].is_alive


def test_a_failure_after_the_last_good_fetch_ends_the_grace(records: MemoryRecords) -> None:
    """What failed since is not covered by what was seen before."""
    fetched(records, NOON - 20 * 60_000)
    fetched(records, NOON - 10 * 60_000, Outcome.TIMEOUT)

    assert coverage(records, ["forum"], NOON, NOON + 600_000)["forum"].why == "timeout"


def test_threads_do_not_make_a_source_alive(records: MemoryRecords) -> None:
    """Only its feed or list shows that nothing new is there."""
    fetched(records, NOON + 5, page="thread")

    assert not coverage(records, ["forum"], NOON, NOON + HOUR)["forum"].is_alive


def test_any_span_finds_exactly_its_fetches(records: MemoryRecords) -> None:
    """Across the slices in which keys are read; the end is not part of the span."""
    made = [fetched(records, NOON + step * HOUR) for step in range(12)]

    assert fetches_between(records, "forum", NOON + HOUR, NOON + 9 * HOUR) == made[1:9]


def test_fetches_over_age_are_forgotten_a_few_at_a_time(records: MemoryRecords) -> None:
    """Each round removes some, so none is long."""
    for step in range(5):
        fetched(records, NOON + step)
    late = NOON + KEPT_FOR + 3

    assert [forget_old_fetches(records, "forum", late, limit=2) for _ in range(3)] == [2, 1, 0]


def test_an_unknown_source_has_an_empty_state() -> None:
    """It was never asked, and is not alive."""
    assert not SourceState("forum").is_alive
