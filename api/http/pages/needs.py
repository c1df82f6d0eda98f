"""Pleas for help, a queue of their own: where, since when, whether somebody was in touch, what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.desk.posts import PostView, plain_post_view
from api.http.desk.reader import Reader, reader_of
from api.http.form import Forms, FormView
from api.http.gate import needs
from api.http.orders import last_step
from api.http.page import render
from api.http.service import TheService
from pipeline.domain.roles import may_ask
from pipeline.ports import StoredPost
from pipeline.workflow.need_list import NeedRow, need_list

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_needs")]
SHOWN = 100


@dataclass(frozen=True, slots=True)
class NeedView:
    """One plea: the masked words, where it is, the clock to the first contact, and what people did."""

    post: PostView
    place: str
    line: str
    found: str
    contact_by: str
    contact_left: str
    is_late: bool
    contacted: str
    contacts: int
    outcome: str
    ended: str
    incident: str
    forms: Sequence[FormView]


@router.get("/u/{unit}/needs")
def pleas(request: Request, service: TheService, unit: str, who: Who, shown: str = "open") -> Response:
    """The pleas that wait, nobody contacted first; `shown=all` adds those with an outcome."""
    reader = reader_of(request, service, who, unit)
    due = service.desk.practice(unit).due
    rows = need_list(service.stores.posts, reader.state, due, roles=who.roles, with_ended=shown == "all")
    now = service.clock.now()
    values = {
        **reader.values(),
        "needs": needs_view(reader, rows[:SHOWN], f"/u/{unit}/needs"),
        "shown_all": shown == "all",
        "waiting": sum(row.is_open for row in rows),
        "late": sum(row.is_late(now) for row in rows),
        "is_cut": len(rows) > SHOWN,
        "step": last_step(service, unit, who, reader.words),
        "ends": (),
    }
    return render(request, "needs.html", values, who=who)


def needs_view(reader: Reader, rows: Sequence[NeedRow], back: str) -> Sequence[NeedView]:
    """Return the pleas as this reader sees them; it will be on record that their words were shown."""
    forms = Forms(reader.unit, reader.words, back)
    known = [(row, stored) for row in rows if (stored := reader.service.stores.posts.post(row.post.id)) is not None]
    views = [_view(reader, row, stored, forms) for row, stored in known]
    read = [view.post.id for view in views if not view.post.withheld]
    reader.service.people.audit.shown(reader.who.account, reader.unit, "needs", read)
    return views


def _view(reader: Reader, row: NeedRow, stored: StoredPost, forms: Forms) -> NeedView:
    owner = reader.state.incident_of(row.group) if row.group else None
    due = row.contact_due_at if row.is_open and row.done.contacted_at is None else None
    words = reader.words
    commands = [name for name in ("need_contacted", "need_outcome") if _may(reader, name)]
    return NeedView(
        post=plain_post_view(reader, stored),
        place=row.place or words("incident.no_place"),
        line=row.line or words("incident.no_line"),
        found=reader.at(row.found_at),
        contact_by=reader.at(due),
        contact_left=reader.moments.left(due) if due is not None else "",
        is_late=row.is_late(reader.moments.now),
        contacted=reader.at(row.done.contacted_at),
        contacts=row.done.contacts,
        outcome=words.named("outcome", row.done.outcome) if row.done.outcome else "",
        ended=reader.at(row.done.ended_at),
        incident=owner.id if owner else "",
        forms=[forms.form(name, {"post": row.post.id}) for name in commands],
    )


def _may(reader: Reader, command: str) -> bool:
    return may_ask(command, reader.who.actor, reader.who.roles)
