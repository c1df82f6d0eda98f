"""Where people arrive, and how their pages look. Plain forms, which work without JavaScript."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.local_path import local_path
from api.http.look import SOUNDS, TEXTS, THEMES
from api.http.page import keep_look, render
from api.http.service import TheService
from api.http.shell import units_of
from api.words import LANGUAGES

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("be_signed_in")]
Text = Annotated[str, Form()]
FIRST_PAGES = (("read_queue", "queue"), ("read_overview", "overview"))
"""(permission, page) of what is opened first, the first that the roles allow."""


@router.get("/")
def home(service: TheService, who: Who) -> Response:
    """The queue of the account's first unit, or what else its roles are there for; the first run where no unit is."""
    page = next((page for permission, page in FIRST_PAGES if who.may(permission)), None)
    units = units_of(service, who)
    if not service.settings.units and who.may("change_settings"):
        return RedirectResponse("/setup", 303)
    return RedirectResponse(f"/u/{units[0]}/{page}" if units and page else "/account", 303)


@router.get("/appearance")
def appearance(request: Request, who: Who, back: str = "/") -> Response:
    """The form that chooses theme, size of type, sound and language."""
    values = {"themes": THEMES, "texts": TEXTS, "sounds": SOUNDS, "languages": LANGUAGES, "back": local_path(back)}
    return render(request, "appearance.html", values, who=who)


@router.post("/appearance")
async def choose_appearance(request: Request, _: Who, back: Text = "/") -> Response:
    """This browser's pages look so from now on; the page that was left comes back."""
    chosen = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    page = RedirectResponse(local_path(back), 303)
    keep_look(request, page, chosen)
    return page
