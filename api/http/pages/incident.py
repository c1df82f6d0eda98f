"""The page of one incident: what it is, why it was raised, what was done about it, and what may be done next."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.asked import IncidentId
from api.http.desk.incident import incident_values
from api.http.desk.kept import kept, with_what_is_wrong
from api.http.desk.lists import lists_of_unit
from api.http.desk.moves import moves_of
from api.http.desk.reader import Reader, reader_of
from api.http.draft import Draft
from api.http.form import Forms
from api.http.gate import needs
from api.http.orders import last_step
from api.http.page import render
from api.http.problem import Problem, missing
from api.http.service import Service, TheService, service_of
from api.http.typed_time import usual_ends
from pipeline.domain.attachment import type_of_name
from pipeline.domain.errors import HuiyinError
from pipeline.workflow.dossier import refuse_unseen

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_incident")]


@router.get("/u/{unit}/incidents/{incident}")
def incident(request: Request, service: TheService, unit: str, incident: IncidentId, who: Who) -> Response:
    """Everything of one incident; with `?board=1` the board of claims, evidence and verdicts, whatever its level."""
    reader = known(reader_of(request, service, who, unit), incident)
    values = incident_values(reader, incident, wants_board="board" in request.query_params)
    return render(request, "incident.html", {**values, **_around(service, reader, None)}, who=who)


@router.get("/u/{unit}/incidents/{incident}/settle")
def settle(request: Request, service: TheService, unit: str, incident: IncidentId, who: Who) -> Response:
    """一屏办结: one form in which a routine matter goes from acknowledged to closed."""
    return show_settle(request, known(reader_of(request, service, who, unit), incident), incident)


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
    shown = {**values, **_around(reader.service, reader, what)}
    return render(request, "incident.html", shown, who=reader.who, status=what.status)


def show_settle(
    request: Request, reader: Reader, incident: str, draft: Draft | None = None, error: HuiyinError | None = None
) -> Response:
    """The one form of a routine matter, with what was typed where it was sent before."""
    one = reader.state.as_one(incident)
    may = moves_of(one, reader.who.actor, reader.who.roles)
    home = f"/u/{reader.unit}/incidents/{incident}"
    forms = Forms(reader.unit, reader.words, f"/u/{reader.unit}/queue", lists_of_unit(reader))
    draft = with_what_is_wrong(reader, draft, error) if draft and error else draft
    what = kept(reader, draft, error, forms, may) if draft and error else None
    form = forms.form("settle", {"incident": incident}, revision=one.revision, draft=draft)
    if draft is not None:
        form = replace(form, revision=draft.revision)
    values = incident_values(reader, incident)
    shown = {**values, **_around(reader.service, reader, what), "form": form, "home": home, "may": may}
    return render(request, "settle.html", shown, who=reader.who, status=what.status if what else 200)


BOARD = frozenset({"record_claim", "record_evidence", "give_verdict"})


def _around(service: Service, reader: Reader, what: object) -> dict[str, Any]:
    return {
        "kept": what,
        "step": last_step(service, reader.unit, reader.who, reader.words),
        "ends": usual_ends(service.clock.now()),
    }
