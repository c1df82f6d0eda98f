"""
The edge: what every request passes on its way in and out.

In: where it comes from, whether this way in is open, how large the body is and how long it takes. Out: the headers that
keep a browser safe, the session cookie, and one line in the log, which holds no text and no address of a post. An
unexpected error ends here: it is logged without its values, counted, and told with a reference only.
"""

import asyncio
import json
import logging
import secrets
import time
import traceback
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.domain.errors import HuiyinError

from .answer import answer, as_json
from .gate import is_known
from .passage import KEY, Passage
from .problem import Problem, Told, tell
from .service import Service

log = logging.getLogger(__name__)
requests_log = logging.getLogger("api.http.requests")
ASKED_OFTEN = frozenset({"/story/line"})
"""What each open page of a demo asks every two seconds: its lines would drown the story in the terminal."""

LARGEST_FORM = 1 << 20
LARGEST_UPLOAD = 12 << 20
"""An attachment has at most 10 MB; the rest is the form around it."""
LARGE_OF_STRANGERS = 4
"""So many uploads of people without a session wait in memory at once: forms that outlived their session, or a flood."""
BODY_SECONDS = 30.0
ANSWER_SECONDS = 30.0
MACHINE_PATHS = frozenset({"/livez", "/readyz", "/metrics"})
"""Asked on this machine directly, also where only a proxy may ask for the rest."""

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cache-control": "no-store",
}
HSTS = "max-age=15552000"


@dataclass(slots=True)
class _Answered:
    """What went out so far."""

    status: int = 0
    size: int = 0
    began: float = field(default_factory=time.monotonic)


