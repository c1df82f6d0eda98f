"""The page of one incident: what it is, why it was raised, what was done about it, and what may be done next."""

from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.asked import IncidentId
from api.http.desk.incident import incident_values
from api.http.desk.kept import kept, with_what_is_wrong
from api.http.desk.reader import Reader, reader_of
from api.http.draft import Draft
from api.http.form import Forms
from api.http.gate import needs
from api.http.orders import last_step
from api.http.page import render
from api.http.problem import Problem, missing
from api.http.service import TheService, service_of
from api.http.typed_time import usual_ends
from pipeline.domain.attachment import type_of_name
from pipeline.domain.errors import HuiyinError
from pipeline.workflow.dossier import refuse_unseen

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_incident")]
BOARD = frozenset({"record_claim", "record_evidence", "give_verdict"})


@router.get("/u/{unit}/incidents/{incident}")
def incident(request: Request, service: TheService, unit: str, incident: IncidentId, who: Who) -> Response:
    """Everything of one incident; with `?board=1` the board of claims, evidence and verdicts, whatever its level."""
    reader = known(reader_of(request, service, who, unit), incident)
    values = incident_values(reader, incident, wants_board="board" in request.query_params)
    return render(request, "incident.html", {**values, **around(reader, None)}, who=who)


@router.get("/u/{unit}/incidents/{incident}/files/{memo}")
def attachment(request: Request, unit: str, incident: IncidentId, memo: IncidentId, who: Who) -> Response:
    """One attached file, as a download; it is on record who took it."""
    service = service_of(request)
    found = service.stores.log.memo(unit, memo)
    reader = known(reader_of(request, service, who, unit), incident)
    refuse_unseen(reader.queue.of_incident(reader.state.as_one(incident)).sight, f"no incident {incident} is known")
    family = {one.id for one in reader.state.family(incident)}
    if found is None or found.attachment is None or found.incident not in family:
        raise missing(f"file {memo[:40]}")
    data = service.stores.blobs.get(found.attachment)
    if data is None:
        raise Problem(410, "HTP-410", "this file was erased", "look at the timeline for when")
    service.people.audit.opened(who.account, unit, memo)
    ending = found.text.rpartition(".")[2] if "." in found.text else "bin"
    headers = {"Content-Disposition": f'attachment; filename="{memo[:12]}.{ending if ending.isalnum() else "bin"}"'}
    return Response(data, media_type=type_of_name(found.text), headers=headers)


def known(reader: Reader, incident: str) -> Reader:
    """Return the reader; raises Problem (HTP-404) where the unit has no such incident."""
    if incident not in reader.state.incidents:
        raise missing(f"incident {incident}")
    return reader


def show_incident(request: Request, reader: Reader, draft: Draft, error: HuiyinError) -> Response:
    """The page again, with what was typed into one of its forms, and why that was not carried out."""
    incident = draft.value("incident")
    draft = with_what_is_wrong(reader, draft, error)
    values = incident_values(reader, incident, draft, wants_board=draft.command in BOARD)
    asked = Forms(reader.unit, reader.words, f"/u/{reader.unit}/incidents/{incident}", values["lists"])
    what = kept(reader, draft, error, asked, values["bar"].may)
    shown = {**values, **around(reader, what)}
    return render(request, "incident.html", shown, who=reader.who, status=what.status)


def around(reader: Reader, what: object) -> dict[str, Any]:
    """Return what stands around a matter: what was not carried out, the last step, and the ends that people choose."""
    return {
        "kept": what,
        "step": last_step(reader.service, reader.unit, reader.who, reader.words),
        "ends": usual_ends(reader.service.clock.now()),
    }
