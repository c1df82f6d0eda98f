"""The list of sources with their health: the settings' manifests beside what the crawler recorded."""

from collections.abc import Sequence

from crawlers.manifest import SourceManifest
from crawlers.source_state import state_of

from .crawling import sources
from .source_health import SourceHealth, source_health
from .source_line import SourceLine
from .stores import Stores


def source_list(stores: Stores, every_seconds: int = 0) -> Sequence[SourceLine]:
    """Return every source of the settings: those that fail first, then the others, those that are off at the end."""
    health = {one.source: one for one in source_health(stores, every_seconds)}
    lines = [_line(stores, one, health.get(one.id)) for one in sources(stores.records).values()]
    return sorted(lines, key=lambda line: (line.is_alive is None, line.is_alive or False, line.name))


def _line(stores: Stores, manifest: SourceManifest, health: SourceHealth | None) -> SourceLine:
    state = state_of(stores.records, manifest.id)
    return SourceLine(
        source=manifest.id,
        name=manifest.name,
        publisher=manifest.publisher,
        kind=manifest.kind.value,
        host=manifest.host,
        reason=manifest.why,
        every_minutes=manifest.every_minutes,
        pace_seconds=manifest.pace_seconds,
        is_alive=health.is_alive if health else None,
        why=health.why if health else "",
        since=health.since if health else 0,
        last_good_at=state.last_good_at,
        last_new_at=state.last_new_at,
        found=state.found,
        least=manifest.expected.min,
        most=manifest.expected.max,
        is_unusual=health is not None and health.found is not None,
    )
