"""
An address that is pasted: it is tried, shown as it would be stored, and enabled in one click. Trying writes nothing.

The try runs beside the request. Its page shows how far it has come and refreshes itself, without any script.
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.page import render
from api.http.source_asked import LONGEST_ADDRESS, Asked
from api.http.source_form import SourceField, TheTyped, first_typed, form_view
from api.settings.change import Moved
from api.source_checklist import place_named
from api.sources.book import Typed, Under, Unfit
from api.sources.telling import robots_said, why_said
from api.sources.tried import FORGOTTEN, OUR_FAULT
from pipeline.domain.errors import Refused

router = APIRouter(include_in_schema=False)
Changer = Annotated[Principal, needs("change_settings")]
REFRESH_SECONDS = 2
Sent: TypeAlias = tuple[Typed, Mapping[str, str]]
"""What was typed, and the problems by field."""


@router.get("/u/{unit}/sources/add")
def add(request: Request, unit: str, who: Changer) -> Response:
    """The field into which an address is pasted, and where addresses are found."""
    return _add_page(Asked(request, unit, who))


@router.post("/u/{unit}/sources/add")
def start(request: Request, unit: str, who: Changer, typed: TheTyped) -> Response:
    """The address is being tried; the page of the try comes next."""
    asked = Asked(request, unit, who)
    url, place = typed.get("url", "").strip()[:LONGEST_ADDRESS], typed.get("place", "")
    if not url:
        return _add_page(asked, place=place, problem="address", status=422)
    try:
        try_id = asked.book.start(url, who.account, place if place_named(place) else "")
    except Refused:
        return _add_page(asked, url=url, place=place, problem="busy", status=409)
    back = asked.back(typed)
    return RedirectResponse(f"/u/{unit}/sources/try/{try_id}" + (f"?{urlencode({'back': back})}" if back else ""), 303)


@router.get("/u/{unit}/sources/try/{try_id}")
def trying(request: Request, unit: str, try_id: str, who: Changer) -> Response:
    """How the try stands: the addresses asked so far, then the result with the form that enables it."""
    asked = Asked(request, unit, who)
    return _try_page(asked, asked.book.look(try_id, who.account))


@router.post("/u/{unit}/sources/try/{try_id}")
def enable(request: Request, unit: str, try_id: str, who: Changer, typed: TheTyped) -> Response:
    """The source is set and enabled; or what was typed comes again with what is wrong."""
    asked = Asked(request, unit, who)
    under = asked.book.look(try_id, who.account)
    if under is None or under.tried is None or under.tried.why:
        return _try_page(asked, under)
    try:
        source = asked.book.enable(under.tried, typed, who.actor)
    except Unfit as refusal:
        return _try_page(asked, under, (typed, refusal.problems))
    except Moved:
        return _try_page(asked, under, (typed, {"address": "already"}))
    return RedirectResponse(asked.back(typed) or f"/u/{unit}/sources/of/{source}?done=enabled", 303)


def _add_page(asked: Asked, *, url: str = "", place: str = "", problem: str = "", status: int = 200) -> Response:
    values = {**asked.adding(url=url, place=place, problem=problem), **asked.places()}
    return render(asked.request, "source_add_page.html", values, who=asked.who, status=status)


def _try_page(asked: Asked, under: Under | None, sent: Sent | None = None) -> Response:
    words, tried = asked.words, under.tried if under else None
    typed, problems = sent or ({}, {})
    values: dict[str, Any] = {
        **asked.adding(url=under.address if under else "", place=under.place if under else ""),
        "under": under,
        "tried": tried,
        "robots": robots_said(tried.decided, words) if tried and tried.decided else "",
        "why": why_said(tried, words) if tried and tried.why else "",
        "back": asked.back(typed),
        "form": _form(asked, under, sent) if under else None,
        "wrong": len(problems),
        "forgotten": FORGOTTEN,
        "our_fault": OUR_FAULT,
        "address_problem": words("source_form.problem_already") if "address" in problems else "",
    }
    status = 422 if sent else 200 if under else 404
    page = render(asked.request, "source_try.html", values, who=asked.who, status=status)
    if under is not None and under.is_running:
        page.headers["refresh"] = str(REFRESH_SECONDS)
    return page


def _form(asked: Asked, under: Under, sent: Sent | None) -> Mapping[str, SourceField] | None:
    """Return the form below a result that can be enabled; None below any other."""
    if under.tried is None or under.tried.why:
        return None
    if sent is not None:
        return form_view(*sent, asked.words)
    return form_view(first_typed(under.tried, under.place, asked.book.usual_owner(), asked.words), {}, asked.words)
