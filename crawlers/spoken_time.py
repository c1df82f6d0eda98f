"""
Times as Chinese pages say them, to the minute: 昨天 08:05, 十五分钟前, 二〇二四年三月五日, 周五下午3点.

What is relative is counted from the moment at which the page was fetched; without it such a time means nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.domain.post import Millis

from .chinese_number import with_digits
from .stated_time import stated_time

LONGEST = 400
"""Only the beginning of a longer text is searched."""


@dataclass(frozen=True, slots=True)
class SpokenTime:
    """A moment that a text says. Without a clock it is the day's midnight; `is_relative`: it depends on the fetch."""

    at: Millis
    has_clock: bool
    is_relative: bool = False


_HALF = r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|深夜|早|晚|[AaPp]\.?[Mm]\.?)?\s*"
_CLOCK = (
    _HALF + r"(?P<hour>2[0-4]|[01]?\d)\s*"
    r"(?:[:：]\s*(?P<minute>[0-5]\d)(?:\s*[:：]\s*(?P<second>[0-5]\d))?(?:\.\d+)?"
    r"|[点时](?!间)\s*(?:(?P<minute_said>[0-5]?\d)\s*分?|(?P<thirty>半)|整)?(?:\s*\d{1,2}\s*秒)?)"
    r"(?:\s*(?P<meridiem>[AaPp]\.?[Mm])\b)?"
)
_GAP = r"[\sT,，|]*(?:[（(]?\s*(?:星期|周|礼拜)[一二三四五六日天0-7][）)]?)?[\sT,，|]*"
_YEAR, _MONTH = r"(?P<year>(?:19|20)\d\d)", r"(?P<month>1[0-2]|0?[1-9])"
_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_FULL = re.compile(
    rf"(?<!\d){_YEAR}\s*[-/.年]\s*{_MONTH}\s*[-/.月]\s*{_DAY}(?!\d)\s*[日号]?"
    rf"(?:{_GAP}{_CLOCK}\s*(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_ENGLISH = re.compile(
    r"\b(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+"
    rf"(?P<day>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s+"
    rf"(?:(?P<early>\d\d:\d\d(?::\d\d)?)\s+(?P<zone>[+-]\d{{4}})\s+)?{_YEAR}(?:{_GAP}(?:at\s+)?{_CLOCK})?"
)
_MONTH_DAY = re.compile(rf"(?<![\d年/.-]){_MONTH}\s*月\s*{_DAY}\s*[日号](?:{_GAP}{_CLOCK})?")
_SHORT = re.compile(rf"(?<![\d/.-]){_MONTH}[-/]{_DAY}\s+{_CLOCK}")
_DAY_WORD = re.compile(rf"(?P<word>大前天|前天|前日|昨天|昨日|昨晚|昨夜|今天|今日|今早|今晚|今晨)\s*(?:{_CLOCK})?")
_WEEKDAY = re.compile(rf"(?P<last>上)?个?(?:周|星期|礼拜)(?P<weekday>[1-7一二三四五六日天])\s*{_CLOCK}")
_AGO = re.compile(
    r"(?<!\d)(?P<count>\d{1,4}|半)\s*个?(?P<half>半)?\s*(?P<unit>秒|分|小时|钟头|天|日|周|星期|月|年)钟?\s*(?:之|以)?前"
)
_AGO_ENGLISH = re.compile(
    r"\b(?P<count>\d{1,4}|an?|one)\s*(?P<unit>second|minute|hour|day|week|month|year)s?\s+ago\b", re.IGNORECASE
)
_NOW = re.compile(r"刚刚|刚才|\bjust now\b", re.IGNORECASE)
_EPOCH = re.compile(r"\s*(1[0-9]{9})(?:[0-9]{3})?\s*\Z")
_DAYS_BACK = {"今": 0, "昨": 1, "前": 2, "大": 3}
_SECONDS = (
    dict.fromkeys(("秒", "second"), 1)
    | dict.fromkeys(("分", "minute"), 60)
    | dict.fromkeys(("小时", "钟头", "hour"), 3_600)
    | dict.fromkeys(("天", "日", "day"), 86_400)
    | dict.fromkeys(("周", "星期", "week"), 604_800)
    | dict.fromkeys(("月", "month"), 2_592_000)
    | dict.fromkeys(("年", "year"), 31_536_000)
)
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AFTERNOON = frozenset({"下午", "傍晚", "晚上", "晚间", "深夜", "晚", "pm"})
_WEEKDAYS = {c: n % 7 for n, c in enumerate("一二三四五六日1234567")} | {"天": 6}
_SIMPLE = str.maketrans("個鐘時點號週禮兩剛後０１２３４５６７８９", "个钟时点号周礼两刚后0123456789")


def spoken_time(text: str, zone: ZoneInfo, fetched_at: Millis | None = None) -> SpokenTime | None:
    """
    Return the first moment that a text says, in the zone of the source; None where it says none.

    `fetched_at` is the moment that 刚刚 and 昨天 are counted from, and whose year 5月13日 has.
    """
    said = with_digits(text[:LONGEST].translate(_SIMPLE))
    found = _absolute(said, zone)
    if found is None and fetched_at is not None:
        found = _relative(said, datetime.fromtimestamp(fetched_at / 1_000, zone))
    if found is None and (moment := stated_time(said, zone)) is not None:
        found = SpokenTime(moment, has_clock=True)  # the form of mails and feeds, which always has a clock
    return found


