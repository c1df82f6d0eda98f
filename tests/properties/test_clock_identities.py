"""What holds for every working calendar, start and length: the arithmetic of clocks (workflow identities)."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipeline.domain.holidays import ANNOUNCED
from pipeline.domain.working_calendar import DAY, LocalDays, Span, WorkingCalendar, working_calendar

FIRST_DAY = date(2024, 6, 1)
STARTS = st.integers(min_value=1_717_200_000_000, max_value=1_877_000_000_000)
"""From June 2024 to June 2029, to the millisecond: announced years and years nobody knows."""
LENGTHS = st.integers(min_value=0, max_value=30 * 6 * 3_600_000)


@st.composite
def hours(draw: st.DrawFn) -> tuple[Span, ...]:
    """Draw one to three spans of a day, in order and apart."""
    edges = sorted(draw(st.lists(st.integers(0, 1440), min_size=2, max_size=6, unique=True)))
    return tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """Draw a unit's calendar: its hours, the years it knows, days that it arranges itself."""
    days = st.frozensets(st.integers(0, 1_800).map(lambda n: FIRST_DAY + timedelta(days=n)), max_size=20)
    local = [
        LocalDays("", draw(days), worked=True),
        LocalDays("", draw(days), worked=False),
        LocalDays("", draw(days), hours=draw(hours())),
    ]
    known = draw(st.integers(0, len(ANNOUNCED)))
    return working_calendar(draw(hours()), notices=ANNOUNCED[:known], local=local)


def bounded(calendar: WorkingCalendar, length: int) -> int:
    """Return a length that this unit can work in at most 60 of its days."""
    return length % (60 * calendar.day_length + 1)


@given(calendars(), STARTS, LENGTHS)
def test_between_is_the_inverse_of_add(calendar: WorkingCalendar, start: int, length: int) -> None:
    """between(t, add(t, d)) == d, exactly, for any millisecond."""
    length = bounded(calendar, length)
    assert calendar.between(start, calendar.add(start, length).at) == length


@given(calendars(), STARTS, LENGTHS, LENGTHS)
def test_two_lengths_are_added_one_after_the_other(calendar: WorkingCalendar, start: int, one: int, other: int) -> None:
    """add(add(t, a), b) == add(t, a + b)."""
    one, other = bounded(calendar, one), bounded(calendar, other)
    assert calendar.add(calendar.add(start, one).at, other).at == calendar.add(start, one + other).at


@given(calendars(), STARTS, st.integers(0, 20 * DAY), LENGTHS)
def test_who_starts_later_is_never_due_earlier(calendar: WorkingCalendar, start: int, later: int, length: int) -> None:
    """Monotone in the start."""
    length = bounded(calendar, length)
    assert calendar.add(start, length).at <= calendar.add(start + later, length).at


@given(calendars(), STARTS, LENGTHS, LENGTHS)
def test_a_longer_clock_is_never_due_earlier(calendar: WorkingCalendar, start: int, length: int, more: int) -> None:
    """Monotone in the length; strictly, where there is more of it."""
    length, more = bounded(calendar, length), bounded(calendar, more)
    assert (calendar.add(start, length).at < calendar.add(start, length + more).at) is (more > 0)


@given(calendars(), STARTS, LENGTHS.filter(bool))
def test_a_deadline_is_the_end_of_a_working_moment(calendar: WorkingCalendar, start: int, length: int) -> None:
    """The millisecond before it was worked, and no earlier moment had seen the whole length."""
    length = bounded(calendar, length) or 1
    deadline = calendar.add(start, length)
    assert calendar.is_working(deadline.at - 1)
    assert calendar.between(start, deadline.at - 1) == length - 1


@given(calendars(), STARTS, STARTS, STARTS)
def test_working_time_adds_up(calendar: WorkingCalendar, one: int, other: int, third: int) -> None:
    """between(a, b) + between(b, c) == between(a, c), and backwards it is negative."""
    other, third = one + other % (90 * DAY), one + third % (90 * DAY)
    assert calendar.between(one, other) + calendar.between(other, third) == calendar.between(one, third)
    assert calendar.between(other, one) == -calendar.between(one, other)


@given(STARTS, LENGTHS)
def test_a_deadline_is_provisional_where_a_later_notice_could_move_it(start: int, length: int) -> None:
    """Were every unsettled day off, exactly the provisional deadlines would move, and none to an earlier time."""
    calendar = working_calendar()
    deadline = calendar.add(start, length)
    unsettled = {date(2026, 12, 29) + timedelta(days=n) for n in range(1_100)}
    later = replace(calendar, days_off=calendar.days_off | unsettled).add(start, length)
    assert (later.at > deadline.at) is deadline.provisional
    assert later.at >= deadline.at
