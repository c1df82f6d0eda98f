"""
The county's year and day: which season a day lies in, and how much is written at an hour.

The lunar feasts are a table, because they follow no rule that is short enough to be obvious. A feast is felt from
some days before it to some days after it.
"""

from collections.abc import Mapping
from datetime import date

from pipeline.domain.post import Millis

SECOND: Millis = 1000
MINUTE: Millis = 60 * SECOND
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR
ZONE: Millis = 8 * HOUR
"""The county keeps China's time, UTC+8, without summer time."""

HOURLY = (
    *(0.35, 0.2, 0.12, 0.1, 0.12, 0.3, 0.7, 1.1, 1.35, 1.45, 1.4, 1.3),
    *(1.25, 1.15, 1.15, 1.2, 1.2, 1.15, 1.2, 1.5, 1.75, 1.75, 1.35, 0.76),
)
"""How much is written in each hour of the day, 1 on average."""

FEASTS: Mapping[str, tuple[tuple[int, int], tuple[tuple[int, int, int], ...]]] = {
    "清明": ((12, 3), ((2024, 4, 4), (2025, 4, 4), (2026, 4, 5), (2027, 4, 5), (2028, 4, 4))),
    "中元": ((5, 1), ((2024, 8, 18), (2025, 9, 6), (2026, 8, 27), (2027, 8, 16), (2028, 9, 3))),
    "重阳": ((6, 2), ((2024, 10, 11), (2025, 10, 29), (2026, 10, 18), (2027, 10, 8), (2028, 10, 26))),
    "春节": ((10, 5), ((2024, 2, 10), (2025, 1, 29), (2026, 2, 17), (2027, 2, 6), (2028, 1, 26))),
    "七夕": ((3, 1), ((2024, 8, 10), (2025, 8, 29), (2026, 8, 19), (2027, 8, 8), (2028, 8, 26))),
    "520": ((4, 1), ((2024, 5, 20), (2025, 5, 20), (2026, 5, 20), (2027, 5, 20), (2028, 5, 20))),
}
"""Feast → (days felt before and after, dates)."""


def day_number(year: int, month: int, day: int) -> int:
    """Return the days since 1970-01-01 of a civil date."""
    return date(year, month, day).toordinal() - date(1970, 1, 1).toordinal()


def seasons() -> Mapping[int, tuple[str, ...]]:
    """Return for each day number of the table's years in which feasts it lies; a day that is missing lies in none."""
    table: dict[int, tuple[str, ...]] = {}
    for feast, ((before, after), dates) in FEASTS.items():
        for year, month, day_of_month in dates:
            middle = day_number(year, month, day_of_month)
            for day in range(middle - before, middle + after + 1):
                table[day] = (*table.get(day, ()), feast)
    return table


def local_day(at: Millis) -> int:
    """Return the day number of a moment in the county."""
    return (at + ZONE) // DAY


def local_hour(at: Millis) -> int:
    """Return the hour, 0 to 23, of a moment in the county."""
    return (at + ZONE) // HOUR % 24
