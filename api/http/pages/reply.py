"""
The page on which a handling office answers its assignment 交办, without an account: looking shows, sending acts.

The link's secret is all that is asked for, so a page of another site can send nothing: it knows neither the secret nor
the token of the form. Programs that open links in mails look, and change nothing. Whatever is sent and cannot be taken
any more stays on the page with the reason.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from api.accounts.limits import MINUTE, Limit, Limits, TooMany, neighbourhood
from api.http.called import offices_of
from api.http.gate import PUBLIC
from api.http.page import render
from api.http.passage import passage_of
from api.http.service import Service, TheService
from api.http.shell import unit_name, words_for
from api.offices.links import ReplyLinks, form_token, is_form_token
from api.offices.standing import ADDS, Found, Replies, Standing
from api.offices.told import moment_said, subject_of
from pipeline.domain.attachment import LARGEST, MOST, TYPES, Attached
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import Refused
from pipeline.domain.order import Order
from pipeline.domain.sheet import LONGEST_TEXT
from pipeline.workflow.assignment import Given

router = APIRouter(include_in_schema=False)

GUESSES = Limit("reply-guess", 30, 15 * MINUTE)
"""Links that are none, opened from one place."""
SENT = Limit("reply-sent", 30, 60 * MINUTE)
"""Forms sent by one link."""
ACTS: Mapping[str, str] = {"receive": "office_receive", "answer": "office_answer", "return": "office_return"}
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was sent from the page."""

    act: str
    text: str
    key: str
    token: str
    files: tuple[Attached, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written that could be lost."""
        return not self.text.strip() and not self.files


@dataclass(frozen=True, slots=True)
class Visit:
    """One request to the page of a link; `reply` is what was sent and is kept nowhere else yet."""

    request: Request
    service: Service
    secret: str
    reply: Reply | None = None

    @property
    def limits(self) -> Limits:
        """Counts of tries."""
        return Limits(self.service.stores.records, self.service.clock)

    def found(self) -> Found:
        """Return what the link leads to now. Raises TooMany for a place from which links are guessed."""
        service = self.service
        links = ReplyLinks(service.stores.records, service.clock)
        replies = Replies(links, service.stores.log, service.desk.state, service.desk.is_for_leader)
        found = replies.look(self.secret) if _SECRET.fullmatch(self.secret) else Found(Standing.UNKNOWN)
        if found.standing is Standing.UNKNOWN:
            self.limits.take(GUESSES, neighbourhood(passage_of(self.request).client))
        return found


async def sent(request: Request) -> Reply:
    """Return what was sent; of a file that is too large only so much that it is known to be."""
    form = await request.form()

    def said(name: str) -> str:
        value = form.get(name, "")
        return value if isinstance(value, str) else ""

    given = [value for name, value in form.multi_items() if name == "files" and isinstance(value, UploadFile)]
    files = [
        Attached(one.filename, one.content_type or "", await one.read(LARGEST + 1)) for one in given if one.filename
    ]
    await form.close()
    text = said("text").replace("\r\n", "\n")
    return Reply(act=said("act"), text=text, key=said("key"), token=said("token"), files=tuple(files))


@router.api_route("/reply/{secret}", methods=["GET", "HEAD"], dependencies=[PUBLIC])
def look(request: Request, service: TheService, secret: str, late: str = "") -> Response:
    """What the office was asked, and how it stands; looking changes nothing, by whom or how often ever."""
    visit = Visit(request, service, secret)
    found = visit.found()
    return _page(visit, found, said="reply.late_kept" if late and found.standing in ADDS else "")


@router.post("/reply/{secret}", dependencies=[PUBLIC])
async def act(request: Request, service: TheService, secret: str, reply: Annotated[Reply, Depends(sent)]) -> Response:
    """签收, 反馈 or 退回 is in the log; or the page says why not, with everything that was typed."""
    return await run_in_threadpool(_carry_out, Visit(request, service, secret, reply), reply)


def _carry_out(visit: Visit, reply: Reply) -> Response:
    found = visit.found()
    if found.given is None:
        return _page(visit, found)
    try:
        visit.limits.take(SENT, visit.secret)
    except TooMany as refusal:
        page = _page(visit, found, said="reply.too_often", status=429)
        page.headers["retry-after"] = str(refusal.retry_after)
        return page
    if not is_form_token(reply.token, visit.secret) or reply.act not in ACTS or not _KEY.fullmatch(reply.key):
        return _page(visit, found, said="reply.stale_form", status=403)
    try:
        return _done(visit, found.given, reply)
    except BadOrder as wrong:
        said = _problem_said([problem.field for problem in wrong.problems], reply)
        return _page(visit, visit.found(), said=said, status=422)


def _done(visit: Visit, given: Given, reply: Reply) -> Response:
    if given.waits:
        try:
            visit.service.clerk.carry_out(_order(given, reply, ACTS[reply.act]))
        except Refused:  # somebody was faster; what was written is not lost
            return _late(visit, reply)
        return RedirectResponse(f"/reply/{visit.secret}", 303)
    return _late(visit, reply)


def _late(visit: Visit, reply: Reply) -> Response:
    """What comes too late for its step stands beside the matter as a note of the office; 签收 is none."""
    found = visit.found()
    if found.given is None or found.standing not in ADDS or reply.is_empty or reply.act == "receive":
        is_pending = found.standing is Standing.WAITS and not reply.is_empty
        return _page(visit, found, said="reply.stale_form" if is_pending else "")
    try:
        visit.service.clerk.carry_out(_order(found.given, reply, "comment"))
    except Refused:
        return _page(visit, found, said="reply.not_kept", status=409)
    return RedirectResponse(f"/reply/{visit.secret}?late=1", 303)


def _order(given: Given, reply: Reply, command: str) -> Order:
    """Return what the office asks for, as the clerk takes it: masked and noted like everything that people type."""
    is_receipt = command == "office_receive"
    return Order(
        unit=given.unit,
        command=command,
        fields={"incident": given.incident.id, **({} if command == "comment" else {"office": given.office})},
        account="",
        roles=frozenset(),
        key=f"{reply.key}-{command}",
        text="" if is_receipt else reply.text,
        attachments=() if is_receipt else reply.files,
        office=given.office,
    )


def _problem_said(fields: Sequence[str], reply: Reply) -> str:
    """Return the key of the words that say what is wrong; the page names the one thing to mend first."""
    if "text" in fields:
        return "reply.text_long" if len(reply.text) > LONGEST_TEXT else "reply.text_missing"
    if any(name.startswith("attachment") for name in fields):
        if len(reply.files) > MOST:
            return "reply.file_many"
        return "reply.file_large" if any(len(one.data) > LARGEST for one in reply.files) else "reply.file_wrong"
    return "reply.stale_form" if "key" in fields else "reply.unlisted"


STATUS: Mapping[Standing, int] = {Standing.UNKNOWN: 410, Standing.OVER: 410, Standing.WITHDRAWN: 410}


def _page(visit: Visit, found: Found, *, said: str = "", status: int = 0) -> Response:
    """Return the page; `said` are the words about what was sent, which stays on it."""
    words, reply = words_for(visit.request), visit.reply
    values: dict[str, Any] = {
        "standing": found.standing.value,
        "shown": _shown(visit.service, found.given) if found.given else None,
        "token": form_token(visit.secret),
        "key": secrets.token_urlsafe(16),
        "typed": reply.text if reply else "",
        "act": reply.act if reply else "",
        "has_files": bool(reply and reply.files),
        "said": words(said, most=LONGEST_TEXT, most_files=MOST) if said else "",
        "endings": "、".join(dict.fromkeys(ending for ending, _ in TYPES.values())),
    }
    code = status or STATUS.get(found.standing, 409 if reply and found.standing in ADDS else 200)
    return render(visit.request, "reply.html", values, status=code)


def _shown(service: Service, given: Given) -> Mapping[str, Any]:
    """Return what the office is shown of its assignment."""
    offset = service.editor.calendar(given.unit).offset
    named = {one.id: one.name for one in offices_of(service, given.unit)}
    task, ending = given.task, given.ending
    return {
        "unit": unit_name(service, given.unit),
        "office": named.get(given.office, given.office),
        "number": given.number,
        "subject": subject_of(service.stores, given).said,
        "request": given.request.text if given.request else "",
        "assigned": moment_said(given.at, offset),
        "due": moment_said(given.due_at, offset),
        "is_late": given.waits and service.clock.now() > given.due_at,
        "received": moment_said(task.received_at, offset) if task and task.received_at is not None else "",
        "ended": moment_said(ending.at, offset) if ending else "",
        "ended_as": ending.type if ending else "",
        "by_itself": bool(ending and ending.actor.startswith("office:")),
        "words": ending.memo.text if ending and ending.memo else "",
        "files": ending.files if ending else (),
        "is_closed": not given.incident.is_open,
    }
