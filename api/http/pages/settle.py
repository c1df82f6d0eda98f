"""一屏办结: one form, one button, in which a routine matter goes from first sight to closed. Levels Ⅲ and Ⅳ."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.asked import GroupId, IncidentId
from api.http.desk.incident import incident_values
from api.http.desk.kept import kept, with_what_is_wrong
from api.http.desk.lists import headline_said, lists_of_unit
from api.http.desk.moves import moves_of
from api.http.desk.posts import post_view
from api.http.desk.reader import Reader, reader_of
from api.http.draft import Draft
from api.http.form import Forms
from api.http.gate import needs
from api.http.page import render
from api.http.problem import missing
from api.http.service import TheService
from pipeline.domain.errors import HuiyinError
from pipeline.domain.next_moves import moves_of_group
from pipeline.domain.roles import may_ask
from pipeline.workflow.dossier import members_of

from .incident import around, known

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_incident")]
POSTS_SHOWN = 5


@router.get("/u/{unit}/incidents/{incident}/settle")
def settle(request: Request, service: TheService, unit: str, incident: IncidentId, who: Who) -> Response:
    """The form for an incident, beside its newest posts."""
    return show_settle(request, known(reader_of(request, service, who, unit), incident), incident)


@router.get("/u/{unit}/queue/group/{group}/settle")
def settle_group(request: Request, service: TheService, unit: str, group: GroupId, who: Who) -> Response:
    """The form for a to-do: with its one button an incident is opened and closed."""
    return show_settle_group(request, reader_of(request, service, who, unit), group)


def show_settle(
    request: Request, reader: Reader, incident: str, draft: Draft | None = None, error: HuiyinError | None = None
) -> Response:
    """The form of an incident, with what was typed where it was sent before."""
    one = reader.state.as_one(incident)
    may = moves_of(one, reader.who.actor, reader.who.roles)
    draft = with_what_is_wrong(reader, draft, error) if draft and error else None
    what = kept(reader, draft, error, _forms(reader), may) if draft and error else None
    form = _forms(reader).form("settle", {"incident": incident}, revision=one.revision)
    values = incident_values(reader, incident)
    values |= {**around(reader, what), "form": form, "may_settle": "settle" in may}
    values |= {"home": f"/u/{reader.unit}/incidents/{incident}", "posts": values["posts"][:POSTS_SHOWN]}
    return render(request, "settle.html", values, who=reader.who, status=what.status if what else 200)


def show_settle_group(
    request: Request, reader: Reader, group: str, draft: Draft | None = None, error: HuiyinError | None = None
) -> Response:
    """The form of a to-do, with what was typed where it was sent before; one that an incident owns is settled there."""
    posts = reader.service.stores.posts
    view = posts.group(reader.unit, group)
    if view is None:
        raise missing(f"group {group}")
    owner = reader.state.incident_of(view.row.id)
    if owner is not None:
        moved = replace(draft, fields={**draft.fields, "incident": [owner.id]}) if draft else None
        return show_settle(request, reader, owner.id, moved, error)
    members = members_of(posts, reader.unit, view.row.id, reader.who.roles, reader.state)
    shown = [post_view(reader, seen) for seen in members[:POSTS_SHOWN]]
    read = [post.id for post in shown if not post.withheld]
    reader.service.people.audit.shown(reader.who.account, reader.unit, "settle", read)
    may = frozenset(moves_of_group(reader.state.mark_of(view.row.id), reader.who.actor, reader.who.roles))
    may_settle = "open" in may and may_ask("settle", reader.who.actor, reader.who.roles)
    draft = with_what_is_wrong(reader, draft, error) if draft and error else None
    what = kept(reader, draft, error, _forms(reader), may | {"settle"}) if draft and error else None
    values: dict[str, Any] = {
        **reader.values(),
        **around(reader, what),
        "incident": None,
        "due": None,
        "headline": headline_said(reader, reader.queue.of_group(view.row)),
        "form": _forms(reader).form("settle", {"group": view.row.id, "incident": view.row.incident}),
        "may_settle": may_settle,
        "home": f"/u/{reader.unit}/queue/group/{view.row.id}",
        "posts": shown,
    }
    return render(request, "settle.html", values, who=reader.who, status=what.status if what else 200)


def _forms(reader: Reader) -> Forms:
    return Forms(reader.unit, reader.words, f"/u/{reader.unit}/queue", lists_of_unit(reader))
