"""
Times as Chinese pages say them, down to the minute: 昨天 08:05, 十五分钟前, 二〇二四年三月五日, 周五下午3点.

What is relative is counted from the moment the page was fetched; where that is not given, it means nothing here.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pipeline.domain.post import Millis

from .chinese_number import with_digits
from .stated_time import stated_time

LONGEST = 400
"""Longer texts are not searched: no page says a time in so many words."""

_CLOCK = (
    r"(?P<half>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|深夜|早|晚|AM|PM)?\s*"
    r"(?:(?P<hour>[01]?\d|2[0-4])\s*(?:[:：]\s*(?P<minute>[0-5]\d)(?:\s*[:：]\s*(?P<second>[0-5]\d))?(?:\.\d+)?"
    r"|[点點时時]\s*(?:(?P<minute2>[0-5]?\d)\s*分?|(?P<thirty>半)|整)?(?:\s*(?P<second2>[0-5]?\d)\s*秒)?)"
    r"\s*(?P<meridiem>[AaPp]\.?[Mm]\b)?)"
)
_GAP = r"[\sT,，|]*(?:[（(]?\s*(?:星期|周|週|礼拜)[一二三四五六日天0-7][）)]?)?[\sT,，|]*"
_FULL = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>1[0-2]|0?[1-9])\s*[-/.月]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)"
    rf"\s*[日号]?(?:{_GAP}{_CLOCK}\s*(?P<zone>Z|[+-]\d\d:?\d\d)?)?"
)
_MONTH_DAY = re.compile(
    r"(?<![\d年/.-])(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号]"
    rf"(?:{_GAP}{_CLOCK})?"
)
_SHORT = re.compile(
    rf"(?<![\d/.-])(?P<month>1[0-2]|0?[1-9])[-/](?P<day>3[01]|[12]\d|0?[1-9])\s+{_CLOCK}"
)
_DAY_WORD = re.compile(rf"(?P<word>今天|今日|今早|今晚|今晨|昨天|昨日|昨晚|昨夜|前天|前日|大前天|[Yy]esterday|[Tt]oday)\s*(?:{_CLOCK})?")
_WEEKDAY = re.compile(rf"(?P<last>上)?(?:周|星期|礼拜|週)(?P<weekday>[1-7一二三四五六日天])\s*{_CLOCK}")
_AGO = re.compile(
    r"(?<!\d)(?P<count>\d{1,4}|半|几)\s*个?(?P<half>半)?(?P<unit>秒|分|小时|钟头|天|日|周|星期|月|年)钟?\s*(?:之前|以前|前)"
)
_AGO_ENGLISH = re.compile(
    r"(?P<count>\d{1,4}|an?|one)\s*(?P<unit>second|sec|minute|min|hour|day|week|month|year)s?\s+ago\b", re.IGNORECASE
)
_NOW = re.compile(r"刚刚|刚才|\bjust now\b", re.IGNORECASE)
_ENGLISH_DATE = re.compile(
    r"(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+"
    rf"(?:(?P<early>\d\d:\d\d(?::\d\d)?)\s+(?P<zone>[+-]\d{{4}})\s+)?(?P<year>(?:19|20)\d\d)(?:{_GAP}(?:at\s+)?{_CLOCK})?"
)
_EPOCH = re.compile(r"\s*(1[0-9]{9})([0-9]{3})?\s*\Z")
_DAYS_BACK: Mapping[str, int] = {
    "今": 0, "昨": 1, "前": 2, "大": 3, "y": 1, "t": 0,
}  # fmt: skip
_SECONDS: Mapping[str, int] = {
    "秒": 1, "分": 60, "小时": 3_600, "钟头": 3_600, "天": 86_400, "日": 86_400, "周": 604_800, "星期": 604_800,
    "月": 2_592_000, "年": 31_536_000, "second": 1, "sec": 1, "minute": 60, "min": 60, "hour": 3_600, "day": 86_400,
    "week": 604_800, "month": 2_592_000, "year": 31_536_000,
}  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TRADITIONAL = str.maketrans("個鐘時點號週禮兩剛後內發")
