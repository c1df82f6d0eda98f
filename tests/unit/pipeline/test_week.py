"""ISO weeks of the unit's zone, and when the digest of one goes out."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.domain.week import WEEK, told_at, week_named, week_of
from pipeline.domain.working_calendar import LocalDays, working_calendar

CHINA = timezone(timedelta(hours=8))


def at(moment: str) -> Millis:
    """Return a moment in the unit's zone."""
    return int(datetime.fromisoformat(moment).replace(tzinfo=CHINA).timestamp() * 1_000)


def said(moment: Millis) -> str:
    """Return a moment as the unit reads it."""
    return f"{datetime.fromtimestamp(moment / 1_000, UTC).astimezone(CHINA):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-11-22T23:59:59", "2026-W47"),
        ("2026-11-23T00:00:00", "2026-W48"),
        ("2027-01-03T12:00:00", "2026-W53"),
        ("2027-01-04T00:00:00", "2027-W01"),
        ("2024-12-30T00:00:00", "2025-W01"),
    ],
)
def test_a_week_begins_on_monday_at_midnight_of_the_units_zone(moment: str, name: str) -> None:
    """Around the new year the ISO year is not the calendar's."""
    week = week_of(at(moment))
    assert week.name == name
    assert week.since <= at(moment) < week.until == week.since + WEEK
    assert week_named(name) == week


@given(st.integers(0, 4_102_444_800_000))
def test_weeks_have_no_hole_and_agree_with_the_calendar(moment: Millis) -> None:
    """For any moment of 130 years."""
    week = week_of(moment)
    year, number, _ = date(1970, 1, 1).__add__(timedelta(milliseconds=moment + 8 * 3_600_000)).isocalendar()
    assert week.name == f"{year}-W{number:02d}"
    assert week_of(week.until) == week_of(week.until).back(0)
    assert week_of(week.until).back(1) == week


@pytest.mark.parametrize("name", ["2026-47", "2026-W54", "2026-W00", "", "W47", "2026-W5"])
def test_what_is_no_week_is_refused_with_an_example(name: str) -> None:
    """Also a 54th week."""
    with pytest.raises(BadInput, match=r"2026-W47.*INP-160"):
        week_named(name)


@pytest.mark.parametrize(
    ("week", "when"),
    [
        pytest.param("2026-W46", "2026-11-16 08:30", id="a-monday"),
        pytest.param("2026-W40", "2026-10-08 08:30", id="the-national-holiday-ends-on-wednesday"),
        pytest.param("2026-W07", "2026-02-24 08:30", id="the-spring-festival-takes-the-whole-week"),
    ],
)
def test_a_digest_goes_out_at_half_past_eight_of_the_first_working_day(week: str, when: str) -> None:
    """By the announced holidays of 2026; a week that is off altogether is told on the first working day after it."""
    told = told_at(week_named(week), working_calendar())
    assert (said(told.at), told.provisional) == (when, False)


def test_a_unit_that_is_off_on_a_monday_reads_it_on_tuesday() -> None:
    """Its own exceptions win."""
    own = LocalDays("县庆", frozenset({date(2026, 11, 16)}), worked=False)
    assert said(told_at(week_named("2026-W46"), working_calendar(local=[own])).at) == "2026-11-17 08:30"


def test_a_year_that_nobody_has_announced_stays_provisional() -> None:
    """It is told without the notice, and the day may still move."""
    told = told_at(week_named("2040-W20"), working_calendar())
    assert (said(told.at), told.provisional) == ("2040-05-21 08:30", True)
