"""
A unit's working calendar as a setting: hours, newly announced years, and the unit's own days.

    hours = ["09:00-12:00", "14:30-17:30"]
    [[notice]]                                # a year that this version does not know yet, or knows wrongly
    year = 2031
    source = "国办发明电〔2030〕…号"
    off = ["2031-01-01/2031-01-03"]           # first/last, both included
    worked = ["2031-01-04"]
    [[local]]                                 # wins over every notice
    reason = "夏令作息"
    days = ["2031-06-01/2031-08-31"]
    hours = ["08:30-12:00", "15:00-18:00"]    # where these days are worked
    worked = true                             # or false; without it, days stay worked or off as they are
"""

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from .holidays import ANNOUNCED, HolidayNotice, days_between
from .setting_table import (
    Lines,
    SettingTable,
    Table,
    document_of,
    lines_of,
    refuse_all,
    sentences,
    tables_of,
    unknown_keys,
)
from .working_calendar import OFFICE_HOURS, LocalDays, Span, WorkingCalendar, working_calendar

_SPAN = re.compile(r"(\d{1,2}):(\d\d)\s*[-–]\s*(\d{1,2}):(\d\d)")
_LONGEST_RANGE_DAYS = 366


def parse_calendar(text: str, name: str = "calendar.toml") -> WorkingCalendar:
    """Return the calendar of a TOML text; raise BadInput (CFG-410) with every problem in it, each with its line."""
    return read_calendar(document_of(text, name, "CFG-410"), name, lines_of(text))


def read_calendar(document: Table, name: str = "calendar.toml", lines: Lines | None = None) -> WorkingCalendar:
    """
    Return the calendar of a document that is already parsed; raise BadInput (CFG-410) with every problem.

    An empty document is the office week with every year that this version knows. A notice of a known year replaces it.
    """
    problems = unknown_keys(document, ("hours", "notice", "local"))
    top = SettingTable({"hours": document["hours"]} if "hours" in document else {}, ("hours",))
    hours = _hours(top) or OFFICE_HOURS
    problems += sentences("calendar", top, {("calendar", 0, "hours"): (lines or {}).get(("", 0, "hours"), 0)})
    notices = {notice.year: notice for notice in ANNOUNCED}
    for number, table in enumerate(tables_of(document, "notice", problems), start=1):
        reading = SettingTable(table, ("year", "source", "off", "worked"))
        notice = _notice(reading)
        notices[notice.year] = notice
        problems += sentences(f"notice {number}", reading, lines or {})
    local: list[LocalDays] = []
    for number, table in enumerate(tables_of(document, "local", problems), start=1):
        reading = SettingTable(table, ("reason", "days", "worked", "hours"))
        local.append(_local(reading))
        problems += sentences(f"local {number}", reading, lines or {})
    refuse_all(name, problems, "CFG-410")
    return working_calendar(hours, notices=notices.values(), local=local)


def _notice(reading: SettingTable) -> HolidayNotice:
    year = reading.whole("year") or 0
    if year and not 2000 <= year <= 2100:
        reading.refuse("year", f"expected a year from 2000 to 2100, got {year}", "CFG-404")
        year = 0
    ranges = _ranges(reading, "off", required=True)
    worked = tuple(day for first, last in _ranges(reading, "worked") for day in days_between(first, last))
    for key, days in (("off", [day for pair in ranges for day in pair]), ("worked", worked)):
        for day in days:
            if year and not date(year - 1, 12, 1) <= day <= date(year, 12, 31):
                reading.refuse(key, f"{day} is no day of {year}, nor of the December before", "CFG-404")
    return HolidayNotice(year, reading.text("source"), ranges, worked)


def _local(reading: SettingTable) -> LocalDays:
    days = frozenset(
        day for first, last in _ranges(reading, "days", required=True) for day in days_between(first, last)
    )
    worked, hours = reading.claim("worked"), _hours(reading)
    if "worked" not in reading.table and "hours" not in reading.table:
        reading.refuse("days", "nothing is said of these days; add worked = false, worked = true or hours", "CFG-404")
    if worked is False and hours:
        reading.refuse("hours", "days that are off have no hours; remove one of the two", "CFG-404")
    return LocalDays(reading.text("reason"), days, worked, hours)


def _ranges(reading: SettingTable, key: str, *, required: bool = False) -> tuple[tuple[date, date], ...]:
    ranges = []
    for words in reading.texts(key, required=required):
        first, _, last = words.partition("/")
        try:
            pair = (date.fromisoformat(first.strip()), date.fromisoformat((last or first).strip()))
        except ValueError:
            reading.refuse(key, f'expected "2031-01-01" or "2031-01-01/2031-01-03", got {words!r}', "CFG-404")
            continue
        if not 0 <= (pair[1] - pair[0]).days < _LONGEST_RANGE_DAYS:
            reading.refuse(key, f"{words!r} must run forward, over at most {_LONGEST_RANGE_DAYS} days", "CFG-404")
            continue
        ranges.append(pair)
    return tuple(ranges)


def _hours(reading: SettingTable) -> tuple[Span, ...]:
    spans: list[Span] = []
    for words in reading.texts("hours"):
        span = _span(words)
        if span is None:
            reading.refuse("hours", f'expected hours such as "09:00-12:00", got {words!r}', "CFG-404")
        else:
            spans.append(span)
    if not _are_apart(spans):
        reading.refuse("hours", "must be in order and apart from each other", "CFG-404")
        return ()
    return tuple(spans)


def _span(words: str) -> Span | None:
    match = _SPAN.fullmatch(words)
    if match is None or int(match[2]) > 59 or int(match[4]) > 59:
        return None
    span = Span(int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4]))
    return span if span.start < span.end <= 24 * 60 else None


def _are_apart(spans: Sequence[Span]) -> bool:
    return all(earlier.end <= later.start for earlier, later in pairwise(spans))
