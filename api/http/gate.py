"""
The gate: who asks, and whether he may. Every route declares what it needs; one that does not cannot be assembled.

    who: Annotated[Principal, needs("read_queue")]      signed in, the role may, `{unit}` of the path is in scope
    dependencies=[PUBLIC]                               for everybody, said on purpose
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute, iter_route_contexts

from api.accounts.account import ALL_UNITS, DEMO_ACCOUNT, ROLES_OF_PEOPLE, Account
from api.accounts.permissions import PERMISSIONS
from api.accounts.principal import Principal
from api.accounts.secret import csrf_of, is_same, mark_of
from api.accounts.sessions import Session
from pipeline.domain.post import Millis

from .passage import passage_of
from .problem import Problem, missing
from .service import Service, service_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CHECKED_EVERY: Millis = 10_000
"""How long a stream may go on after its session was ended by somebody."""
CSRF_FIELD = "csrf"
CSRF_HEADER = "x-csrf-token"
DEMO = Account(DEMO_ACCOUNT, "演示", frozenset(ROLES_OF_PEOPLE) - {"admin"}, frozenset({ALL_UNITS}))
"""Who looks at the demo. He is no account of the book and has no password; only a demo knows him."""


class Public:
    """The mark of a route that is for everybody."""

    def __call__(self) -> None:
        """Nobody is asked anything."""


class Needs:
    """What a route needs. Called for each request: returns who asks, or raises Problem."""

    def __init__(self, permission: str, *, or_local: bool = False) -> None:
        if permission not in PERMISSIONS:
            raise KeyError(f"no such permission: {permission!r}; api/accounts/permissions.py lists them")
        self.permission = permission
        self.or_local = or_local

    async def __call__(self, request: Request) -> Principal | None:
        """Return who asks; he is signed in, may do it, and the unit of the path is in his scope."""
        service, passage = service_of(request), passage_of(request)
        if self.or_local and passage.is_local and "authorization" not in request.headers:
            return None
        if request.method not in SAFE:
            check_origin(request)  # first: the form of another site must not wait behind the login
        who = await run_in_threadpool(recognise, request, service)
        passage.account, passage.who = who.account, who
        if request.method not in SAFE:
            await check_form(request, who)
        unit = request.path_params.get("unit")
        if unit is not None and not (who.sees(unit) and await run_in_threadpool(service.knows, unit)):
            raise missing(f"unit {unit}")
        if not who.may(self.permission):
            roles = ", ".join(sorted(PERMISSIONS[self.permission]))
            raise Problem(403, "HTP-403", "your roles do not include this", f"ask somebody who is one of: {roles}")
        return who


def needs(permission: str, *, or_local: bool = False) -> Any:  # noqa: ANN401 - what FastAPI's Depends returns
    """Declare what a route needs; `or_local` lets this machine's own programs in without an account."""
    return Depends(Needs(permission, or_local=or_local))


PUBLIC = Depends(Public())


def recognise(request: Request, service: Service) -> Principal:
    """Return who asks, by token, by session, or in a demo as its visitor; raises Problem (HTP-401, ACC-429)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        who = _by_token(service, token.strip())
    else:
        secret = request.cookies.get(service.entrance.cookie, "")
        who = _by_session(service, secret) or _as_visitor(request, service)
    if who is None:
        raise unsigned()
    service.people.requests.take(who.key)
    return who


def is_known(request: Request, service: Service) -> bool:
    """Whether the request carries a token or session that there is; what it may do is asked later."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return service.people.tokens.find(token.strip()) is not None
    secret = request.cookies.get(service.entrance.cookie, "")
    return bool(secret) and service.people.sessions.find(secret) is not None


def still_holds(service: Service, who: Principal) -> bool:
    """
    Whether session or token still let this account in, with all the roles and units that it came with.

    Asked again and again by whatever outlives its request.
    """
    if who.is_demo and not who.csrf:
        return service.is_demo
    if who.csrf:
        session = service.people.sessions.use(who.key)
        account = _account_of(service, session) if session else None
        return account is not None and _has_all_of(account, account.roles, who)
    token = service.people.tokens.use(who.key)
    account = service.people.accounts.get(token.account) if token else None
    if token is None or account is None or account.is_disabled:
        return False
    return _has_all_of(account, account.roles & token.roles, who)


