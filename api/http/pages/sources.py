"""The list of sources with their health, the field for an address, and how the unit stands to the ten places."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.page import render
from api.http.problem import missing
from api.http.source_asked import Asked
from api.http.source_form import TheTyped
from api.source_checklist import SAID, Standing, place_named

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, needs("read_sources")]
Changer = Annotated[Principal, needs("change_settings")]


@router.get("/u/{unit}/sources")
def every(request: Request, unit: str, who: Reader) -> Response:
    """Every source with its health, those that fail first; the field for another one; and the ten places."""
    asked = Asked(request, unit, who)
    values = {"lines": asked.service.sources(), "done": asked.done, **asked.adding(), **asked.places()}
    return render(request, "sources.html", values, who=who)


@router.post("/u/{unit}/sources/places/{place}")
def say(request: Request, unit: str, place: str, who: Changer, typed: TheTyped) -> Response:
    """What a person says of a place of the checklist holds."""
    asked, standing = Asked(request, unit, who), typed.get("standing", "")
    if place_named(place) is None or standing not in [each.value for each in SAID]:
        raise missing("this place")
    asked.book.say(unit, place, Standing(standing), who.actor)
    return RedirectResponse((asked.back(typed) or f"/u/{unit}/sources?done=said") + f"#place-{place}", 303)
