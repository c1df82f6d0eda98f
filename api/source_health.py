"""Which sources are alive, from what the crawler recorded: the coverage without which no number is shown."""

from collections.abc import Sequence
from dataclasses import dataclass

from crawlers.source_state import state_of
from pipeline.domain.post import Millis

from .crawling import sources
from .stores import Stores

NOT_ASKED = "not asked yet"


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """One enabled source: whether its entrance was seen last time, and if not, why and since when (0: never seen)."""

    source: str
    name: str
    is_alive: bool
    why: str
    since: Millis = 0


def source_health(stores: Stores) -> Sequence[SourceHealth]:
    """Return the health of every enabled source; one that was never asked is not alive."""
    enabled = [manifest for manifest in sources(stores.records).values() if manifest.enabled]
    return [_health(stores, manifest.id, manifest.name) for manifest in enabled]


def _health(stores: Stores, source: str, name: str) -> SourceHealth:
    state = state_of(stores.records, source)
    why = "" if state.is_alive else state.why or NOT_ASKED
    return SourceHealth(source, name, is_alive=state.is_alive, why=why, since=state.failing_since)
