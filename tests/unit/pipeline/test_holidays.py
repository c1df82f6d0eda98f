"""The announced years, against a second list of the same facts that was made from other sources."""

from datetime import date, timedelta

import pytest

from pipeline.domain.holidays import ANNOUNCED, FIXED_STATUTORY, MOVABLE_STATUTORY, HolidayNotice, is_statutory
from pipeline.domain.working_calendar import CHINA, DAY, working_calendar

WEEKDAYS_OFF = {
    2023: "0102 0123 0124 0125 0126 0127 0405 0501 0502 0503 0622 0623 0929 1002 1003 1004 1005 1006",
    2024: "0101 0212 0213 0214 0215 0216 0404 0405 0501 0502 0503 0610 0916 0917 1001 1002 1003 1004 1007",
    2025: "0101 0128 0129 0130 0131 0203 0204 0404 0501 0502 0505 0602 1001 1002 1003 1006 1007 1008",
    2026: "0101 0102 0216 0217 0218 0219 0220 0223 0406 0501 0504 0505 0619 0925 1001 1002 1005 1006 1007",
}
WEEKENDS_WORKED = {
    2023: "0128 0129 0423 0506 0625 1007 1008",
    2024: "0204 0218 0407 0428 0511 0914 0929 1012",
    2025: "0126 0208 0427 0928 1011",
    2026: "0104 0214 0228 0509 0920 1010",
}


@pytest.mark.parametrize("year", sorted(WEEKDAYS_OFF))
def test_each_day_of_an_announced_year_is_worked_or_off_as_announced(year: int) -> None:
    """All days of the year, at ten in the morning."""
    calendar, day, wrong = working_calendar(), date(year, 1, 1), []
    while day.year == year:
        listed = f"{day:%m%d}" in (WEEKENDS_WORKED if day.weekday() > 4 else WEEKDAYS_OFF)[year].split()
        works = calendar.is_working((day - date(1970, 1, 1)).days * DAY + 10 * 3_600_000 - CHINA)
        if works is not (listed if day.weekday() > 4 else not listed):
            wrong.append(day)
        day += timedelta(days=1)
    assert wrong == []


@pytest.mark.parametrize("notice", ANNOUNCED, ids=lambda notice: str(notice.year))
def test_a_notice_names_its_source_and_contradicts_nothing(notice: HolidayNotice) -> None:
    """Make-up days are days of a weekend that are not off, and the fixed days of the law are off."""
    assert notice.source.startswith(f"国办发明电〔{notice.year - 1}〕")
    assert all(day.weekday() > 4 and day.year == notice.year for day in notice.worked)
    assert notice.days_off.isdisjoint(notice.worked)
    by_law = {date(notice.year, month, day) for month, day in FIXED_STATUTORY}
    assert by_law <= notice.days_off


@pytest.mark.parametrize("year", sorted(MOVABLE_STATUTORY))
def test_the_movable_days_of_a_year_lie_in_their_season(year: int) -> None:
    """The eve by the moon from late January to late February, Qingming on 4 or 5 April, the two feasts in theirs."""
    eve, qingming, dragon_boat, mid_autumn = MOVABLE_STATUTORY[year]
    assert date(year, 1, 20) <= eve <= date(year, 2, 19)
    assert qingming in {date(year, 4, 4), date(year, 4, 5)}
    assert date(year, 5, 27) <= dragon_boat <= date(year, 6, 25)
    assert date(year, 9, 7) <= mid_autumn <= date(year, 10, 6)


def test_thirteen_days_a_year_are_off_by_law() -> None:
    """Since 2025: one, four, one, two, one, one and three; where two meet, as on 3 October 2028, one less."""
    days = {year: [date(year, 1, 1) + timedelta(days=n) for n in range(365)] for year in (2027, 2028, 2030)}
    assert {year: sum(map(is_statutory, of)) for year, of in days.items()} == {2027: 13, 2028: 12, 2030: 13}
