"""
Parts: what retention drops as a whole (MECHANICS §7). Each post lies in one, by the time its newest version was seen.

Weeks (`w20260202`, named by their Monday) hold posts that no unit mentions, or only with `about` and `need` false;
months (`m202602`) the others; `kept` what an opened incident, an open to-do or an open need still needs. In UTC.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

from .mention import Mention
from .post import Millis

KEPT = "kept"
_DAY: Millis = 86_400_000
_MONDAY = 3  # 1970-01-01 was a Thursday
_FOREVER: Millis = 1 << 62


def part_for(collected_at: Millis, *, matters: bool) -> str:
    """Return the name of the month (what matters to some unit) or the week that a time belongs to."""
    return _part_of_day(collected_at // _DAY, matters)


def needs_its_post(mention: Mention) -> bool:
    """Whether the mention makes its post matter: not where both `about` and `need` are false; abstained is unclear."""
    return mention.opinion.about.label is not False or mention.opinion.need.label is not False


def is_month(part: str) -> bool:
    """Whether the part is a month: its posts live longer than those of a week."""
    return part.startswith("m")


def span_of(part: str) -> tuple[Millis, Millis]:
    """Return when a part starts and ends; what is kept has no end."""
    if part == KEPT:
        return 0, _FOREVER
    if is_month(part):
        start = datetime.strptime(part, "m%Y%m").replace(tzinfo=UTC)
        end = (start + timedelta(days=31)).replace(day=1)
    else:
        start = datetime.strptime(part, "w%Y%m%d").replace(tzinfo=UTC)
        end = start + timedelta(days=7)
    return _millis(start), _millis(end)


@lru_cache(maxsize=256)
def _part_of_day(day: int, matters: bool) -> str:
    monday = day - (day + _MONDAY) % 7
    start = datetime.fromtimestamp((day if matters else monday) * _DAY // 1000, tz=UTC)
    return start.strftime("m%Y%m" if matters else "w%Y%m%d")


def _millis(moment: datetime) -> Millis:
    return int(moment.timestamp()) * 1000
