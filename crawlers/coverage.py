"""
Which sources were seen in a span of time: without it, "nothing was said" cannot be told from "nobody looked".

Computed from the fetch records alone, so it holds for any hour of the past that they reach back to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Records

from .fetch_record import KIND, Fetch, fetch_of
from .source_state import state_of

KEPT_FOR: Millis = 180 * 86_400_000
"""Fetch records are kept as long as mentioned posts are (MECHANICS §7)."""

OVERDUE = 3
"""A source that was not seen for three of its usual gaps is dead (crawl.md §8)."""

_SLICE: Millis = 10_000_000
"""Keys of one slice share their first six digits, so a span is read slice by slice."""


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """
    A source in a span. Where it is not alive, `why` is the outcome of its last fetch there, or "not asked".

    `last_good_at` is the last time up to the span's end when its feed or list was seen; 0 where that never was.
    """

    source: str
    is_alive: bool
    why: str
    last_good_at: Millis
    fetches: int
    good: int


def coverage(records: Records, sources: Iterable[str], since: Millis, until: Millis) -> Mapping[str, SourceCoverage]:
    """
    Return each source's coverage of the span from `since` up to `until`, which is not part of it.

    A source is alive in the span if its feed or list was seen there, or if it was seen before and that is no longer ago
    than three of its usual gaps, and nothing failed since.
    """
    return {source: _cover(records, source, since, until) for source in sources}


def fetches_between(records: Records, source: str, since: Millis, until: Millis) -> Sequence[Fetch]:
    """Return a source's fetches in a span, oldest first."""
    found: list[Fetch] = []
    for slice_ in range(max(0, since) // _SLICE, max(0, until - 1) // _SLICE + 1):
        for record in records.list(KIND, "", f"{source}/{slice_:06d}", limit=100_000):
            fetch = fetch_of(record)
            if since <= fetch.at < until:
                found.append(fetch)
    return found


def forget_old_fetches(records: Records, source: str, now: Millis, limit: int = 200) -> int:
    """A source's oldest fetches over age are gone, at most `limit` of them; returns how many."""
    old = [r for r in records.list(KIND, "", f"{source}/", limit=limit) if fetch_of(r).at < now - KEPT_FOR]
    for record in old:
        records.remove(KIND, "", record.key)
    return len(old)


def _cover(records: Records, source: str, since: Millis, until: Millis) -> SourceCoverage:
    gap = OVERDUE * state_of(records, source).every_minutes * 60_000
    entrances = [f for f in fetches_between(records, source, since - gap, until) if f.page != "thread"]
    inside = [f for f in entrances if f.at >= since]
    good = [f for f in inside if f.outcome.is_good]
    last = entrances[-1] if entrances else None
    is_alive = bool(good) or (last is not None and last.outcome.is_good)
    why = "" if is_alive else (last.outcome.value if last else "not asked")
    last_good_at = max((f.at for f in entrances if f.outcome.is_good), default=0)
    if not last_good_at:
        known = state_of(records, source).last_good_at
        last_good_at = known if known < until else 0
    return SourceCoverage(source, is_alive, why, last_good_at, len(inside), len(good))
