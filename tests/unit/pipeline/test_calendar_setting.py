"""A unit's working calendar as a setting: what is read, and what is refused."""

from datetime import date, datetime, timedelta, timezone

import pytest

from pipeline.domain.calendar_setting import parse_calendar, read_calendar
from pipeline.domain.errors import BadInput
from pipeline.domain.working_calendar import Span, working_calendar

CHINA = timezone(timedelta(hours=8))

SETTING = """
hours = ["08:30-12:00", "14:00-17:00"]

[[notice]]
year = 2027
source = "国办发明电〔2026〕1号（示例）"
off = ["2027-01-01/2027-01-03", "2027-02-05/2027-02-11"]
worked = ["2027-02-13"]

[[local]]
reason = "云汐县县庆"
days = ["2027-03-03"]
worked = false

[[local]]
reason = "夏令作息"
days = ["2027-06-01/2027-08-31"]
hours = ["08:00-11:30", "15:00-18:00"]
"""


def works(words: str) -> bool:
    """Whether the unit of the setting works at that time in China."""
    moment = round(datetime.fromisoformat(words).replace(tzinfo=CHINA).timestamp()) * 1000
    return parse_calendar(SETTING).is_working(moment)


@pytest.mark.parametrize(
    ("moment", "working"),
    [
        ("2026-11-23 08:30", True),
        ("2026-11-23 13:59", False),
        ("2027-02-11 10:00", False),
        ("2027-02-13 10:00", True),
        ("2027-03-03 10:00", False),
        ("2027-07-01 08:00", True),
        ("2027-07-01 14:00", False),
        ("2027-07-03 10:00", False),
    ],
)
def test_a_setting_changes_hours_years_and_single_days(moment: str, *, working: bool) -> None:
    """Regular hours, an announced holiday, a make-up Saturday, a local holiday, summer hours, a summer Saturday."""
    assert works(moment) is working


def test_a_new_notice_ends_the_provisional_time() -> None:
    """The year that is entered is announced from then on."""
    assert working_calendar().announced == {2023, 2024, 2025, 2026}
    assert parse_calendar(SETTING).announced == {2023, 2024, 2025, 2026, 2027}


def test_an_empty_setting_is_the_shipped_calendar() -> None:
    """Who sets nothing gets office hours and every year that is known."""
    assert read_calendar({}) == working_calendar()
    assert parse_calendar("") == working_calendar()


def test_a_notice_of_a_known_year_replaces_it() -> None:
    """A correction is not mixed with what it corrects."""
    calendar = read_calendar({"notice": [{"year": 2026, "source": "更正", "off": ["2026-01-01"]}]})
    assert {day for day in calendar.days_off if day.year == 2026} == {date(2026, 1, 1)}


def test_hours_may_end_at_midnight() -> None:
    """A desk that is open all evening closes at 24:00."""
    assert read_calendar({"hours": ["18:00-24:00"]}).hours == (Span(18 * 60, 24 * 60),)


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"ours": []}, "ours: no such key; did you mean hours? [CFG-401]"),
        ({"hours": ["9 to 5"]}, "calendar: hours: expected hours such as \"09:00-12:00\", got '9 to 5' [CFG-404]"),
        ({"hours": ["12:00-09:00"]}, "got '12:00-09:00' [CFG-404]"),
        ({"hours": ["09:00-12:75"]}, "got '09:00-12:75' [CFG-404]"),
        ({"hours": ["14:00-17:00", "09:00-12:00"]}, "hours: must be in order and apart from each other [CFG-404]"),
        ({"hours": []}, "hours: is an empty list"),
        ({"notice": {"year": 2027}}, "notice: write [[notice]] with two brackets, one table each [CFG-403]"),
        ({"notice": [{}]}, "notice 1: year: is missing; give a whole number [CFG-402]"),
        ({"notice": [{"year": "2027"}]}, "year: expected a whole number, got '2027' [CFG-403]"),
        ({"notice": [{"year": 1}]}, "year: expected a year from 2000 to 2100, got 1 [CFG-404]"),
        ({"notice": [{"year": 2027, "off": ["2028-01-01"]}]}, "off: 2028-01-01 is no day of 2027"),
        ({"notice": [{"year": 2027, "off": ["1 May"]}]}, 'expected "2031-01-01" or "2031-01-01/2031-01-03"'),
        ({"notice": [{"year": 2027, "off": ["2027-01-03/2027-01-01"]}]}, "must run forward, over at most 366 days"),
        ({"local": [{"reason": "a", "days": ["2027-01-03"]}]}, "local 1: days: nothing is said of these days"),
        ({"local": [{"worked": 1}]}, "worked: expected true or false, got 1 [CFG-403]"),
        (
            {"local": [{"reason": "a", "days": ["2027-01-04"], "worked": False, "hours": ["09:00-10:00"]}]},
            "hours: days that are off have no hours",
        ),
    ],
)
def test_a_mistake_is_named_with_its_table_and_key(document: dict[str, object], sentence: str) -> None:
    """One sentence per mistake, and nothing of the setting is used."""
    with pytest.raises(BadInput, match=r"nothing of it is used.*(?s:.*)CFG-410") as caught:
        read_calendar(document)
    assert sentence in str(caught.value)


def test_a_text_is_refused_with_all_its_lines() -> None:
    """The line of each mistake is the line in the file, in tables and above them."""
    broken = SETTING.replace('"08:30-12:00"', '"8"').replace("2027-03-03", "2027-13-03").replace("2027\n", "27\n")
    with pytest.raises(BadInput) as caught:
        parse_calendar(broken)
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [
        "calendar.toml has 3 problems; nothing of it is used.",
        "  calendar, line 2",
        "  notice 1, line 5",
        "  local 1, line 12",
    ]


def test_what_is_no_toml_is_said_to_be_none() -> None:
    """The parser's own line number is kept."""
    with pytest.raises(BadInput, match=r"calendar.toml is not TOML: .*CFG-410"):
        parse_calendar("hours = ")
