"""Times as a page or feed states them, in full; where no zone is stated, the source's own holds."""

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

from pipeline.domain.post import Millis

_NUMERIC = re.compile(
    r"(?P<year>(?:19|20)\d\d)\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*日?"
    r"(?:[T\s]*(?P<hour>\d{1,2})[:：时](?P<minute>\d{2})(?:[:：分](?P<second>\d{2}))?(?:\.\d+)?\s*[秒分]?)?"
    r"\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_NAMED_ZONE = re.compile(r"(?:[+-]\d{4}|GMT|UTC?|[ECMP][SD]T|Z)\s*(?:\([^)]*\))?\s*\Z")


def stated_time(text: str, zone: ZoneInfo) -> Millis | None:
    """Return the moment that a full date states, midnight where it gives no time of day; None where it gives none."""
    if match := _NUMERIC.search(text):
        return _from_parts(match, zone)
    return _from_mail_date(text.strip(), zone)


def _from_parts(match: re.Match[str], zone: ZoneInfo) -> Millis | None:
    stated = match["zone"]
    year, month, day, hour, minute, second = (
        int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        if stated:
            moment = datetime.fromisoformat(f"{moment:%Y-%m-%dT%H:%M:%S}{stated}")
        return _millis(moment)
    except (ValueError, OverflowError):
        return None


def _from_mail_date(text: str, zone: ZoneInfo) -> Millis | None:
    """Return the moment of an RSS date (RFC 822 form)."""
    try:
        moment = parsedate_to_datetime(text)
        if not _NAMED_ZONE.search(text):
            moment = moment.replace(tzinfo=zone)
        return _millis(moment)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _millis(moment: datetime) -> Millis | None:
    millis = int(moment.timestamp()) * 1000
    return millis if millis > 0 else None
