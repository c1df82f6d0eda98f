"""What could be seen in a week: sources as they were when anything ran last, and the gaps in which nothing did."""

import json

import pytest

from api.bootstrap import memory_stores
from api.stores import Stores
from api.week_coverage import week_coverage
from crawlers.fetch_record import Fetch, Outcome, record_of
from crawlers.manifest import manifest_to_json
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.post import Millis
from pipeline.domain.week import week_of
from pipeline.domain.working_calendar import DAY
from pipeline.ports import Record
from pipeline.workflow.running import note_running
from tests.builders import HOUR, MINUTE, MONDAY, HeldClock
from tests.end_to_end.crawl_job import a_source

WEEK = week_of(MONDAY)
FRIDAY = WEEK.since + 4 * DAY + 17 * HOUR


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock(WEEK.since)


@pytest.fixture
def stores(clock: HeldClock) -> Stores:
    """Two enabled sources, each asked every half hour."""
    stores = memory_stores(clock)
    for name in ("forum", "news"):
        manifest = manifest_to_json(
            manifest_from_dict({**a_source("https://news.example/feed", pace_seconds=5.0), "id": name})
        )
        state = json.dumps({"source": name, "every_minutes": 30})
        for kind, key, value in (("setting", f"source/{name}", manifest), ("source_state", name, state)):
            stores.records.put(Record(kind, "", key, 0, value, MONDAY, "test", ""), expect=None)
    return stores


def fetched(stores: Stores, source: str, at: Millis, outcome: Outcome = Outcome.OK) -> None:
    stores.records.put_many([record_of(Fetch(source, at, 1, "list", outcome))])


def runs(stores: Stores, clock: HeldClock, *spans: tuple[Millis, Millis]) -> None:
    """The clock has run in these spans, and now it runs."""
    for since, until in spans:
        for moment in (since, *range(since + 5 * MINUTE, until, 5 * MINUTE), until):
            clock.at = moment
            note_running(stores.records, moment)


def test_a_source_that_failed_at_the_weeks_end_is_dead_since_it_was_last_seen(stores: Stores, clock: HeldClock) -> None:
    """The other one is alive."""
    fetched(stores, "forum", WEEK.until - HOUR)
    fetched(stores, "news", WEEK.until - 3 * DAY)
    fetched(stores, "news", WEEK.until - HOUR, Outcome.TIMEOUT)
    clock.at = WEEK.until + MINUTE
    seen = week_coverage(stores, WEEK)
    assert (seen.alive, seen.all, list(seen.dead)) == (1, 2, ["news"])


def test_a_pc_that_is_off_over_the_weekend_does_not_kill_its_sources(stores: Stores, clock: HeldClock) -> None:
    """They count as they were on Friday evening; the gap is told."""
    fetched(stores, "forum", FRIDAY - MINUTE)
    fetched(stores, "news", FRIDAY - MINUTE)
    runs(stores, clock, (FRIDAY - HOUR, FRIDAY), (WEEK.until + 8 * HOUR, WEEK.until + 8 * HOUR + MINUTE))
    seen = week_coverage(stores, WEEK)
    assert (seen.alive, seen.all) == (2, 2)
    assert seen.gaps == ((FRIDAY, WEEK.until),)


def test_in_a_week_in_which_nothing_ran_nothing_was_seen(stores: Stores, clock: HeldClock) -> None:
    """Whatever was alive before it."""
    fetched(stores, "forum", WEEK.since - HOUR)
    runs(stores, clock, (WEEK.since - 2 * HOUR, WEEK.since - HOUR), (WEEK.until + DAY, WEEK.until + DAY + MINUTE))
    seen = week_coverage(stores, WEEK)
    assert (seen.alive, seen.all) == (0, 2)
    assert seen.gaps == ((WEEK.since, WEEK.until),)
