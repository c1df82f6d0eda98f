"""
Ten thousand deadlines against a reference that knows nothing of the calendar's code: it lists every working minute.

The days are a second list of the same facts (made from other sources than ours), the reference counts minute by minute.
"""

import random
from bisect import bisect_left
from datetime import date, timedelta

import pytest

from pipeline.domain.working_calendar import OFFICE_HOURS, Span, working_calendar

MINUTE = 60_000
FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)
WEEKDAYS_OFF = """
20230102 20230123 20230124 20230125 20230126 20230127 20230405 20230501 20230502 20230503 20230622 20230623 20230929
20231002 20231003 20231004 20231005 20231006 20240101 20240212 20240213 20240214 20240215 20240216 20240404 20240405
20240501 20240502 20240503 20240610 20240916 20240917 20241001 20241002 20241003 20241004 20241007 20250101 20250128
20250129 20250130 20250131 20250203 20250204 20250404 20250501 20250502 20250505 20250602 20251001 20251002 20251003
20251006 20251007 20251008 20260101 20260102 20260216 20260217 20260218 20260219 20260220 20260223 20260406 20260501
20260504 20260505 20260619 20260925 20261001 20261002 20261005 20261006 20261007 20270101 20270205 20270208 20270405
20270609 20270915 20271001
"""
WEEKENDS_WORKED = """
20230128 20230129 20230423 20230506 20230625 20231007 20231008 20240204 20240218 20240407 20240428 20240511 20240914
20240929 20241012 20250126 20250208 20250427 20250928 20251011 20260104 20260214 20260228 20260509 20260920 20261010
"""
EVENINGS = (Span(8 * 60 + 7, 11 * 60 + 52), Span(13 * 60, 13 * 60 + 1), Span(18 * 60, 24 * 60))
BEGINNING = (FIRST - date(1970, 1, 1)).days * 1440 - 8 * 60
"""Midnight of the first day in China, in minutes since 1970."""


def working_minutes(hours: tuple[Span, ...]) -> list[int]:
    """Return every minute in which the unit works, in order, one by one."""
    minutes: list[int] = []
    day, minute = FIRST, BEGINNING
    while day <= LAST:
        name = f"{day:%Y%m%d}"
        worked = name in WEEKENDS_WORKED if day.isoweekday() > 5 else name not in WEEKDAYS_OFF
        opened = (n for n in range(1440) if worked and any(span.start <= n < span.end for span in hours))
        minutes.extend(minute + n for n in opened)
        day, minute = day + timedelta(days=1), minute + 1440
    return minutes


@pytest.mark.parametrize("hours", [OFFICE_HOURS, EVENINGS], ids=["office hours", "odd hours"])
def test_ten_thousand_deadlines_equal_the_count_by_minutes(hours: tuple[Span, ...]) -> None:
    """A deadline is the end of the n-th working minute that begins at or after the start: 0 of 10,000 wrong."""
    calendar, minutes, chance = working_calendar(hours), working_minutes(hours), random.Random(20260213)
    wrong = []
    for _ in range(10_000):
        start, length = chance.randrange(BEGINNING, minutes[-1] - 60 * 1440), chance.randint(1, 20 * 360)
        expected = minutes[bisect_left(minutes, start) + length - 1] + 1
        deadline = calendar.add(start * MINUTE, length * MINUTE)
        if deadline.at != expected * MINUTE:
            wrong.append((start, length, deadline.at // MINUTE, expected))
    assert wrong == []


def test_ten_thousand_moments_are_worked_or_not_as_listed() -> None:
    """Also minute by minute: in the list or not."""
    calendar, minutes, chance = working_calendar(), working_minutes(OFFICE_HOURS), random.Random(1)
    listed = set(minutes)
    moments = [chance.randrange(BEGINNING, minutes[-1]) for _ in range(10_000)]
    assert [m for m in moments if calendar.is_working(m * MINUTE + 59_999) is not (m in listed)] == []
