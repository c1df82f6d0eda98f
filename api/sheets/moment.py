"""Dates and times as offices write them into tables, read as moments of China's time."""

import datetime as dt
import re
from dataclasses import dataclass

from pipeline.domain.post import Millis

_CHINA = dt.timezone(dt.timedelta(hours=8))
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST_SERIAL = dt.datetime(1899, 12, 30, tzinfo=_CHINA)
_SERIALS = (20_000.0, 80_000.0)
"""Days since 1899-12-30 that are read as a date: 1954 to 2119."""
_WRITTEN = re.compile(
    r"(?P<year>\d{4})\s*(?P<mark>[-/.年])\s*(?P<month>\d{1,2})\s*(?:(?P=mark)|月)\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?:星期.|周.)?[T\s]*(?P<half>上午|下午|晚上|晚|中午)?\s*"
    r"(?P<hour>\d{1,2})\s*[:：时点]\s*(?:(?P<minute>\d{1,2})\s*分?\s*(?:[:：]?\s*(?P<second>\d{1,2})(?:\.\d+)?\s*秒?)?)?"
    r"(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class CellMoment:
    """A moment that a cell names; `is_day`: it names the day alone, and `at` is that day's beginning."""

    at: Millis
    is_day: bool

    @property
    def ends_at(self) -> Millis:
        """Return the last moment that a due time so written allows: of a day alone its last minute."""
        return self.at + 86_340_000 if self.is_day else self.at


def read_moment(text: str) -> CellMoment | None:
    """
    Return the moment that a cell's text names, None where it names none.

    2026-11-24, 2026/11/24 9:30, 2026.11.24, 2026年11月24日 下午3时, 20261124093000, and a spreadsheet's 46350.4.
    """
    text = text.strip()
    if _SERIAL.fullmatch(text) and _SERIALS[0] <= float(text) <= _SERIALS[1]:
        at = _FIRST_SERIAL + dt.timedelta(seconds=round(float(text) * 86_400))
        return CellMoment(_millis(at), float(text).is_integer())
    match = _WRITTEN.fullmatch(text) or _COMPACT.fullmatch(text)
    try:
        return _read(match.groupdict()) if match else None
    except (ValueError, OverflowError):
        return None


def iso_of_cell(value: dt.datetime | dt.date | dt.time | dt.timedelta) -> str:
    """Return a workbook's date as ISO: a day as 2026-11-24, a time of it with the offset of China, else as it is."""
    if isinstance(value, dt.datetime):
        if value.time() == dt.time():
            return value.date().isoformat()
        rounded = (value + dt.timedelta(milliseconds=500)).replace(microsecond=0, tzinfo=_CHINA)
        return rounded.isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(value)


def _read(parts: dict[str, str | None]) -> CellMoment:
    number = {name: int(value) for name, value in parts.items() if value and value.isdecimal()}
    hour, half = number.get("hour"), parts.get("half")
    if hour is not None and half in ("下午", "晚上", "晚") and hour < 12:
        hour += 12
    at = dt.datetime(
        number["year"], number["month"], number["day"], hour or 0, number.get("minute", 0), number.get("second", 0),
        tzinfo=_zone(parts.get("zone")),
    )  # fmt: skip
    return CellMoment(_millis(at), hour is None)


def _zone(written: str | None) -> dt.tzinfo:
    if not written:
        return _CHINA
    if written == "Z":
        return dt.UTC
    hours, minutes = int(written[1:3]), int(written[-2:])
    offset = dt.timedelta(hours=hours, minutes=minutes)
    return dt.timezone(-offset if written[0] == "-" else offset)


def _millis(at: dt.datetime) -> Millis:
    return (at - _EPOCH) // dt.timedelta(milliseconds=1)
