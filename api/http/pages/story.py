"""The demo's story on the console's pages: the line that says where it stands, and the visitor's nod to go on."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.demo_story import caption_of, go_on
from api.http.gate import needs
from api.http.local_path import local_path
from api.http.page import render
from api.http.problem import missing
from api.http.service import Service, TheService

router = APIRouter(include_in_schema=False)
Visitor = Annotated[Principal, needs("be_signed_in")]


@router.get("/story/line")
def line(request: Request, service: TheService, who: Visitor) -> Response:
    """What the line says now, alone: pages ask for it every other second."""
    _refuse_outside_demo(service)
    return render(request, "story_line.html", who=who)


@router.post("/story/next")
def go_to_next(
    service: TheService, _: Visitor, number: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "/"
) -> Response:
    """The scene that was seen is over; the next one begins within a moment."""
    _refuse_outside_demo(service)
    if number.isdecimal() and len(number) < 6:
        go_on(service.stores.records, service.clock, int(number))
    return RedirectResponse(local_path(back), 303)


def _refuse_outside_demo(service: Service) -> None:
    """Only a demo tells a story."""
    if not service.is_demo or caption_of(service.stores.records) is None:
        raise missing("story")
