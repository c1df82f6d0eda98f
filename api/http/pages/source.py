"""One source: its health, its form, everything that was done with it; changed, paused or removed with a reason."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Any, TypeAlias

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.desk.reader import reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.problem import missing
from api.http.setting.told import author_said
from api.http.source_asked import Asked, reason_of
from api.http.source_form import TheTyped, form_view
from api.settings.change import Moved
from api.source_checklist import place_named
from api.sources.book import Kept, Typed, Unfit

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, needs("read_sources")]
Changer = Annotated[Principal, needs("change_settings")]
Sent: TypeAlias = tuple[Typed, Mapping[str, str]]
ACTIONS = ("pause", "resume", "remove")


@router.get("/u/{unit}/sources/of/{source}")
def one(request: Request, unit: str, source: str, who: Reader) -> Response:
    """One source: its health, its form, and everything that was done with it."""
    asked = Asked(request, unit, who)
    return _page(asked, asked.kept(source))


@router.post("/u/{unit}/sources/of/{source}/change")
def change(request: Request, unit: str, source: str, who: Changer, typed: TheTyped) -> Response:
    """What was typed holds; or it comes again with what is wrong, or with what somebody else did meanwhile."""
    asked, reason = Asked(request, unit, who), reason_of(typed)
    kept = asked.kept(source)
    if not reason:
        return _page(asked, kept, (typed, {"reason": "reason"}))
    try:
        asked.book.change(_as_seen(kept, typed), typed, who.actor, reason)
    except Unfit as refusal:
        return _page(asked, kept, (typed, refusal.problems))
    except Moved:
        return _page(asked, asked.kept(source), (typed, {"moved": "moved"}))
    return RedirectResponse(f"/u/{unit}/sources/of/{source}?done=changed", 303)


@router.post("/u/{unit}/sources/of/{source}/pause")
def pause(request: Request, unit: str, source: str, who: Changer, typed: TheTyped) -> Response:
    """The source is not read for now."""
    return _switch(Asked(request, unit, who), source, "pause", typed)


@router.post("/u/{unit}/sources/of/{source}/resume")
def resume(request: Request, unit: str, source: str, who: Changer, typed: TheTyped) -> Response:
    """The source is read again."""
    return _switch(Asked(request, unit, who), source, "resume", typed)


@router.post("/u/{unit}/sources/of/{source}/remove")
def remove(request: Request, unit: str, source: str, who: Changer, typed: TheTyped) -> Response:
    """The source is set no longer; its posts stay."""
    return _switch(Asked(request, unit, who), source, "remove", typed)


def _switch(asked: Asked, source: str, action: str, typed: Typed) -> Response:
    """The action is done, with a reason; without one the page says so."""
    kept, reason = asked.kept(source), reason_of(typed)
    if not reason:
        return _page(asked, kept, ({}, {action: "reason"}))
    seen = _as_seen(kept, typed)
    try:
        if action == "remove":
            asked.book.remove(seen, asked.who.actor, reason)
            return RedirectResponse(f"/u/{asked.unit}/sources?done=removed", 303)
        asked.book.switch(seen, asked.who.actor, reason, on=action == "resume")
    except Moved:
        return _page(asked, asked.kept(source), ({}, {"moved": "moved"}))
    return RedirectResponse(f"/u/{asked.unit}/sources/of/{source}?done={action}d", 303)


def _page(asked: Asked, kept: Kept, sent: Sent | None = None) -> Response:
    words, (typed, problems) = asked.words, sent or ({}, {})
    values: dict[str, Any] = {
        "of_unit": asked.unit,
        "kept": kept,
        "line": next((line for line in asked.service.sources() if line.source == kept.source), None),
        "form": form_view(typed or asked.book.typed(kept), problems, words),
        "is_open": bool(typed),
        "reason": typed.get("reason", ""),
        "reason_problems": {
            name: words("source_form.problem_reason") for name in ("reason", *ACTIONS) if name in problems
        },
        "is_moved": "moved" in problems,
        "past": asked.book.history(kept.source),
        "called": partial(author_said, reader_of(asked.request, asked.service, asked.who, asked.unit)),
        "may_change": asked.who.may("change_settings"),
        "place": place_named(str(kept.table.get("listed_as", ""))),
        "done": asked.done,
    }
    return render(asked.request, "source.html", values, who=asked.who, status=422 if problems else 200)


def _as_seen(kept: Kept, typed: Typed) -> Kept:
    """Return the source with the revision that its officer saw, so that another's change meanwhile is noticed."""
    said = typed.get("revision", "")
    if not (said.isdecimal() and len(said) < 10):
        raise missing("the revision of the page")
    return replace(kept, revision=int(said))