def _has_all_of(account: Account, roles: frozenset[str], who: Principal) -> bool:
    """Whether nothing was taken from the account since it came in as `who`."""
    return who.roles <= roles and all(account.sees(unit) for unit in who.units)


async def while_it_holds(
    frames: AsyncGenerator[bytes, None], service: Service, who: Principal
) -> AsyncGenerator[bytes, None]:
    """Yield what a stream says until its session or token has ended; it is asked for at most every CHECKED_EVERY."""
    asked_at = service.clock.now()
    async with aclosing(frames):
        async for frame in frames:
            now = service.clock.now()
            if abs(now - asked_at) >= CHECKED_EVERY:
                asked_at = now
                if not await run_in_threadpool(still_holds, service, who):
                    return
            yield frame


def unsigned() -> Problem:
    """Return the answer to whoever is not signed in."""
    return Problem(
        401, "HTP-401", "nobody is signed in, or the session has ended", "sign in, then repeat",
        headers={"WWW-Authenticate": "Bearer"},
    )  # fmt: skip


def _by_token(service: Service, secret: str) -> Principal | None:
    token = service.people.tokens.find(secret)
    account = service.people.accounts.get(token.account) if token else None
    if token is None or account is None or account.is_disabled:
        return None
    return Principal(account.id, account.name, account.roles & token.roles, account.units, token.mark)


def _by_session(service: Service, secret: str) -> Principal | None:
    session = service.people.sessions.find(secret) if secret else None
    account = _account_of(service, session) if session else None
    if session is None or account is None:
        return None
    return Principal(
        account.id, account.name, account.roles, account.units, session.mark, csrf_of(secret), is_demo=account is DEMO
    )


def _account_of(service: Service, session: Session) -> Account | None:
    """Return whose session it is; None where the account may no longer use it."""
    if service.is_demo and session.account == DEMO_ACCOUNT:
        return DEMO
    account = service.people.accounts.get(session.account)
    if account is None or account.is_disabled or account.generation != session.generation:
        return None
    return account


def _as_visitor(request: Request, service: Service) -> Principal | None:
    """Return the demo's visitor: on this machine alone, with a session of his own as soon as he opens a page."""
    passage = passage_of(request)
    if not (service.is_demo and service.entrance.is_loopback and passage.is_local):
        return None
    if request.url.path.startswith("/api/"):
        return Principal(DEMO.id, DEMO.name, DEMO.roles, DEMO.units, mark_of(passage.client), is_demo=True)
    secret = service.people.sessions.begin(DEMO)
    passage.set_session = secret
    return Principal(DEMO.id, DEMO.name, DEMO.roles, DEMO.units, mark_of(secret), csrf_of(secret), is_demo=True)


async def check_form(request: Request, who: Principal) -> None:
    """A change carries the token of this session; raises Problem (HTP-431) else."""
    if not who.csrf:
        return
    given = request.headers.get(CSRF_HEADER, "")
    if not given and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        field = (await request.form()).get(CSRF_FIELD)
        given = field if isinstance(field, str) else ""
    if not is_same(given, who.csrf):
        raise Problem(403, "HTP-431", "the page was made for another session", "look at it again, then repeat")


def check_origin(request: Request) -> None:
    """The request does not come from a page of somebody else; raises Problem (HTP-430) where it does."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        is_ours = site in ("same-origin", "none")
    else:
        ours = service_of(request).entrance.origins(passage_of(request).host)
        is_ours = origin is None or origin.lower() in ours
    if not is_ours:
        raise Problem(403, "HTP-430", "the request comes from a page of another site", "open Huiyin itself")


def declared(app: FastAPI) -> Iterator[tuple[str, frozenset[str], Needs | Public | None]]:
    """Yield (path, methods, what is declared) of every route of the application."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        calls = [one.call for one in context.dependant.dependencies] if isinstance(route, APIRoute) else []
        marks = [call for call in calls if isinstance(call, Needs | Public)]
        path = str(context.path or getattr(route, "path", ""))
        yield path, frozenset(context.methods or ()), marks[0] if len(marks) == 1 else None


def refuse_undeclared(app: FastAPI) -> None:
    """Every route declares exactly one need; raises RuntimeError with those that do not."""
    silent = [path for path, _, mark in declared(app) if mark is None]
    if silent:
        raise RuntimeError(f"routes without exactly one declared permission: {', '.join(silent)}")
