"""The unit's working time: office hours, holidays, make-up days, exceptions, and years that nobody announced yet."""

from datetime import date, datetime, timedelta, timezone

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.holidays import days_between
from pipeline.domain.working_calendar import LONGEST_WALK_DAYS, LocalDays, Span, WorkingCalendar, working_calendar

CHINA = timezone(timedelta(hours=8))
HOUR = 3_600_000
CALENDAR = working_calendar()
WORKING_DAY = CALENDAR.day_length


def at(words: str) -> int:
    """Return the moment that "2026-02-13 16:00" is in China."""
    return round(datetime.fromisoformat(words).replace(tzinfo=CHINA).timestamp()) * 1000


def shown(moment: int) -> str:
    """Return a moment as a clock on the wall in China shows it."""
    return datetime.fromtimestamp(moment / 1000, CHINA).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "length", "due"),
    [
        pytest.param("2026-02-13 16:00", 3 * WORKING_DAY, "2026-02-25 16:00", id="across-spring-festival"),
        pytest.param("2026-11-20 20:10", 2 * HOUR, "2026-11-23 11:00", id="friday-evening-to-monday-morning"),
        pytest.param("2026-11-20 17:00", 2 * HOUR, "2026-11-23 10:30", id="the-last-half-hour-of-friday-counts"),
        pytest.param("2026-09-19 10:00", 1 * HOUR, "2026-09-20 10:00", id="a-make-up-sunday-works"),
        pytest.param("2026-09-30 17:30", 1 * HOUR, "2026-10-08 10:00", id="national-day-week-is-off"),
        pytest.param("2026-10-09 17:00", 1 * HOUR, "2026-10-10 09:30", id="a-make-up-saturday-works"),
        pytest.param("2026-11-23 11:30", 1 * HOUR, "2026-11-23 15:00", id="lunch-does-not-count"),
        pytest.param("2026-11-23 12:00", 3 * HOUR, "2026-11-23 17:30", id="due-at-closing-time-and-not-next-morning"),
        pytest.param("2026-11-23 07:00", 3 * HOUR, "2026-11-23 12:00", id="due-when-lunch-begins"),
        pytest.param("2026-11-24 09:00", 2 * WORKING_DAY, "2026-11-25 17:30", id="two-full-days"),
        pytest.param("2026-11-23 03:00", 0, "2026-11-23 03:00", id="no-time-is-due-at-once"),
        pytest.param("2023-01-20 16:30", 2 * HOUR, "2023-01-28 10:00", id="saturday-behind-spring-festival-2023"),
        pytest.param("2024-09-13 17:00", 1 * HOUR, "2024-09-14 09:30", id="make-up-saturday-before-mid-autumn-2024"),
        pytest.param("2025-01-24 17:00", 1 * HOUR, "2025-01-26 09:30", id="make-up-sunday-before-spring-festival-2025"),
    ],
)
def test_working_time_runs_only_while_the_unit_works(start: str, length: int, due: str) -> None:
    """Evenings, weekends and holidays stand still; make-up days run; each of these was counted by hand."""
    deadline = CALENDAR.add(at(start), length)
    assert (shown(deadline.at), deadline.provisional) == (due, False)


@pytest.mark.parametrize(
    ("moment", "works"),
    [
        ("2026-11-23 09:00", True),
        ("2026-11-23 08:59", False),
        ("2026-11-23 12:00", False),
        ("2026-11-23 14:30", True),
        ("2026-11-23 17:30", False),
        ("2026-11-22 10:00", False),
        ("2026-02-14 10:00", True),
        ("2026-02-23 10:00", False),
        ("2027-05-02 10:00", False),
        ("2027-06-09 10:00", False),
        ("2027-02-09 10:00", True),
    ],
)
def test_a_moment_is_working_time_or_not(moment: str, *, works: bool) -> None:
    """Opening times are included and closing times are not; 9 February 2027 is off by no law, only by a notice."""
    assert CALENDAR.is_working(at(moment)) is works


def test_a_deadline_in_an_unannounced_year_is_provisional_and_never_fails() -> None:
    """From Thursday, 31 December 2026, over New Year's Day and the weekend, to Monday."""
    deadline = CALENDAR.add(at("2026-12-31 16:30"), 2 * HOUR)
    assert (shown(deadline.at), deadline.provisional) == ("2027-01-04 10:00", True)


def test_five_working_days_from_late_december_end_in_the_next_year() -> None:
    """The case on which calendars without the next year's notice break."""
    deadline = CALENDAR.add(at("2026-12-25 10:00"), 5 * WORKING_DAY)
    assert (shown(deadline.at), deadline.provisional) == ("2027-01-04 10:00", True)


def test_an_unannounced_year_knows_the_days_of_the_law_only() -> None:
    """Spring Festival 2027: 5 to 8 February by law; what a notice would add on 9 and 10 February is not guessed."""
    deadline = CALENDAR.add(at("2027-02-04 17:00"), HOUR)
    assert (shown(deadline.at), deadline.provisional) == ("2027-02-09 09:30", True)


