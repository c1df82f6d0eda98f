"""What offices owe now: each assignment that waits, with how its mail fares; what only paper can reach stands first."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.desk.clocks import tone_of
from api.http.desk.lists import headline_said
from api.http.desk.offices import MailView, mail_view
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.service import TheService
from pipeline.domain.incident import Assignment, Incident, State
from pipeline.workflow.visibility import Sight

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_incident")]
MOST = 300
"""So many are shown, what presses most first; the count is exact."""


@dataclass(frozen=True, slots=True)
class OpenAssignment:
    """One assignment that waits for its office."""

    incident: str
    headline: str
    office: str
    due: str
    tone: str
    received: str
    mail: MailView
    print_at: str


@router.get("/u/{unit}/assignments")
def every(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """Every assignment that waits: first what must be printed or did not arrive, then by its due time."""
    reader = reader_of(request, service, who, unit)
    roots = [reader.state.as_one(one.id) for one in reader.state.incidents.values() if one.state is not State.MERGED]
    waiting = [(one, task) for one in roots if one.is_open for task in one.assignments if task.waits]
    waiting.sort(key=lambda pair: pair[1].due_at)
    shown = [_row(reader, one, task) for one, task in waiting[:MOST] if _is_seen(reader, one)]
    shown.sort(key=lambda row: (not row.mail.needs_paper, not row.mail.tone))
    values = {
        **reader.values(),
        "rows": shown,
        "all": len(waiting),
        "paper": sum(row.mail.needs_paper for row in shown),
    }
    return render(request, "assignments.html", values, who=who)


def _is_seen(reader: Reader, incident: Incident) -> bool:
    return reader.queue.of_incident(incident).sight is Sight.FULL


def _row(reader: Reader, incident: Incident, task: Assignment) -> OpenAssignment:
    sends = reader.service.stores.outbox.sends(reader.unit, incident.id, 200)
    return OpenAssignment(
        incident=incident.id,
        headline=headline_said(reader, reader.queue.of_incident(incident)),
        office=reader.called.office(task.office),
        due=reader.at(task.due_at),
        tone=tone_of(reader.moments.now, task.due_at, None),
        received=reader.at(task.received_at),
        mail=mail_view(reader, task, sends, is_avoided=task.office in incident.avoided),
        print_at=f"/u/{reader.unit}/incidents/{incident.id}/assignments/{task.office}/print",
    )
