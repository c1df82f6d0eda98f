"""
Compares every day of the announced years, and the days of the law, with two public packages of holidays.

    python -m venv VENV && VENV/bin/pip install chinesecalendar holidays && VENV/bin/python bench/holiday_agreement.py

Exit 0: all agree. 1: a day differs. 2: a package is not installed, so nothing was compared.
"""

import sys
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pipeline.domain.holidays import ANNOUNCED, MOVABLE_STATUTORY, is_statutory
from pipeline.domain.working_calendar import CHINA, DAY, working_calendar

TEN_O_CLOCK = 10 * 3_600_000


def days_of(year: int) -> list[date]:
    """Return all days of a year."""
    first = date(year, 1, 1)
    return [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]


def differing(name: str, days: list[date], ours: Callable[[date], bool], theirs: Callable[[date], bool]) -> int:
    """Print how many days were compared and which differ; return how many."""
    wrong = [day for day in days if bool(ours(day)) is not bool(theirs(day))]
    print(f"{name}: {len(days)} days, {len(wrong)} differ {' '.join(map(str, wrong))}".rstrip())
    return len(wrong)


def main() -> int:
    """Compare, and say what was compared."""
    try:
        chinese_calendar, holidays = import_module("chinese_calendar"), import_module("holidays")
    except ImportError as missing:
        print(f"nothing was compared: {missing}; install chinesecalendar and holidays in an environment of their own")
        return 2
    calendar = working_calendar()
    announced = [day for notice in ANNOUNCED for day in days_of(notice.year)]
    by_law = [day for year in MOVABLE_STATUTORY for day in days_of(year)]
    china = holidays.China(years=range(ANNOUNCED[0].year, ANNOUNCED[-1].year + 1))
    law = holidays.China(years=list(MOVABLE_STATUTORY), observed=False)

    def works(day: date) -> bool:
        return calendar.is_working((day - date(1970, 1, 1)).days * DAY - CHINA + TEN_O_CLOCK)

    wrong = differing("announced years, chinesecalendar", announced, works, chinese_calendar.is_workday)
    wrong += differing("announced years, holidays", announced, works, china.is_working_day)
    wrong += differing("days of the law, holidays", by_law, is_statutory, law.__contains__)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
