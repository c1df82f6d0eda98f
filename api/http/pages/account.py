"""Coming in and going out: login, password, logout. Plain forms, which work without JavaScript."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.accounts.secret import csrf_of
from api.http.answer import CARRY
from api.http.gate import PUBLIC, check_origin, needs
from api.http.local_path import local_path
from api.http.page import render
from api.http.passage import passage_of
from api.http.problem import Problem, tell
from api.http.service import Service, TheService, service_of
from api.http.shell import words_for
from api.http.wording import explain
from pipeline.domain.errors import BadInput, HuiyinError, Refused

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form()]


@router.get("/account")
def account(request: Request, who: Annotated[Principal, needs("be_signed_in")]) -> Response:
    """Who I am, with the ways to another password and out."""
    return render(request, "account.html", who=who)


@router.get("/login", dependencies=[PUBLIC])
def login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the name in the address
    """The form that asks for account and password."""
    return _login_page(request, local_path(next), None)


@router.post("/login", dependencies=[PUBLIC])
async def log_in(
    request: Request,
    service: TheService,
    account: Text = "",
    password: Text = "",
    next: Text = "/",  # noqa: A002
) -> Response:
    """A session begins, and the page that was wanted comes next; a form that was interrupted is shown again."""
    check_origin(request)
    client, carried = passage_of(request).client, await _carried(request)
    try:
        secret = await run_in_threadpool(service.people.log_in, account, password, client)
    except Refused as refusal:
        service.counts.add("logins_refused")
        return _login_page(request, local_path(next), refusal, carried, await _carry_to(request))
    passage_of(request).set_session = secret
    if not carried:
        return RedirectResponse(local_path(next), 303)
    who = _principal(service, account, secret)
    values = {"carried": carried, "carry_to": await _carry_to(request), "cause": words_for(request)("account.resumed")}
    return render(request, "resume.html", values, who=who)


@router.post("/logout")
def log_out(request: Request, service: TheService, who: Annotated[Principal, needs("be_signed_in")]) -> Response:
    """The session has ended, here and on the server."""
    secret = request.cookies.get(service.entrance.cookie, "")
    service.people.log_out(secret, who.account, passage_of(request).client)
    passage_of(request).set_session = ""
    return RedirectResponse("/login", 303)


@router.get("/password")
def password(request: Request, who: Annotated[Principal, needs("be_signed_in")]) -> Response:
    """The form for another password."""
    return _password_page(request, who, None)


@router.post("/password")
def change_password(
    request: Request,
    service: TheService,
    who: Annotated[Principal, needs("be_signed_in")],
    old: Text = "",
    new: Text = "",
) -> Response:
    """The new password holds, and every other session of the account has ended."""
    if who.is_demo:
        raise Problem(403, "HTP-403", "the demo's visitor has no password", "start `huiyin run` with an installation")
    try:
        secret = service.people.change_password(who.account, old, new, passage_of(request).client)
    except (BadInput, Refused) as refusal:
        return _password_page(request, who, refusal)
    passage_of(request).set_session = secret
    return RedirectResponse("/account", 303)


async def _carried(request: Request) -> Sequence[tuple[str, str]]:
    """Return the fields of the form that the login interrupted."""
    fields = (await request.form()).multi_items()
    return [
        (name.removeprefix(CARRY), value) for name, value in fields if name.startswith(CARRY) and isinstance(value, str)
    ]


async def _carry_to(request: Request) -> str:
    target = (await request.form()).get("carry_to")
    return local_path(target) if isinstance(target, str) else "/"


def _principal(service: Service, account_id: str, secret: str) -> Principal | None:
    found = service.people.accounts.get(account_id)
    if found is None:
        return None
    return Principal(found.id, found.name, found.roles, found.units, "", csrf_of(secret))


def _login_page(
    request: Request,
    wanted: str,
    refusal: HuiyinError | None,
    carried: Sequence[tuple[str, str]] = (),
    carry_to: str = "/",
) -> Response:
    told = tell(refusal) if refusal else None
    values = {
        "next": wanted,
        "problem": told,
        "cause": sentence_of(request, refusal),
        "carried": carried,
        "carry_to": carry_to,
        "is_new": passage_of(request).is_local and service_of(request).people.accounts.is_empty(),
    }
    page = render(request, "login.html", values, status=told.status if told else 200)
    page.headers.update(told.headers if told else {})
    return page


def _password_page(request: Request, who: Principal, refusal: HuiyinError | None) -> Response:
    status = tell(refusal).status if refusal else 200
    return render(request, "password.html", {"cause": sentence_of(request, refusal)}, who=who, status=status)


def sentence_of(request: Request, refusal: HuiyinError | None) -> str:
    """Return what the page says of a refusal, in the reader's language; "" where there is none."""
    return explain(tell(refusal), words_for(request)) if refusal else ""
