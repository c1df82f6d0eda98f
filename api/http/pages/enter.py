"""
Entering by hand: a link, a shared text or typed words go through the door like every post, and become an incident.

What may be the same matter is shown first, with the place and line that the words speak for. Nothing of an entry is
kept before the door has masked it; a nickname in a pasted text is gone before anything is searched or shown again.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.by_hand.enter import Counter
from api.http.asked import PostId
from api.http.desk.entry_form import FROM_ABOVE, EntryForm, Typed
from api.http.desk.reader import reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.service import Service, TheService
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.post import Origin

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("enter_by_hand")]
Filled = Annotated[Typed, Depends()]
PATIENCE = 15


@router.get("/u/{unit}/enter")
def blank(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The form; with `?from=above` that of a superior's paper."""
    origin = FROM_ABOVE if request.query_params.get("from") == "above" else Origin.INTERNAL.value
    form = EntryForm(reader_of(request, service, who, unit), Typed(origin=origin))
    return render(request, "enter.html", form.values({}, looks=False), who=who)


@router.post("/u/{unit}/enter/look")
def look(request: Request, service: TheService, unit: str, who: Who, typed: Filled) -> Response:
    """What may be the same matter, and the place and line that the words speak for; nothing is stored."""
    form = EntryForm(reader_of(request, service, who, unit), typed)
    return render(request, "enter_look.html", form.values({}, looks=True), who=who)


@router.post("/u/{unit}/enter")
def enter(request: Request, service: TheService, unit: str, who: Who, typed: Filled) -> Response:
    """The entry is on its way to an incident; or what is wrong with it, or what may be the same, is shown with it."""
    form, counter = EntryForm(reader_of(request, service, who, unit), typed), counter_of(service)
    problems = form.problems(counter)
    if problems:
        return render(request, "enter.html", form.values(problems, looks=True), who=who, status=422)
    if not (typed.has_looked or typed.same_as):
        values = form.values({}, looks=True)
        if values["alike"]:
            return render(request, "enter.html", values, who=who)
    try:
        entered = counter.enter(form.entry(), who.roles)
    except BadOrder as error:
        said = {"words": form.reader.words("enter.other_content" if error.code == "ORD-103" else "enter.turned_away")}
        fresh = EntryForm(form.reader, replace(typed, key=""))
        return render(request, "enter.html", fresh.values(said, looks=True), who=who, status=422)
    return RedirectResponse(f"/u/{unit}/entered/{entered.post}", 303)


@router.get("/u/{unit}/entered/{post}")
def entered(request: Request, service: TheService, unit: str, post: PostId, who: Who) -> Response:
    """The incident, as soon as the worker has opened it; until then a page that looks again."""
    counter = counter_of(service)
    owner = counter.incident_of(unit, post)
    if owner is not None:
        return RedirectResponse(f"/u/{unit}/incidents/{owner.id}", 303)
    asked = request.query_params.get("tries", "")
    tries = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    found = counter.stored_id(post)
    groups = [one.group for one in service.stores.posts.mentions_of(unit, found) if one.group]
    is_stored = service.stores.posts.post(found) is not None
    values = {"is_stored": is_stored and not groups, "tries": tries, "is_slow": tries >= PATIENCE, "post": post}
    return render(request, "entered.html", values, who=who)


def counter_of(service: Service) -> Counter:
    """Return where entries are handed in."""
    return Counter(service.stores, service.desk, service.door, service.settings)
