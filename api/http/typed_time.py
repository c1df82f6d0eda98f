"""Times as people type them: 11-24 09:30, 11月24日下午5点前, 周五17:00, 明天 9:00, +2h; read in the units' zone."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import CHINA, MINUTE

from .moment import local

_DAYS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "": 0}
_WEEKDAYS = {day: number for number, day in enumerate("一二三四五六日")} | {"天": 6}
_NIGHT = frozenset({"晚上", "晚"})
_AFTERNOON = _NIGHT | {"下午"}
_NOON = "中午"
_HALF = "半"
_CLOCK = r"(上午|早上|中午|下午|晚上|晚|)\s*(\d{1,2})(?:[:：](\d{2})|[点时](半|\d{1,2}(?=分)|)分?)"
_DATED = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})(?:[-/.]|月)(\d{1,2})(?:[日号]\s*|[T\s]+)" + _CLOCK)
_WEEKLY = re.compile(r"(本周|这周|下周|周|星期)([一二三四五六日天])\s*" + _CLOCK)
_NAMED = re.compile(r"(今天|明天|后天|today|tomorrow|)\s*" + _CLOCK)
_BY = re.compile(r"\s*(?:之前|以前|前)$")
_AHEAD = re.compile(r"\+\s*(\d{1,3})\s*(h|d|小时|天)")


def typed_moment(typed: str, now: Millis) -> str:
    """
    Return the moment in milliseconds, as text; what cannot be read comes back as it is, for the order's reader.

    A date without a year is the next such day; an hour that has gone by today is today's still.
    """
    said = typed.strip()
    bare = _BY.sub("", said)
    there = local(now)
    try:
        found = _dated(bare, there) or _weekly(bare, there) or _named(bare, there) or _ahead(said, there)
    except ValueError:
        return said
    return said if found is None else str(_millis(found))


def usual_ends(now: Millis) -> Sequence[tuple[str, str]]:
    """Return (time to type, word of `incident.toml`) of the ends that people choose most."""
    there = local(now)
    ends = [(there + timedelta(hours=1), "in_an_hour")]
    evening = there.replace(hour=17, minute=30)
    if there < evening - timedelta(hours=1):
        ends.append((evening, "this_evening"))
    ends.append((there.replace(hour=9, minute=0) + timedelta(days=1), "tomorrow_morning"))
    return [(f"{end:%Y-%m-%d %H:%M}", word) for end, word in ends]


def _dated(said: str, there: datetime) -> datetime | None:
    found = _DATED.fullmatch(said)
    if not found:
        return None
    year, month, day = (int(part) if part else 0 for part in found.groups()[:3])
    moment = _at(there.replace(year=year or there.year, month=month, day=day), found.groups()[3:])
    is_last_years = not year and moment < there - timedelta(days=180)
    return moment.replace(year=there.year + 1) if is_last_years else moment


def _weekly(said: str, there: datetime) -> datetime | None:
    """Return the day of this week or the next; a day without its week is the next such day, today among them."""
    found = _WEEKLY.fullmatch(said)
    if not found:
        return None
    ahead = _WEEKDAYS[found[2]] - there.weekday()
    if found[1] == "下周" or (found[1] in ("周", "星期") and ahead < 0):
        ahead += 7
    return _at(there, found.groups()[2:]) + timedelta(days=ahead)


def _named(said: str, there: datetime) -> datetime | None:
    found = _NAMED.fullmatch(said)
    return _at(there, found.groups()[1:]) + timedelta(days=_DAYS[found[1]]) if found else None


def _at(day: datetime, clock: Sequence[str | None]) -> datetime:
    """Return the day's moment of (part of the day, hour, minute, minute said in words). Raises ValueError: no hour."""
    part, hours, minutes, spoken = clock
    hour = int(hours or 0)
    if part in _NIGHT and hour == 12:  # 晚上12点 belongs to two days, so it is asked again
        raise ValueError(hours)
    if (part in _AFTERNOON and hour < 12) or (part == _NOON and hour < 11):
        hour += 12
    minute = 30 if spoken == _HALF else int(minutes or spoken or 0)
    return day.replace(hour=hour, minute=minute, second=0, microsecond=0)


def _ahead(said: str, there: datetime) -> datetime | None:
    found = _AHEAD.fullmatch(said)
    if not found:
        return None
    count = int(found[1])
    return there + (timedelta(hours=count) if found[2] in ("h", "小时") else timedelta(days=count))


def _millis(moment: datetime) -> Millis:
    """Return the moment of a time in the units' zone; `local` says what that is."""
    epoch = datetime(1970, 1, 1, tzinfo=moment.tzinfo)
    return round((moment - epoch).total_seconds() * 1_000) // MINUTE * MINUTE - CHINA
