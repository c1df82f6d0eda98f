"""Times as people type them: 2026-11-24 09:30, 11-24 09:30, 09:30, 明天 9:00, +2h; read in the units' zone."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import CHINA, MINUTE

from .moment import local

_DAYS = {"今天": 0, "today": 0, "明天": 1, "tomorrow": 1, "后天": 2, "": 0}
_DATED = re.compile(r"(?:(\d{4})[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?[T\s]+(\d{1,2})[:：](\d{2})")
_NAMED = re.compile(r"(今天|明天|后天|today|tomorrow|)\s*(\d{1,2})[:：](\d{2})")
_AHEAD = re.compile(r"\+\s*(\d{1,3})\s*(h|d|小时|天)")


def typed_moment(typed: str, now: Millis) -> str:
    """
    Return the moment in milliseconds, as text; what cannot be read comes back as it is, for the order's reader.

    A date without a year is the next such day; an hour that has gone by today is today's still.
    """
    said = typed.strip()
    there = local(now)
    try:
        found = _dated(said, there) or _named(said, there) or _ahead(said, there)
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
    year, month, day, hour, minute = (int(part) if part else 0 for part in found.groups())
    moment = there.replace(
        year=year or there.year, month=month, day=day, hour=hour, minute=minute, second=0, microsecond=0
    )
    is_last_years = not year and moment < there - timedelta(days=180)
    return moment.replace(year=there.year + 1) if is_last_years else moment


def _named(said: str, there: datetime) -> datetime | None:
    found = _NAMED.fullmatch(said)
    if not found:
        return None
    moment = there.replace(hour=int(found[2]), minute=int(found[3]), second=0, microsecond=0)
    return moment + timedelta(days=_DAYS[found[1]])


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
