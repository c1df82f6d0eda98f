"""
The description of the API (OpenAPI 3.1), from the routes themselves: who may come in, what goes wrong, with examples.

FastAPI describes parameters, bodies and answers; here stands what it cannot know: the permission that a route declares,
and that every refusal is one problem document.
"""

import importlib.metadata
from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from .examples import PROBLEMS, answer_to
from .gate import CSRF_HEADER, Needs, declared
from .problem import TITLES

Json = dict[str, Any]

HEALTH = frozenset({"/livez", "/readyz", "/metrics"})
MEDIA = "application/problem+json"
INTRODUCTION = """\
Everything that an officer does, for programs. Each count goes with its coverage; a zero with dead sources is `null`
and says "unknown". Posts are masked, and nothing here names who wrote one.

* **Who**: a token (`huiyin user token`) as `Authorization: Bearer`, or a session's cookie with `X-CSRF-Token`.
* **Lists** go by `cursor`: give back the one of the page before; `null` means that nothing follows.
* **Commands** need an `Idempotency-Key`, new for each order; the same key again is answered with the first answer and
  `Idempotency-Replayed: true`. `If-Match` is the ETag of the incident: its revision, which posts that join never raise.
* **Refusals** are `application/problem+json`: code, cause, the legal next moves, and every field that is wrong.
"""
TAGS: Mapping[str, str] = {
    "queue": "What somebody must look at now, and what is owned.",
    "incidents": "What was opened: list, dossier, timeline, who was told.",
    "groups": "What the machine holds to be one matter.",
    "needs": "Pleas for help, a queue of their own.",
    "letters": "What the unit received by letter, visit and hotline, by number: answered or waiting.",
    "search": "Posts by exact term.",
    "overview": "Counts with coverage, sources, settings, proposed merges.",
    "commands": "What people may ask for.",
    "live": "What happens from now on, as server-sent events.",
    "people": "Who I am, and who read what.",
    "health": "For the operator's monitoring.",
}
_FIELD: Json = {
    "type": "object",
    "properties": {
        "field": {"type": "string"},
        "detail": {"type": "string"},
        "allowed": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["field", "detail", "allowed"],
}
_STEP: Json = {
    "type": "object",
    "properties": {
        "revision": {"type": "integer"},
        "type": {"type": "string"},
        "actor": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["revision", "type", "actor", "at"],
}
PROBLEM: Json = {
    "type": "object",
    "title": "Problem",
    "description": "Why not (RFC 9457). `since` and `revision` say what others did since the revision of If-Match.",
    "properties": {
        "type": {"type": "string", "examples": ["urn:huiyin:INC-201"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "The whole sentence: thing, cause, next step"},
        "code": {"type": "string", "description": "As the runbook lists it"},
        "legal_moves": {"type": "array", "items": {"type": "string"}},
        "errors": {"type": "array", "items": _FIELD},
        "next": {"type": "string"},
        "reference": {"type": "string"},
        "revision": {"type": "integer"},
        "since": {"type": "array", "items": _STEP},
    },
    "required": ["type", "title", "status", "detail", "code", "legal_moves", "errors"],
}
_TEXT: Json = {"schema": {"type": "string"}}
_HEADERS: Mapping[str, Json] = {
    "ETag": {**_TEXT, "description": "The incident's revision, where one is concerned"},
    "Idempotency-Replayed": {**_TEXT, "description": "true: the key was known, nothing was done again"},
    "Location": {**_TEXT, "description": "The incident that was opened; of an entry, where to look for it"},
}


def describe(app: FastAPI) -> Json:
    """Return the whole description; pages are left out."""
    document: Json = get_openapi(
        title="Huiyin 回音",
        version=importlib.metadata.version("huiyin"),
        description=INTRODUCTION,
        routes=app.routes,
        tags=[{"name": name, "description": says} for name, says in TAGS.items()],
    )
    document["paths"] = {path: item for path, item in document["paths"].items() if _is_api(path)}
    marks = {(path, method.lower()): mark for path, methods, mark in declared(app) for method in methods}
    for path, method, operation in _operations(document):
        mark = marks[path, method]
        operation["security"] = _security(mark) if isinstance(mark, Needs) else []
        _tell_problems(operation, path, is_signed=isinstance(mark, Needs))
        _show_answer(operation, method, path)
    components = document.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    for unused in ("HTTPValidationError", "ValidationError"):
        components["schemas"].pop(unused, None)
    components["securitySchemes"] = _schemes(app)
    return document


def _is_api(path: str) -> bool:
    return path.startswith("/api/") or path in HEALTH


def _operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _security(mark: Needs) -> list[Json]:
    """Return the ways in; a change by session carries its token too, and this machine may come in without any."""
    return [{"token": []}, {"session": []}, *([{}] if mark.or_local else [])]


def _schemes(app: FastAPI) -> Json:
    cookie = app.state.service.entrance.cookie
    said = f"A browser's session. Changes carry the session's token as {CSRF_HEADER}, which /api/v1/me tells."
    return {
        "token": {"type": "http", "scheme": "bearer", "description": "`huiyin user token` makes one"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie, "description": said},
    }


def _tell_problems(operation: Json, path: str, *, is_signed: bool) -> None:
    """The route says with which statuses it refuses; each is a problem document."""
    is_command = "requestBody" in operation
    statuses = {421, 500, 503}
    if is_signed:
        statuses |= {401, 403, 429}
    if "{unit}" in path or "unit" in {each["name"] for each in operation.get("parameters", ())}:
        statuses |= {404}
    if operation.get("parameters") or is_command:
        statuses |= {422}
    if is_command:
        statuses |= {408, 409, 412, 413, 415}
    responses = operation["responses"]
    responses.pop("422", None)
    for status in sorted(statuses):
        responses.setdefault(str(status), _problem(status))


def _problem(status: int) -> Json:
    content: Json = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if status in PROBLEMS:
        content["examples"] = {"problem": {"value": dict(PROBLEMS[status].body())}}
    return {"description": TITLES.get(status, "Not possible"), "content": {MEDIA: content}}


def _show_answer(operation: Json, method: str, path: str) -> None:
    """The good answer has an example, and says which headers it may carry."""
    good = next((one for status, one in operation["responses"].items() if status.startswith("2")), None)
    if good is None:
        return
    example = answer_to(method, path)
    json_content = good.get("content", {}).get("application/json")
    if example is not None and json_content is not None:
        json_content["examples"] = {"answer": {"value": example}}
    if "requestBody" in operation:
        good["headers"] = dict(_HEADERS)
    elif "{incident}" in path:
        good["headers"] = {"ETag": _HEADERS["ETag"]}
