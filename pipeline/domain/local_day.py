"""
Days as people count them: by the clock of China, whose one zone all units share (MECHANICS §7, times).

A day is a number: 0 is 1 January 1970. A store that counts by day keeps these numbers, not those of UTC.
"""

from .post import Millis
from .working_calendar import CHINA, DAY


def day_of(at: Millis) -> int:
    """Return the day in which the moment lies."""
    return (at + CHINA) // DAY


def start_of(day: int) -> Millis:
    """Return the midnight with which the day begins."""
    return day * DAY - CHINA
