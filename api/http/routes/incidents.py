"""Incidents: the list, the dossier of one, its course, and who was told of it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.accounts.principal import Principal
from api.http.asked import IncidentId, ThePage, Time, moment_of
from api.http.gate import needs
from api.http.seeing import Here, TheUnit
from api.http.shown.course import NoticeShown, SendsShown, TimelineShown, step_shown, told_shown
from api.http.shown.incident import IncidentShown, incident_shown
from api.http.shown.row import RowsShown, row_shown
from pipeline.domain.incident import State
from pipeline.domain.next_moves import moves_for
from pipeline.domain.row import iso_of
from pipeline.workflow.dossier import Dossier, dossier
from pipeline.workflow.incident_list import IncidentList, Wanted
from pipeline.workflow.memo_texts import memo_texts
from pipeline.workflow.told import who_was_told

router = APIRouter(prefix="/api/v1/units/{unit}/incidents", tags=["incidents"])
Reader = Annotated[Principal, needs("read_incident")]
SENDS = 10_000
"""So many sends of one incident are told of; the newest."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which incidents are asked for."""

    state: Annotated[
        frozenset[State], Query(description="Only these; without any, all but those merged into another")
    ] = frozenset()
    level: Annotated[
        frozenset[Annotated[int, Query(ge=1, le=4)]], Query(description="Only these; 1 is Ⅰ, the gravest")
    ] = frozenset()
    line: Annotated[str | None, Query(max_length=100, description="A service line", examples=["社会救助"])] = None
    since: Time = None

    def wanted(self) -> Wanted:
        """Return what the list is asked for."""
        return Wanted(self.state, self.level, self.line, moment_of("since", self.since))


@router.get("")
def incidents(here: TheUnit, who: Reader, asked: ThePage, only: Annotated[Filter, Depends()]) -> RowsShown:
    """Return the unit's incidents, opened last first; `since` is when they were opened at the earliest."""
    page = IncidentList(here.service.stores.posts, here.state, who.roles).page(only.wanted(), asked.cursor, asked.limit)
    here.note_rows(who, "incidents", page.rows)
    return RowsShown([row_shown(row) for row in page.rows], page.cursor, here.coverage)


@router.get("/{incident}")
def incident(incident: IncidentId, here: TheUnit, who: Reader, response: Response) -> IncidentShown:
    """
    Return all of an incident; its ETag is the revision, which goes into If-Match of a command.

    The revision counts decisions. Posts that join it change what is shown here, and no revision.
    """
    found = _dossier(here, incident, who, response)
    texts = memo_texts(here.service.stores.log, here.unit, incident)
    here.note_posts(who, f"incident {incident}", [seen.stored.post.id for seen in found.posts])
    return incident_shown(found, texts, moves_for(found.incident.state, who.actor, who.roles), here.coverage)


@router.get("/{incident}/timeline")
def timeline(incident: IncidentId, here: TheUnit, who: Reader, response: Response) -> TimelineShown:
    """Return every event of an incident, oldest first, with what was typed."""
    found = _dossier(here, incident, who, response)
    return TimelineShown(incident, found.incident.revision, [step_shown(step) for step in found.timeline])


@router.get("/{incident}/sends")
def sends(incident: IncidentId, here: TheUnit, who: Reader, response: Response) -> SendsShown:
    """Return who was to be told, and why each of them was told or was not: recorded facts alone."""
    found = _dossier(here, incident, who, response)
    told = who_was_told(here.service.stores.outbox.sends(here.unit, incident, SENDS))
    notices = [NoticeShown(iso_of(one.at), one.what, one.why, one.to, one.level) for one in found.notices]
    return SendsShown(incident, notices, [told_shown(one) for one in told])


def _dossier(here: Here, incident: str, who: Principal, response: Response) -> Dossier:
    found = dossier(here.service.stores.log, here.service.stores.posts, here.state, incident, who.roles)
    response.headers["ETag"] = f'"{found.incident.revision}"'
    return found
