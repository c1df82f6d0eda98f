"""
What is known of each source after a round: alive or failing since when, and for how long its host wants rest.

One record per source, written when its round ends. Nothing in it names a page.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Record, Records

from .fetch_record import Outcome
from .manifest import SourceManifest
from .round import Round, Tally

KIND = "source_state"
MOST_REST_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class SourceState:
    """
    A source after its latest round. `why` is the outcome at its entrance ("" before the first round).

    `failing_since` is 0 while it is alive. `out_of_bounds` says that `found`, what the last round that counted found,
    is fewer or more than is normal: an unchanged page is not counted again.
    `rest_until` is when its host may be asked again; `rest_seconds` of rest were asked for with 429 or 503.
    """

    source: str
    at: Millis = 0
    is_alive: bool = False
    why: str = ""
    failing_since: Millis = 0
    last_good_at: Millis = 0
    last_new_at: Millis = 0
    found: int = 0
    posts: int = 0
    out_of_bounds: bool = False
    every_minutes: int = 0
    rest_until: Millis = 0
    rest_seconds: int = 0


def state_of(records: Records, source: str) -> SourceState:
    """Return what is known of a source; an empty state where it was never asked."""
    record = records.get(KIND, "", source)
    return SourceState(**json.loads(record.value)) if record else SourceState(source)


def resting_hosts(records: Records, manifests: Mapping[str, SourceManifest], now: Millis) -> Mapping[str, Millis]:
    """Return the hosts that want to be left alone, with the end of their rest; sources on one host rest together."""
    resting: dict[str, Millis] = {}
    for manifest in manifests.values():
        until = state_of(records, manifest.id).rest_until
        if until > now:
            resting[manifest.host] = max(until, resting.get(manifest.host, 0))
    return resting


def keep_states(here: Round, asked: Mapping[str, SourceManifest]) -> None:
    """Every source that was asked has its new state."""
    records = here.deps.records
    kept = [_record_of(_after(here, manifest, state_of(records, manifest.id))) for manifest in asked.values()]
    if kept:
        records.put_many(kept)


def is_out_of_bounds(tally: Tally, manifest: SourceManifest) -> bool:
    """Whether a round that saw the source found fewer or more than is normal. An unchanged page was not counted."""
    return tally.entrance is Outcome.OK and not manifest.expected.min <= tally.found <= manifest.expected.max


def _after(here: Round, manifest: SourceManifest, before: SourceState) -> SourceState:
    tally, now = here.tallies[manifest.id], here.now()
    is_alive = tally.entrance is not None and tally.entrance.is_good
    is_unchanged = tally.entrance is Outcome.UNCHANGED  # not counted: what the last counted round found still holds
    rest = 0
    if tally.rest_seconds is not None:
        rest = min(max(tally.rest_seconds, before.rest_seconds * 2), MOST_REST_SECONDS)
    return SourceState(
        source=manifest.id,
        at=now,
        is_alive=is_alive,
        why="not asked" if tally.entrance is None else tally.entrance.value,
        failing_since=0 if is_alive else before.failing_since or now,
        last_good_at=now if is_alive else before.last_good_at,
        last_new_at=now if tally.posts else before.last_new_at,
        found=before.found if is_unchanged else tally.found,
        posts=tally.posts,
        out_of_bounds=before.out_of_bounds if is_unchanged else is_out_of_bounds(tally, manifest),
        every_minutes=manifest.every_minutes,
        rest_until=now + _pause_after(here, manifest, rest) * 1_000,
        rest_seconds=rest,
    )


def _pause_after(here: Round, manifest: SourceManifest, rest: int) -> int:
    """Return for how many seconds the host is left alone: as it asks now, or as its robots.txt asks (Crawl-delay)."""
    return max(rest, math.ceil(here.delays.get(manifest.host, 0.0)))


def _record_of(state: SourceState) -> Record:
    value = json.dumps(asdict(state), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Record(
        kind=KIND, unit="", key=state.source, revision=0, value=value, at=state.at, author="crawler", reason=state.why
    )
