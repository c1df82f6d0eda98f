"""A minute of the day as people write it: 17:00."""

import re

_TIME = re.compile(r"(\d{1,2})[:：](\d\d)")


def minute_of(said: str) -> int | None:
    """Return the minute of the day of a time such as 17:00; None where it is none."""
    found = _TIME.fullmatch(said.strip())
    minute = int(found[1]) * 60 + int(found[2]) if found and int(found[2]) < 60 else -1
    return minute if 0 <= minute <= 24 * 60 else None


def said_minute(minute: int) -> str:
    """Return a minute of the day as people write it."""
    return f"{minute // 60:02}:{minute % 60:02}"
