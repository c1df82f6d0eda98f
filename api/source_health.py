"""Which sources are alive, from what the crawler recorded: the coverage without which no number is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.fetch_record import KIND, fetch_of
from pipeline.domain.post import Millis

from .crawling import sources
from .stores import Stores

LOOKED_BACK: Millis = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One enabled source: whether its entrance was seen last time, and if not, why and since when."""

    source: str
    name: str
    is_alive: bool
    why: str


def source_health(stores: Stores) -> Sequence[SourceHealth]:
    """Return the health of every enabled source; one that was never asked is not alive."""
    enabled = [manifest for manifest in sources(stores.records).values() if manifest.enabled]
    return [_health(stores, manifest.id, manifest.name) for manifest in enabled]


def _health(stores: Stores, source: str, name: str) -> SourceHealth:
    records = stores.records.list(KIND, "", f"{source}/")
    entrances = [fetch for fetch in map(fetch_of, records) if fetch.page in ("feed", "list")]
    if not entrances:
        return SourceHealth(source, name, is_alive=False, why="not asked yet")
    last = entrances[-1]
    return SourceHealth(source, name, is_alive=last.outcome.is_good, why="" if last.outcome.is_good else last.outcome)
