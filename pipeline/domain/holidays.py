"""
China's public holidays 法定节假日 and make-up days 调休, as announced year by year, and what the law alone says.

Each year's arrangement is a notice of the General Office of the State Council, usually of October to December before.
Until it is out, only the days of the law are known: 全国年节及纪念日放假办法, 国务院令第795号, in force since 2025.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class HolidayNotice:
    """What was announced for a year: days off as (first, last), and days of a weekend that are worked instead."""

    year: int
    source: str
    off: tuple[tuple[date, date], ...]
    worked: tuple[date, ...] = ()

    @property
    def days_off(self) -> frozenset[date]:
        """Every day that is off by this notice; some fall on a weekend or into December before the year."""
        return frozenset(day for first, last in self.off for day in days_between(first, last))


def days_between(first: date, last: date) -> Iterator[date]:
    """Yield each day from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(ordinal)


ANNOUNCED: tuple[HolidayNotice, ...] = (
    HolidayNotice(
        2023,
        "国办发明电〔2022〕16号",
        off=(
            (date(2022, 12, 31), date(2023, 1, 2)),
            (date(2023, 1, 21), date(2023, 1, 27)),
            (date(2023, 4, 5), date(2023, 4, 5)),
            (date(2023, 4, 29), date(2023, 5, 3)),
            (date(2023, 6, 22), date(2023, 6, 24)),
            (date(2023, 9, 29), date(2023, 10, 6)),
        ),
        worked=(
            date(2023, 1, 28),
            date(2023, 1, 29),
            date(2023, 4, 23),
            date(2023, 5, 6),
            date(2023, 6, 25),
            date(2023, 10, 7),
            date(2023, 10, 8),
        ),
    ),
    HolidayNotice(
        2024,
        "国办发明电〔2023〕7号",
        off=(
            (date(2024, 1, 1), date(2024, 1, 1)),
            (date(2024, 2, 10), date(2024, 2, 17)),
            (date(2024, 4, 4), date(2024, 4, 6)),
            (date(2024, 5, 1), date(2024, 5, 5)),
            (date(2024, 6, 10), date(2024, 6, 10)),
            (date(2024, 9, 15), date(2024, 9, 17)),
            (date(2024, 10, 1), date(2024, 10, 7)),
        ),
        worked=(
            date(2024, 2, 4),
            date(2024, 2, 18),
            date(2024, 4, 7),
            date(2024, 4, 28),
            date(2024, 5, 11),
            date(2024, 9, 14),
            date(2024, 9, 29),
            date(2024, 10, 12),
        ),
    ),
    HolidayNotice(
        2025,
        "国办发明电〔2024〕12号",
        off=(
            (date(2025, 1, 1), date(2025, 1, 1)),
            (date(2025, 1, 28), date(2025, 2, 4)),
            (date(2025, 4, 4), date(2025, 4, 6)),
            (date(2025, 5, 1), date(2025, 5, 5)),
            (date(2025, 5, 31), date(2025, 6, 2)),
            (date(2025, 10, 1), date(2025, 10, 8)),
        ),
        worked=(
            date(2025, 1, 26),
            date(2025, 2, 8),
            date(2025, 4, 27),
            date(2025, 9, 28),
            date(2025, 10, 11),
        ),
    ),
    HolidayNotice(
        2026,
        "国办发明电〔2025〕7号",
        off=(
            (date(2026, 1, 1), date(2026, 1, 3)),
            (date(2026, 2, 15), date(2026, 2, 23)),
            (date(2026, 4, 4), date(2026, 4, 6)),
            (date(2026, 5, 1), date(2026, 5, 5)),
            (date(2026, 6, 19), date(2026, 6, 21)),
            (date(2026, 9, 25), date(2026, 9, 27)),
            (date(2026, 10, 1), date(2026, 10, 7)),
        ),
        worked=(
            date(2026, 1, 4),
            date(2026, 2, 14),
            date(2026, 2, 28),
            date(2026, 5, 9),
            date(2026, 9, 20),
            date(2026, 10, 10),
        ),
    ),
)

FIXED_STATUTORY: frozenset[tuple[int, int]] = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""(month, day) of 元旦, 劳动节 and 国庆节."""

MOVABLE_STATUTORY: Mapping[int, tuple[date, date, date, date]] = {
    2027: (date(2027, 2, 5), date(2027, 4, 5), date(2027, 6, 9), date(2027, 9, 15)),
    2028: (date(2028, 1, 25), date(2028, 4, 4), date(2028, 5, 28), date(2028, 10, 3)),
    2029: (date(2029, 2, 12), date(2029, 4, 4), date(2029, 6, 16), date(2029, 9, 22)),
    2030: (date(2030, 2, 2), date(2030, 4, 5), date(2030, 6, 5), date(2030, 9, 12)),
    2031: (date(2031, 1, 22), date(2031, 4, 5), date(2031, 6, 24), date(2031, 10, 1)),
    2032: (date(2032, 2, 10), date(2032, 4, 4), date(2032, 6, 12), date(2032, 9, 19)),
    2033: (date(2033, 1, 30), date(2033, 4, 4), date(2033, 6, 1), date(2033, 9, 8)),
    2034: (date(2034, 2, 18), date(2034, 4, 5), date(2034, 6, 20), date(2034, 9, 27)),
    2035: (date(2035, 2, 7), date(2035, 4, 5), date(2035, 6, 10), date(2035, 9, 16)),
    2036: (date(2036, 1, 27), date(2036, 4, 4), date(2036, 5, 30), date(2036, 10, 4)),
}
"""New Year's Eve 除夕 (off with the three days behind it), 清明节, 端午节, 中秋节; other years: the fixed days only."""

UNSETTLED_FROM = (12, 29)
"""From this day on a year's end can still be changed by the next year's notice: that of 2019 made 29 December 2018 a
working day and 31 December a day off. No notice since 2007 reached further back."""


def is_statutory(day: date) -> bool:
    """Whether the law alone makes the day a holiday, whatever a notice adds by moving weekends."""
    if (day.month, day.day) in FIXED_STATUTORY:
        return True
    movable = MOVABLE_STATUTORY.get(day.year)
    if movable is None:
        return False
    eve = movable[0]
    return day in movable or eve < day <= eve + 3 * ONE_DAY
