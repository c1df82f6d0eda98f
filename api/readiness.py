"""What readiness says of each part, from what the processes and the crawler wrote down."""

import json
from collections.abc import Iterable, Mapping, Sequence

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.mention import NO_OPINION
from pipeline.domain.post import Millis
from pipeline.domain.row import iso_of
from pipeline.ports import Record
from pipeline.workflow.due_record import last_due_check
from pipeline.workflow.running import Gap, gaps

from .carry.taken import carriers_taken
from .health import DeadSource, Health, Part
from .heartbeat import processes_of, pulses, silence
from .last_backup import Standing, last_backup, standing_of
from .saying import PROGRESS
from .source_health import SourceHealth, source_health
from .stores import Stores
from .supervisor import PROCESS, name_of

WEEK: Millis = 7 * 24 * 3_600_000
BEATING = ("work", "clock", "crawl")
"""The parts that give signs of life; `serve` shows by answering that it lives."""


def health(stores: Stores, every_seconds: int = 0) -> Health:
    """Return how the service fares; where the stores cannot be read, that is the answer."""
    try:
        sources, carriers = source_health(stores, every_seconds), carriers_taken(stores.records)
        carried = {source for one in carriers for source in one.sources}
        gaps_now = gaps(stores.records, stores.clock.now() - WEEK)
        parts = [
            Part("stores", "well", "they can be read"),
            Part("serve", "well", "it answers"),
            *_processes(stores, needs_crawl=any(one.source not in carried for one in sources)),
            *_said(stores),
            _coverage(sources),
            _due_times(stores),
            _running(gaps_now),
            _backup(stores),
        ]
    except StoreUnavailable as refusal:
        return Health([Part("stores", "problem", str(refusal))], {}, "unknown", 0, 0)
    states = {record.key: json.loads(record.value)["state"] for record in stores.records.list(PROCESS)}
    alive = sum(one.is_alive for one in sources)
    model = _model(stores)
    return Health(
        parts=[*parts, *_sources(sources)],
        processes=states,
        model=model,
        sources_alive=alive,
        sources=len(sources),
        has_classifier=model != NO_OPINION.model,
        gaps=gaps_now,
        carried_until=max((one.until for one in carriers), default=0),
        dead=[DeadSource(one.name, one.why, one.since) for one in sources if not one.is_alive],
    )


def _processes(stores: Stores, *, needs_crawl: bool) -> Iterable[Part]:
    """Yield each part that gives signs of life: what the supervisor saw last comes first, then its own silence."""
    told = stores.records.list(PROCESS)
    beats, now = pulses(stores.records), stores.machine_clock.now()
    for part in BEATING:
        if part == "crawl" and not needs_crawl and part not in beats:
            yield Part(part, "well", "no source is enabled, so there is nothing to crawl")
            continue
        record, pulse = _process(told, part), beats.get(part)
        silent = silence(part, pulse, now)
        process = json.loads(record.value) if record else {}
        lives_since = record is not None and pulse is not None and not silent and pulse.at > record.at
        if process.get("state") == "dead" and not lives_since:
            yield Part(part, "problem", f"{part}: {death(process)}")
        elif silent or pulse is None:
            yield Part(part, "degraded", silent)
        else:
            where = f", {pulse.where}" if pulse.where else ""
            yield Part(part, "well", f"{pulse.phase}, last sign of life {iso_of(pulse.at)}{where}")


def _process(told: Sequence[Record], part: str) -> Record | None:
    """Return what a supervisor saw last of the part: of several machines' one that lives, where any does."""
    for name in processes_of(part):
        found = [record for record in told if name_of(record.key) == name]
        if found:
            living = [record for record in found if json.loads(record.value)["state"] != "dead"]
            return max(living or found, key=lambda record: record.at)
    return None


def death(process: Mapping[str, object]) -> str:
    """Return why a process ended, and when it is tried again, from what the supervisor wrote down."""
    again = process.get("next_start_at")
    when = f"; it is started again at {iso_of(again)}" if isinstance(again, int) and again else ""
    why = process.get("why") or "ended, and its log says why"
    return f"dead, it {why}{when}"


def _said(stores: Stores) -> Iterable[Part]:
    """Yield what the worker said of its work and of its classifier."""
    record = stores.records.get(PROGRESS, "", "work")
    said: Mapping[str, str] = json.loads(record.value) if record else {}
    if said.get("problem"):
        yield Part("posts", "problem", said["problem"])
    model = said.get("model", "unknown")
    if model == NO_OPINION.model:
        sentence = f"there is no classifier: every post asks a person ({said.get('absent') or 'see `huiyin doctor`'})"
        yield Part("classifier", "degraded", sentence)
    else:
        yield Part("classifier", "well", model)


def _due_times(stores: Stores) -> Part:
    """Tell of the minute's check: an open incident that nobody is reminded of is a fault of ours."""
    found = last_due_check(stores.records)
    if found is None:
        return Part("due times", "well", "not looked at yet; the clock looks once a minute")
    if found.undated:
        says = f"{found.undated} open incidents have neither due time nor reason: {', '.join(found.named)}"
        return Part("due times", "degraded", says)
    return Part("due times", "well", f"each of {found.open_incidents} open incidents has a next due time or a reason")


def _running(found: Sequence[Gap]) -> Part:
    """Tell when nothing ran: a silence of the machine is no quiet night. It is past, so it degrades nothing."""
    if not found:
        return Part("running", "well", "without a gap in the last 7 days")
    last = found[-1]
    says = f"nothing ran from {iso_of(last.since)} to {iso_of(last.until)}"
    return Part("running", "well", says if len(found) == 1 else f"{says}; {len(found)} such gaps in the last 7 days")


def _backup(stores: Stores) -> Part:
    """Tell when the last verified backup was made; a night that was missed degrades the service."""
    standing, last = standing_of(stores.records, stores.clock.now()), last_backup(stores.records)
    if last is None:
        says = "none yet" if standing.is_well else "none, though a night has passed; see `huiyin backup`"
    elif standing is Standing.FAILED:
        says = f"the last try failed at {iso_of(last.at)} ({last.code}); see `huiyin backup`"
    else:
        second = f"; not at the second place ({last.second_problem})" if last.second_problem else ""
        says = f"verified at {iso_of(last.good_at)}{second}"
    return Part("backup", "well" if standing.is_well else "degraded", says)


def _model(stores: Stores) -> str:
    record = stores.records.get(PROGRESS, "", "work")
    return str(json.loads(record.value).get("model", "unknown")) if record else "unknown"


def _coverage(sources: Sequence[SourceHealth]) -> Part:
    alive = sum(one.is_alive for one in sources)
    says = f"{alive} of {len(sources)} sources alive" if sources else "no source is enabled"
    return Part("sources", "well" if alive == len(sources) else "degraded", says)


def _sources(sources: Sequence[SourceHealth]) -> Iterable[Part]:
    for one in sources:
        if not one.is_alive or one.found is not None:
            yield Part(f"source {one.source}", "degraded", f"source {one.source}: {complaint(one)}")


def complaint(one: SourceHealth) -> str:
    """Return what is wrong with a source, for the operator: why and since when, or what it found."""
    if one.is_alive:
        return f"the last round found {one.found}, normal is {one.least} to {one.most}"
    return f"{one.why} since {iso_of(one.since)}" if one.since else one.why
