"""How many posts mention a unit by day and by service line, and on which days nothing is known. Only reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.local_day import day_of, start_of
from pipeline.domain.post import Millis
from pipeline.ports import PostStore

ALL_UNITS = "*"


@dataclass(frozen=True, slots=True)
class Trend:
    """
    `days` are (midnight, posts), the oldest first; posts None where nothing at all was collected from
    that day, for any unit: then nobody knows. `lines` are (service line or "", posts) over all these days, most first.
    """

    days: Sequence[tuple[Millis, int | None]]
    lines: Sequence[tuple[str, int]]


def trend(posts: PostStore, unit: str, now: Millis, days: int) -> Trend:
    """Return the counts of so many days up to now, from the roll-ups, which outlive the posts."""
    today = day_of(now)
    since = today - days + 1
    seen_at_all = {day for day, _, count in posts.daily(ALL_UNITS, since, today + 1) if count}
    by_day: Counter[int] = Counter()
    by_line: Counter[str] = Counter()
    for day, line, count in posts.daily(unit, since, today + 1):
        by_day[day] += count
        by_line[line] += count
    return Trend(
        days=[(start_of(day), _known(by_day, day, seen_at_all)) for day in range(since, today + 1)],
        lines=sorted(by_line.items(), key=lambda each: (-each[1], each[0])),
    )


def _known(by_day: Mapping[int, int], day: int, seen_at_all: set[int]) -> int | None:
    return by_day[day] if by_day[day] or day in seen_at_all else None
