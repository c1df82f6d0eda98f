"""The printed 交办单: what an office is asked, with room to sign and to answer: for offices without mail."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.asked import IncidentId
from api.http.desk.reader import reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.problem import missing
from api.http.service import service_of
from api.http.shell import unit_name
from api.offices.told import date_said, moment_said, subject_of
from api.words import LANGUAGES, words_of
from pipeline.domain.errors import Refused
from pipeline.workflow.assignment import given_to, root_of
from pipeline.workflow.dossier import refuse_unseen

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_incident")]


@router.get("/u/{unit}/incidents/{incident}/assignments/{office}/print")
def paper(request: Request, unit: str, incident: IncidentId, office: str, who: Who) -> Response:
    """The sheet for one office; it holds what its mail and its page hold, and nothing more."""
    service = service_of(request)
    reader = reader_of(request, service, who, unit)
    if incident not in reader.state.incidents:
        raise missing(f"incident {incident}")
    one = root_of(reader.state, incident)  # as by mail and link: what was merged into a complaint is part of it
    refuse_unseen(reader.queue.of_incident(one).sight, f"no incident {incident} is known")
    is_kept = service.desk.is_for_leader(unit, one.id)
    given = given_to(service.stores.log, reader.state, (incident, office), is_kept=is_kept)
    if given is None or given.task is None:
        raise missing(f"assignment of office {office[:40]}")
    if given.is_hidden:
        sentence = f"the complaint may be about office {office}; a leader permits it first, then print"
        raise Refused(sentence, code="INC-231")
    offset = service.editor.calendar(unit).offset
    values = {
        **reader.values(),
        "f": words_of(LANGUAGES[0]),  # the form leaves the house: it speaks the first language
        "sheet": {
            "unit": unit_name(service, unit),
            "office": reader.called.office(office),
            "number": given.number,
            "subject": subject_of(service.stores, given).said,
            "request": given.request.text if given.request else "",
            "assigned": date_said(given.at, offset),
            "due": f"{date_said(given.due_at, offset)}{moment_said(given.due_at, offset).partition('日')[2]}",
        },
        "back": f"/u/{unit}/incidents/{incident}",
    }
    return render(request, "office_print.html", values, who=who)