def test_the_last_days_of_a_year_wait_for_the_next_notice() -> None:
    """The notice for 2019 moved working days into December 2018, so 28 December is settled and 29 December is not."""
    assert CALENDAR.add(at("2026-12-28 10:00"), HOUR).provisional is False
    assert CALENDAR.add(at("2026-12-29 10:00"), HOUR).provisional is True
    assert CALENDAR.add(at("2025-12-29 10:00"), HOUR).provisional is False


def test_a_deadline_that_began_in_an_unknown_year_is_provisional() -> None:
    """Days of 2022 count for it, and no notice of 2022 is known here, though that of 2023 is."""
    deadline = CALENDAR.add(at("2022-12-26 10:00"), 7 * WORKING_DAY)
    assert (shown(deadline.at), deadline.provisional) == ("2023-01-05 10:00", True)


def test_a_century_without_notices_is_counted_too() -> None:
    """Beyond every table only weekends and the fixed days of the law are off; nothing fails."""
    assert CALENDAR.add(at("2126-05-01 10:00"), HOUR).provisional is True
    assert CALENDAR.between(at("2126-05-01 00:00"), at("2126-05-03 00:00")) == 0


def test_between_counts_backwards_as_negative() -> None:
    """Two hours late are minus two hours left."""
    assert CALENDAR.between(at("2026-11-23 11:00"), at("2026-11-23 09:00")) == -2 * HOUR
    assert CALENDAR.between(at("2026-11-20 16:30"), at("2026-11-23 10:00")) == 2 * HOUR


def test_the_units_own_days_win_over_the_notice() -> None:
    """A local holiday is off though the country works; a duty Saturday is worked though it rests."""
    own = [
        LocalDays("县庆", frozenset({date(2026, 11, 24)}), worked=False),
        LocalDays("普查加班", frozenset({date(2026, 10, 3)}), worked=True),
    ]
    calendar = working_calendar(local=own)
    assert shown(calendar.add(at("2026-11-23 17:00"), HOUR).at) == "2026-11-25 09:30"
    assert shown(calendar.add(at("2026-09-30 17:00"), HOUR).at) == "2026-10-03 09:30"


def test_the_last_word_of_the_unit_holds() -> None:
    """Of two arrangements for one day the later one counts, in both directions."""
    day = frozenset({date(2026, 11, 24)})
    off, on = LocalDays("放假", day, worked=False), LocalDays("取消放假", day, worked=True)
    assert working_calendar(local=[off, on]).is_working(at("2026-11-24 10:00"))
    assert not working_calendar(local=[on, off]).is_working(at("2026-11-24 10:00"))


def test_summer_hours_change_worked_days_and_open_no_weekend() -> None:
    """Hours without a word on working leave days off as they are."""
    summer = LocalDays(
        "夏令作息", frozenset(days_between(date(2026, 6, 1), date(2026, 8, 31))), hours=(Span(8 * 60, 11 * 60),)
    )
    calendar = working_calendar(local=[summer])
    assert shown(calendar.add(at("2026-07-17 10:30"), HOUR).at) == "2026-07-20 08:30"
    assert calendar.day_length == WORKING_DAY


def test_a_new_notice_settles_what_was_provisional() -> None:
    """With the year announced the same question has a final answer, which may be another one."""
    announced = WorkingCalendar(
        announced=CALENDAR.announced | {2027, 2028},
        days_off=CALENDAR.days_off | {date(2027, 1, 1), date(2027, 1, 4)},
        days_worked=CALENDAR.days_worked | {date(2027, 1, 2)},
    )
    deadline = announced.add(at("2026-12-31 16:30"), 2 * HOUR)
    assert (shown(deadline.at), deadline.provisional) == ("2027-01-02 10:00", False)


def test_a_unit_that_never_opens_is_an_error_and_no_endless_loop() -> None:
    """The walk ends, and the sentence says what to correct."""
    first = date(2026, 1, 1)
    closed = frozenset(first + timedelta(days=n) for n in range(LONGEST_WALK_DAYS + 1))
    calendar = working_calendar(local=[LocalDays("停止办公", closed, worked=False)])
    with pytest.raises(BadInput, match=r"no 60 working minutes within 4000 days.*CFG-412"):
        calendar.add(at("2026-01-01 10:00"), HOUR)


@pytest.mark.parametrize(
    "hours", [(), (Span(540, 540),), (Span(600, 540),), (Span(540, 720), Span(700, 800)), (Span(0, 1441),)]
)
def test_hours_that_cannot_be_are_refused(hours: tuple[Span, ...]) -> None:
    """None at all, none long, backwards, overlapping, longer than a day."""
    with pytest.raises(BadInput, match="CFG-411"):
        working_calendar(hours)


def test_a_deadline_before_its_start_is_refused() -> None:
    """A negative length is a mistake of the caller."""
    with pytest.raises(ValueError, match="before its start"):
        CALENDAR.add(0, -1)


def test_a_year_can_be_replaced_as_a_whole() -> None:
    """A calendar without notices knows no make-up days at all."""
    assert not working_calendar(notices=[]).is_working(at("2026-02-14 10:00"))
    assert working_calendar(notices=[]).add(at("2026-11-23 10:00"), HOUR).provisional
