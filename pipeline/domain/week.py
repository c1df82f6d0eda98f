"""
Weeks as the digest counts them: ISO weeks of the unit's zone, from Monday 00:00 up to the next Monday 00:00.

A digest goes out at 08:30 of the first working day behind its week, by the unit's calendar. Where a whole week is off,
that is the first working day after it.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from .errors import BadInput
from .post import Millis
from .working_calendar import CHINA, DAY, MINUTE, Deadline, WorkingCalendar

WEEK: Millis = 7 * DAY
TOLD_AT = 8 * 60 + 30
"""The minute of the day at which a digest goes out."""
FIRST_MONDAY: Millis = 4 * DAY - CHINA
"""5 January 1970, 00:00 in the units' zone: every Monday lies whole weeks behind it."""

_EPOCH = date(1970, 1, 1)
_NAME = re.compile(r"(\d{4})-W(\d{2})")


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week by name (2026-W47); `until` is not part of it."""

    name: str
    since: Millis
    until: Millis

    def back(self, weeks: int) -> "Week":
        """Return the week so many weeks before."""
        return week_of(self.since - weeks * WEEK)


def week_of(at: Millis) -> Week:
    """Return the week in which a moment lies."""
    monday = (at - FIRST_MONDAY) // WEEK * WEEK + FIRST_MONDAY
    year, week, _ = (_EPOCH + timedelta(days=(monday + CHINA) // DAY)).isocalendar()
    return Week(f"{year:04d}-W{week:02d}", monday, monday + WEEK)


def week_named(name: str) -> Week:
    """Return the week of a name such as 2026-W47. Raises BadInput (INP-160) for a name that is none."""
    match = _NAME.fullmatch(name)
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        monday = None
    if monday is None:
        raise BadInput(f"{name!r} is no week; write year and ISO week, such as 2026-W47", code="INP-160")
    return week_of((monday - _EPOCH).days * DAY - CHINA)


def told_at(week: Week, calendar: WorkingCalendar) -> Deadline:
    """Return when the digest of the week goes out; provisional where a year's holidays are not announced yet."""
    opens = calendar.add(week.until, 1)
    midnight = (opens.at - 1 + calendar.offset) // DAY * DAY - calendar.offset
    return Deadline(midnight + TOLD_AT * MINUTE, opens.provisional)
