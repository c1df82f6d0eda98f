"""How a problem reaches whoever asked: problem+json for programs, a page for people, and no lost text."""

from collections.abc import Sequence
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from pipeline.domain.bad_order import Problem as FieldProblem
from pipeline.domain.errors import HuiyinError

from .gate import CSRF_FIELD, SAFE, recognise
from .page import render
from .problem import Problem, Told, tell
from .service import service_of
from .shell import words_for
from .wording import explain, title_of

MEDIA = "application/problem+json"
CARRY = "carry:"
CODES = {404: "HTP-404", 405: "HTP-405"}


def wants_page(request: Request) -> bool:
    """Whether a person reads the answer: a browser that asks for a page, or a part of one."""
    if request.url.path.startswith("/api/"):
        return False
    return "text/html" in request.headers.get("accept", "") or "hx-request" in request.headers


def answer(request: Request, told: Told) -> Response:
    """Return the problem as a page or as problem+json."""
    if not wants_page(request):
        return JSONResponse(dict(told.body()), told.status, dict(told.headers), MEDIA)
    words = words_for(request)
    values = {"told": told, "title": title_of(told.status, words), "cause": explain(told, words)}
    page = render(request, "problem.html", values, status=told.status)
    page.headers.update(told.headers)
    return page


def as_json(told: Told) -> Response:
    """Return the problem as problem+json, for programs, and where no page can be made."""
    return JSONResponse(dict(told.body()), told.status, dict(told.headers), MEDIA)


def tell_problems(app: FastAPI) -> None:
    """Every error that a handler raises on purpose, and every refusal of the framework, is told the same way."""
    app.add_exception_handler(HuiyinError, _on_error)
    app.add_exception_handler(HTTPException, _on_refusal)
    app.add_exception_handler(RequestValidationError, _on_bad_values)


async def _on_error(request: Request, error: Exception) -> Response:
    told = tell(error) if isinstance(error, HuiyinError) else Told(500, "HTP-500", "")
    service_of(request).counts.add(f"http_{told.status}")
    if wants_page(request) and told.code == "HTP-401":
        return await _ask_to_sign_in(request, told)
    if wants_page(request) and told.code == "HTP-431":
        return await _ask_again(request, told)
    return answer(request, told)


async def _on_refusal(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 400 and isinstance(error, HTTPException):  # a form that is cut off, or too long in one field
        is_long = "exceeded" in str(error.detail)
        return answer(request, tell(too_large_form() if is_long else unreadable_form()))
    headers = dict(error.headers or {}) if isinstance(error, HTTPException) else {}
    code = CODES.get(status, "HTP-422")
    cause = {404: "there is nothing at this address", 405: "this address does not take that method"}.get(
        status, "the request cannot be understood"
    )
    return answer(request, tell(Problem(status, code, cause, "look at the list that you came from", headers=headers)))


async def _on_bad_values(request: Request, error: Exception) -> Response:
    """Name each field and what is wrong with it; what was typed is not repeated, for it may be a text."""
    problems = error.errors() if isinstance(error, RequestValidationError) else []
    wrong = [
        FieldProblem(".".join(map(str, one["loc"][1:])) or str(one["loc"][0]), one["msg"].lower()) for one in problems
    ]
    lines = ", ".join(f"{each.field}: {each.sentence}" for each in wrong)
    return answer(request, tell(Problem(422, "HTP-422", lines, "mend these fields, then repeat").about(wrong)))


def too_large_form() -> Problem:
    """Return the answer to a form of which one field is longer than any text may be; nothing of it was kept."""
    return Problem(413, "HTP-413", "a field of the form holds more than 1 MB", "shorten the text, or attach a file")


def unreadable_form() -> Problem:
    """Return the answer to a form whose bytes are none."""
    return Problem(422, "HTP-422", "the form cannot be read", "send it once more, as a whole")


async def _ask_to_sign_in(request: Request, told: Told) -> Response:
    """A page leads to the login and back; what was typed into a form is kept through it."""
    if request.method in SAFE:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = f"/login?next={quote(here, safe='')}"
        if "hx-request" in request.headers:
            return Response(status_code=401, headers={"HX-Redirect": target})
        return RedirectResponse(target, 303)
    values = {"next": "/", "problem": told, "cause": explain(told, words_for(request))}
    values |= {"carried": await typed(request), "carry_to": request.url.path}
    return render(request, "login.html", values, status=401)


async def _ask_again(request: Request, told: Told) -> Response:
    """The same form once more, for this session: nothing that was typed is lost, and nothing is done unasked."""
    who = await run_in_threadpool(recognise, request, service_of(request))
    values = {"carried": await typed(request), "carry_to": request.url.path, "cause": explain(told, words_for(request))}
    return render(request, "resume.html", values, who=who, status=told.status)


async def typed(request: Request) -> Sequence[tuple[str, str]]:
    """Return the text fields of a form that was sent, without its token; attached files are not kept."""
    if not request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        return []
    async with request.form() as sent:
        fields = sent.multi_items()
    return [(name, value) for name, value in fields if isinstance(value, str) and name != CSRF_FIELD]