def _absolute(said: str, zone: ZoneInfo) -> SpokenTime | None:
    if match := _EPOCH.match(said):
        return SpokenTime(int(match[1]) * 1_000, has_clock=True)
    for match in _FULL.finditer(said):
        if (found := _dated(match, int(match["month"]), zone)) is not None:
            return found
    for match in _ENGLISH.finditer(said):
        if (found := _dated(match, _NAMES.index(match["name"]) + 1, zone)) is not None:
            return found
    return None


def _dated(match: re.Match[str], month: int, zone: ZoneInfo) -> SpokenTime | None:
    """Return the moment of a date with a year; None where the calendar has no such day."""
    try:
        day = datetime(int(match["year"]), month, int(match["day"]), tzinfo=zone)
        early = match["early"] if "early" in match.re.groupindex else None
        if early:
            day = datetime.fromisoformat(f"{day:%Y-%m-%d}T{early}{match['zone']}")
            return SpokenTime(_millis(day), has_clock=True)
        at = day + (_clock(match) or timedelta())
        if match["zone"] and _clock(match) is not None:
            at = datetime.fromisoformat(f"{at:%Y-%m-%dT%H:%M:%S}{match['zone']}")
    except ValueError:
        return None
    return SpokenTime(_millis(at), has_clock=_clock(match) is not None)


def _relative(said: str, fetched: datetime) -> SpokenTime | None:
    today = fetched.replace(hour=0, minute=0, second=0, microsecond=0)
    if match := _DAY_WORD.search(said):
        day, clock = today - timedelta(days=_DAYS_BACK[match["word"][0]]), _clock(match)
        if clock is not None and match["word"][-1] in "晚夜" and timedelta(hours=1) <= clock < timedelta(hours=12):
            clock += timedelta(hours=12)
        return SpokenTime(_millis(day + (clock or timedelta())), clock is not None, is_relative=True)
    if match := _WEEKDAY.search(said):
        return SpokenTime(_millis(_of_weekday(match, today, fetched)), has_clock=True, is_relative=True)
    for pattern in (_MONTH_DAY, _SHORT):
        if (match := pattern.search(said)) and (day_or_none := _of_year(match, today)):
            clock = _clock(match)
            return SpokenTime(_millis(day_or_none + (clock or timedelta())), clock is not None, is_relative=True)
    return _ago(said, fetched)


def _of_weekday(match: re.Match[str], today: datetime, fetched: datetime) -> datetime:
    """Return the last such weekday; 上周五 is that of the calendar week before."""
    weekday = _WEEKDAYS[match["weekday"]]
    clock = _clock(match) or timedelta()
    if match["last"]:
        return today - timedelta(days=today.weekday() + 7 - weekday) + clock
    at = today - timedelta(days=(today.weekday() - weekday) % 7) + clock
    return at if at <= fetched else at - timedelta(days=7)


def _of_year(match: re.Match[str], today: datetime) -> datetime | None:
    """Return the last such day that is not in the future."""
    for year in range(today.year, today.year - 5, -1):
        try:
            day = today.replace(year=year, month=int(match["month"]), day=int(match["day"]))
        except ValueError:
            continue  # 29 February of a year that has none
        if day <= today:
            return day
    return None


def _ago(said: str, fetched: datetime) -> SpokenTime | None:
    if match := _AGO.search(said):
        count = 0.5 if match["count"] == "半" else int(match["count"]) + (0.5 if match["half"] else 0)
    elif match := _AGO_ENGLISH.search(said):
        count = int(match["count"]) if match["count"].isdecimal() else 1
    elif _NOW.search(said):
        return SpokenTime(_millis(fetched), has_clock=True, is_relative=True)
    else:
        return None
    seconds = _SECONDS[match["unit"].lower()]
    try:
        at = fetched - timedelta(seconds=count * seconds)
    except OverflowError:  # 2500年前: no moment of any post
        return None
    if seconds >= 86_400:
        at = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return SpokenTime(_millis(at), has_clock=seconds < 86_400, is_relative=True)


def _clock(match: re.Match[str]) -> timedelta | None:
    """Return the time of day that a match says; None where it says none."""
    if match["hour"] is None:
        return None
    hour = int(match["hour"])
    minute = int(match["minute"] or match["minute_said"] or (30 if match["thirty"] else 0))
    half = (match["meridiem"] or match["half"] or "").lower().replace(".", "")
    if (half in _AFTERNOON and 1 <= hour < 12) or (half == "中午" and hour < 3):
        hour += 12
    elif half in {"凌晨", "am"} and hour == 12:
        hour = 0
    return timedelta(hours=hour, minutes=minute, seconds=int(match["second"] or 0))


def _millis(moment: datetime) -> Millis:
    return int(moment.timestamp()) * 1_000
