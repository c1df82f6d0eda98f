"""The queue of a unit: pushes first, then to-dos; what one key does to a row, with the way back."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.asked import Cursor
from api.http.desk.reader import reader_of
from api.http.desk.signatures import signatures_view
from api.http.gate import needs
from api.http.local_path import local_path
from api.http.orders import Asked, carry_out, last_step, take_back
from api.http.page import render
from api.http.queue_rows import rows_for
from api.http.service import Service, TheService
from api.http.setup.frame import left_for
from api.http.shell import is_part, words_for
from pipeline.workflow.queue import Queue

from .overview import emptiness

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, needs("read_queue")]
Worker = Annotated[Principal, needs("decide")]
PER_PAGE = 50
FIELDS = ("seen", "incident", "until", "seq")
"""What a row's form may carry for its command, besides what names the row."""


@dataclass(frozen=True, slots=True)
class RowForm:
    """What a row's form says: what it names, the action of its button, the key of this showing, and fields."""

    unit: str
    kind: str
    target: str
    action: str
    key: str
    revision: int | None
    back: str
    fields: dict[str, str]


async def row_form(request: Request, unit: str, kind: str = "", target: str = "") -> RowForm:
    """Return what was sent; what is missing is empty, and told by whoever needs it."""
    sent = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    revision = sent.get("revision", "")
    return RowForm(
        unit=unit,
        kind=kind,
        target=target,
        action=sent.get("do", ""),
        key=sent.get("key", ""),
        revision=int(revision) if revision.isdecimal() and len(revision) < 12 else None,
        back=sent.get("back", ""),
        fields={name: sent[name] for name in FIELDS if sent.get(name)},
    )


@router.get("/u/{unit}/queue")
def queue(request: Request, service: TheService, unit: str, who: Reader, cursor: Cursor = None) -> Response:
    """Every push and the newest to-dos, or the to-dos behind a cursor."""
    place = request.app.state.hub.live.now(unit)  # before the rows are read, so that nothing falls between
    page = Queue(service.stores.posts, service.desk.state(unit), who.roles).page(service.clock.now(), cursor, PER_PAGE)
    rows = rows_for(request, service, unit, who, page.rows)
    values = {
        "setup_left": left_for(service, unit, who),
        "pushes": [row for row in rows if row.kind == "incident"],
        "todos": [row for row in rows if row.kind == "group"],
        "all_pushes": page.pushes,
        "overdue": page.overdue,
        "cursor": page.cursor,
        "place": place,
        "step": last_step(service, unit, who, words_for(request)),
        "is_behind": cursor is not None,
        **(emptiness(service) if not rows else {}),
    }
    return render(request, "more.html" if cursor and is_part(request) else "queue.html", values, who=who)


@router.get("/u/{unit}/work")
def work(request: Request, service: TheService, unit: str, who: Reader, whose: str = "all") -> Response:
    """The incidents that are owned, what is due first at the top; `whose` may be mine."""
    found = Queue(service.stores.posts, service.desk.state(unit), who.roles).work(
        who.actor if whose == "mine" else None
    )
    values = {
        "rows": rows_for(request, service, unit, who, found),
        "whose": whose,
        "signatures": signatures_view(reader_of(request, service, who, unit)),
        "step": last_step(service, unit, who, words_for(request)),
    }
    return render(request, "work.html", values, who=who)


@router.post("/u/{unit}/queue/{kind}/{target}")
def act(request: Request, service: TheService, who: Worker, form: Annotated[RowForm, Depends(row_form)]) -> Response:
    """What the row's button says is so; the list comes back with the way to take it back."""
    asked = Asked(form.unit, who, form.kind, form.target, form.action, form.key, form.fields, form.revision)
    carry_out(service, asked, words_for(request))
    return _answered(request, service, who, form, "queue.done")


@router.post("/u/{unit}/undo")
def undo(request: Request, service: TheService, who: Worker, form: Annotated[RowForm, Depends(row_form)]) -> Response:
    """The reader's last step is taken back by an event that says so."""
    take_back(service, form.unit, who, form.fields.get("seq", ""))
    return _answered(request, service, who, form, "queue.undone")


def _answered(request: Request, service: Service, who: Principal, form: RowForm, said: str) -> Response:
    """Return the line that says what was done, or without JavaScript the page that was left."""
    if not is_part(request):
        return RedirectResponse(local_path(form.back) if form.back else f"/u/{form.unit}/queue", 303)
    values = {"step": last_step(service, form.unit, who, words_for(request)), "said": said, "back": form.back}
    return render(request, "flash.html", values, who=who)