class Edge:
    """The outermost of our layers; the application lies behind it."""

    def __init__(self, app: ASGIApp, service: Service, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        self._app = app
        self._service = service
        self._answer_seconds = answer_seconds
        self._strangers = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Every HTTP request gets exactly one answer; nothing but HTTP is served."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        peer = (scope.get("client") or ("unknown", 0))[0]
        passage = self._passage(peer, headers)
        scope[KEY] = passage
        answered = _Answered()

        async def send_out(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                self._dress(MutableHeaders(scope=message), passage)
            elif message["type"] == "http.response.body":
                answered.size += len(message.get("body", b""))
            await send(message)

        try:
            self._let_in(scope, headers, peer, passage)
            async with self._room(scope, headers):
                body = await _read_body(scope, headers, receive)
                await self._ask(scope, body, send_out, answered)
        except HuiyinError as error:
            await self._answer(scope, receive, tell(error))(scope, receive, send_out)
        finally:
            self._note(scope, passage, answered)

    def _passage(self, peer: str, headers: Headers) -> Passage:
        entrance = self._service.entrance
        forwarded = ",".join(headers.getlist("x-forwarded-for"))  # some proxies write a line of their own below
        is_local = entrance.is_local(peer, forwarded)
        return Passage(entrance.client_of(peer, forwarded), headers.get("host", ""), is_local=is_local)

    def _let_in(self, scope: Scope, headers: Headers, peer: str, passage: Passage) -> None:
        """The way in is open; raises Problem (HTP-421) where it is not."""
        scheme = headers.get("x-forwarded-proto", "").partition(",")[0].strip().lower()
        why = self._service.entrance.refusal(peer, scheme, passage.host)
        if why and not (self._service.entrance.proxies and scope["path"] in MACHINE_PATHS):
            raise Problem(421, "HTP-421", why, f"open {self._service.entrance.url}")

    @asynccontextmanager
    async def _room(self, scope: Scope, headers: Headers) -> AsyncIterator[None]:
        """There is room for the body until it is answered; raises Problem (HTP-503) where strangers have taken it."""
        if not _is_upload(headers) or await run_in_threadpool(is_known, Request(scope), self._service):
            yield
            return
        if self._strangers >= LARGE_OF_STRANGERS:
            raise Problem(503, "HTP-503", "too many uploads at once", "sign in, then repeat")
        self._strangers += 1
        try:
            yield
        finally:
            self._strangers -= 1

    async def _ask(self, scope: Scope, receive: Receive, send: Send, answered: _Answered) -> None:
        """The application has answered, or its failure was told."""
        try:
            async with asyncio.timeout(self._answer_seconds) as deadline:

                async def send_in_time(message: Message) -> None:
                    deadline.reschedule(None)  # a stream may go on for hours
                    await send(message)

                await self._app(scope, receive, send_in_time)
        except TimeoutError:
            cause = f"no answer within {self._answer_seconds:g} seconds"
            await self._fail(scope, receive, send, answered, Told(503, "HTP-503", cause, "try again"))
        except Exception as error:  # noqa: BLE001 - the one error edge of the web service
            reference = secrets.token_hex(4)
            where = _frames(error)  # a whole trace would repeat values, which may be texts of posts
            log.error("http.unexpected %s %s %s", reference, type(error).__name__, where)  # noqa: TRY400 - see above
            self._service.counts.add("http_unexpected")
            told = Told(
                500, "HTP-500", "this is a fault of Huiyin", "tell the maintainers the reference", reference=reference
            )
            await self._fail(scope, receive, send, answered, told)

    async def _fail(self, scope: Scope, receive: Receive, send: Send, answered: _Answered, told: Told) -> None:
        if not answered.status:
            await self._answer(scope, receive, told)(scope, receive, send)

    def _answer(self, scope: Scope, receive: Receive, told: Told) -> Response:
        """Return the problem as it is told; where its page fails as well, without a page."""
        try:
            return answer(Request(scope, receive), told)
        except Exception as error:  # noqa: BLE001 - what every page asks for may be what is broken
            log.error("http.no_page %s %s %s", told.code, type(error).__name__, _frames(error))  # noqa: TRY400 - as above
            return as_json(told)

    def _dress(self, headers: MutableHeaders, passage: Passage) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if self._service.entrance.is_secure:
            headers.setdefault("strict-transport-security", HSTS)
        if passage.set_session is not None:
            headers.append("set-cookie", _cookie(self._service, passage.set_session))

    def _note(self, scope: Scope, passage: Passage, answered: _Answered) -> None:
        self._service.counts.add("http_requests")
        line = {
            "method": scope["method"],
            "route": getattr(scope.get("route"), "path", "-"),
            "status": answered.status,
            "ms": round((time.monotonic() - answered.began) * 1_000, 1),
            "bytes": answered.size,
            "account": passage.account,
        }
        level = logging.DEBUG if line["route"] in ASKED_OFTEN else logging.INFO
        requests_log.log(level, "%s", json.dumps(line))


async def _read_body(scope: Scope, headers: Headers, receive: Receive) -> Receive:
    """Return a channel that gives the whole body at once; raises Problem where it is too large or too slow."""
    largest = LARGEST_UPLOAD if _is_upload(headers) else LARGEST_FORM
    length = headers.get("content-length", "")
    if length.isdecimal() and int(length) > largest:
        raise _too_large(largest)
    if scope["method"] in ("GET", "HEAD", "OPTIONS") and length in ("", "0"):
        return receive
    whole = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                whole += message.get("body", b"")
                if len(whole) > largest:
                    raise _too_large(largest)
                if message["type"] == "http.disconnect" or not message.get("more_body"):
                    break
    except TimeoutError:
        cause = f"the request did not arrive within {BODY_SECONDS:g} seconds"
        raise Problem(408, "HTP-408", cause, "look at the connection, then repeat") from None
    messages = [{"type": "http.request", "body": bytes(whole), "more_body": False}]

    async def give() -> Message:
        return messages.pop() if messages else await receive()

    return give


def _is_upload(headers: Headers) -> bool:
    return headers.get("content-type", "").startswith("multipart/form-data")


def _too_large(largest: int) -> Problem:
    return Problem(
        413, "HTP-413", f"more than {largest >> 20} MB at once", "shorten the text, or attach a smaller file"
    )


def _cookie(service: Service, secret: str) -> str:
    """Return the header that gives the browser its session, or takes it away."""
    jar: SimpleCookie = SimpleCookie()
    jar[service.entrance.cookie] = secret
    morsel = jar[service.entrance.cookie]
    morsel["path"], morsel["httponly"], morsel["samesite"] = "/", True, "Lax"
    if service.entrance.is_secure:
        morsel["secure"] = True
    if not secret:
        morsel["max-age"] = "0"
    return morsel.OutputString()


def _frames(error: BaseException) -> str:
    """Return where it happened, as module:line; what the values were stays unsaid, for they may be texts of posts."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames[-6:]))
