"""
One way for every command of people: POST /u/{unit}/do/{command}, with the fields that `draft` lists.

Carried out, the browser returns to the page that it came from. Otherwise the same page comes again: each problem at
its field, what others did meanwhile, the moves that are legal, and always everything that was typed.
"""

import contextlib
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.desk.kept import kept, with_what_is_wrong
from api.http.desk.lists import lists_of_unit
from api.http.desk.reader import Reader, reader_of
from api.http.draft import Draft, order_of, read_draft
from api.http.form import Forms
from api.http.gate import needs
from api.http.local_path import local_path
from api.http.orders import last_step
from api.http.page import render
from api.http.problem import missing
from api.http.service import TheService
from api.http.typed_time import usual_ends
from pipeline.domain.errors import BadInput, Refused
from pipeline.domain.next_moves import moves_of_group
from pipeline.domain.order import Order, Outcome
from pipeline.domain.order_form import Target
from pipeline.domain.roles import ROLES
from pipeline.domain.sheet import read_sheet

from .incident import show_incident
from .settle import show_settle, show_settle_group

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("decide")]


@router.post("/u/{unit}/do/{command}")
async def do(request: Request, service: TheService, unit: str, command: str, who: Who) -> Response:
    """The command is carried out, and the page that was left comes back; or it says why not, and keeps the text."""
    draft = await read_draft(request, command)
    return await run_in_threadpool(_carry_out, request, reader_of(request, service, who, unit), draft)


def _carry_out(request: Request, reader: Reader, draft: Draft) -> Response:
    service = reader.service
    try:
        outcome = (
            _settle_group(reader, draft) if _is_of_group(draft) else service.clerk.carry_out(_order(reader, draft))
        )
    except (BadInput, Refused) as error:
        return _answer(request, reader_of(request, service, reader.who, reader.unit), draft, error)
    home = f"/u/{reader.unit}/incidents/{outcome.incident}" if outcome.incident else f"/u/{reader.unit}/queue"
    return RedirectResponse(local_path(draft.back) if draft.back else home, 303)


def _done(reader: Reader, draft: Draft) -> Outcome:
    return reader.service.clerk.carry_out(_order(reader, draft))


def _order(reader: Reader, draft: Draft) -> Order:
    return order_of(draft, reader.unit, reader.who, reader.service.clock.now())


def _is_of_group(draft: Draft) -> bool:
    return draft.command == "settle" and bool(draft.value("group"))


def _settle_group(reader: Reader, draft: Draft) -> Outcome:
    """A to-do is opened and settled; it is not opened where the form cannot be read (BadOrder)."""
    clerk, group = reader.service.clerk, draft.value("group")
    view = reader.service.stores.posts.group(reader.unit, group)
    if view is None:
        raise missing(f"group {group[:40]}")
    fields = {name: values for name, values in draft.fields.items() if name != "group"} | {
        "incident": [view.row.incident]
    }
    settling = _order(reader, replace(draft, fields=fields))
    read_sheet(settling, clerk.words(reader.unit), "")
    if view.row.incident not in reader.state.incidents:
        opening = Order(
            reader.unit, "open", {"group": group}, reader.who.account, reader.who.roles, f"{draft.key}-open"
        )
        clerk.carry_out(opening)
    return clerk.carry_out(settling)


def _answer(request: Request, reader: Reader, draft: Draft, error: BadInput | Refused) -> Response:
    if _is_of_group(draft) and reader.who.may("read_incident"):
        return show_settle_group(request, reader, draft.value("group"), draft, error)
    incident = draft.value("incident")
    is_about_incident = draft.form.target is Target.INCIDENT and incident in reader.state.incidents
    if is_about_incident and reader.who.may("read_incident"):
        with contextlib.suppress(Refused):  # he may not read it any more: then the form alone is kept for him
            if draft.command == "settle":
                return show_settle(request, reader, incident, draft, error)
            return show_incident(request, reader, draft, error)
    draft = with_what_is_wrong(reader, draft, error)
    back = local_path(draft.back) if draft.back else f"/u/{reader.unit}/queue"
    forms = Forms(reader.unit, reader.words, back, lists_of_unit(reader))
    what = kept(reader, draft, error, forms, _may(reader, draft))
    values = {
        **reader.values(),
        "kept": what,
        "back": back,
        "step": last_step(reader.service, reader.unit, reader.who, reader.words),
        "ends": usual_ends(reader.service.clock.now()),
    }
    return render(request, "order.html", values, who=reader.who, status=what.status)


def _may(reader: Reader, draft: Draft) -> frozenset[str]:
    """Return what is possible now of a group or a plea."""
    group = draft.value("group")
    if group:
        return frozenset(moves_of_group(reader.state.mark_of(group), reader.who.actor, reader.who.roles))
    return frozenset(name for name, roles in ROLES.items() if name.startswith("need_") and roles & reader.who.roles)
