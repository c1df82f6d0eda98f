"""Which sources are alive, from what the crawler recorded: the coverage without which no number is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.coverage import OVERDUE
from crawlers.manifest import SourceManifest
from crawlers.source_state import SourceState, state_of
from pipeline.domain.post import Millis

from .carry.taken import seen_until
from .crawling import sources
from .stores import Stores

NOT_ASKED = "not asked yet"
OVERDUE_WHY = "overdue"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """
    One enabled source: whether its entrance was seen lately, and if not, why and since when (0: it was never seen).

    `found` is what the last round found where that is outside of `least` to `most`, which its manifest calls normal;
    None where it found what is normal.
    """

    source: str
    name: str
    is_alive: bool
    why: str
    since: Millis = 0
    found: int | None = None
    least: int = 0
    most: int = 0


def source_health(stores: Stores, every_seconds: int = 0) -> Sequence[SourceHealth]:
    """
    Return the health of every enabled source; one that was never asked is not alive.

    Nor is one that was not seen for three of its usual gaps, however its last round ended (crawl.md §8). A longer gap
    that the operator sets for all sources (`[crawl] every_seconds`) counts as usual. What another machine crawls is
    judged as of its newest file.
    """
    now = stores.clock.now()
    seen = seen_until(stores.records, now)
    enabled = [manifest for manifest in sources(stores.records).values() if manifest.enabled]
    return [_health(each, state_of(stores.records, each.id), every_seconds, seen.get(each.id, now)) for each in enabled]


def _health(manifest: SourceManifest, state: SourceState, every_seconds: int, now: Millis) -> SourceHealth:
    gap = max(manifest.every_minutes * 60, every_seconds) * 1_000
    is_overdue = state.is_alive and now - state.last_good_at > OVERDUE * gap
    is_alive = state.is_alive and not is_overdue
    why = "" if is_alive else OVERDUE_WHY if is_overdue else state.why or NOT_ASKED
    return SourceHealth(
        source=manifest.id,
        name=manifest.name,
        is_alive=is_alive,
        why=why,
        since=state.last_good_at if is_overdue else state.failing_since,
        found=state.found if state.is_alive and state.out_of_bounds else None,
        least=manifest.expected.min,
        most=manifest.expected.max,
    )
