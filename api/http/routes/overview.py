"""How the unit stands and how well it sees: counts, sources, settings, proposed merges."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.seeing import TheUnit
from api.http.shown.count import decided, found
from api.http.shown.post import moment
from api.http.shown.unit import (
    DayShown,
    OverviewShown,
    PartShown,
    ProposalShown,
    ProposalsShown,
    SettingShown,
    SettingsShown,
    SourceShown,
    SourcesShown,
)
from api.source_line import SourceLine
from pipeline.domain.row import iso_of
from pipeline.ports import Record
from pipeline.workflow.queue import Queue
from pipeline.workflow.settings import in_force
from pipeline.workflow.tally import tally
from pipeline.workflow.visibility import Sight

router = APIRouter(prefix="/api/v1/units/{unit}", tags=["overview"])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@router.get("/overview", dependencies=[needs("read_overview")])
def overview(here: TheUnit) -> OverviewShown:
    """Return counts as they stand now, with the coverage; a zero that nobody can know is told as unknown."""
    now, coverage = here.service.clock.now(), here.coverage
    counts = tally(here.service.stores.posts, here.state, here.service.desk.practice(here.unit).due, now)
    return OverviewShown(
        at=iso_of(now),
        pushes=found(counts.pushes, coverage),
        todos=found(counts.todos, coverage, at_least=counts.todos_at_least),
        needs=found(counts.needs, coverage),
        late_needs=decided(counts.late_needs),
        open_by_state={state.value: decided(number) for state, number in counts.by_state.items()},
        open_by_level={str(level): decided(number) for level, number in counts.by_level.items()},
        overdue=decided(counts.overdue),
        days=[DayShown(_day(day), found(posts, coverage)) for day, posts in counts.days],
        coverage=coverage,
    )


@router.get("/sources", dependencies=[needs("read_sources")])
def sources(here: TheUnit) -> SourcesShown:
    """Return how well the service sees: each source, why and since when it is not alive, and each part's state."""
    health = here.service.health()
    return SourcesShown(
        coverage=here.coverage,
        sources=[_source(one) for one in here.service.sources()],
        parts=[PartShown(part.name, part.state, part.says) for part in health.parts],
        classifier=health.model,
    )


@router.get("/settings")
def settings(here: TheUnit, who: Annotated[Principal, needs("read_settings")]) -> SettingsShown:
    """Return what the unit has set, each setting with its revision, its author and the reason."""
    records = in_force(here.service.stores.records, here.unit)
    hides_addresses = not who.may("change_settings")
    shown = {record.key: _setting(record, hides_addresses=hides_addresses) for record in records}
    return SettingsShown(here.unit, shown)


@router.get("/proposals")
def proposals(here: TheUnit, who: Annotated[Principal, needs("read_incident")]) -> ProposalsShown:
    """Return merges of opened incidents that the machine proposes and nobody has answered, the newest first."""
    desk = Queue(here.service.stores.posts, here.state, who.roles)
    made = [
        one
        for one in here.service.desk.proposals(here.unit)
        if all(desk.of_incident(here.state.as_one(each)).sight is Sight.FULL for each in (one.one, one.other))
    ]
    return ProposalsShown([ProposalShown(one.one, one.other, one.why.post, one.why.similarity) for one in made])


def _setting(record: Record, *, hides_addresses: bool) -> SettingShown:
    value: Mapping[str, object] = json.loads(record.value)
    if record.key == "recipients" and hides_addresses:
        rows = value.get("recipient")
        listed = rows if isinstance(rows, list) else []
        told = [{key: what for key, what in row.items() if key != "to"} for row in listed if isinstance(row, dict)]
        value = {**value, "recipient": told}
    return SettingShown(record.revision, iso_of(record.at), record.author, record.reason, value)


def _source(one: SourceLine) -> SourceShown:
    return SourceShown(
        id=one.source,
        name=one.name,
        publisher=one.publisher,
        kind=one.kind,
        host=one.host,
        reason=one.reason,
        every_minutes=one.every_minutes,
        is_alive=one.is_alive,
        why=one.why,
        since=moment(one.since or None),
        last_good_at=moment(one.last_good_at or None),
        last_new_at=moment(one.last_new_at or None),
        found=one.found,
        least=one.least,
        most=one.most,
        is_unusual=one.is_unusual,
    )


def _day(day: int) -> str:
    return (EPOCH + timedelta(days=day)).date().isoformat()
