"""开始设置: the unit is made, a step is skipped or passed, and the end says what happens now."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.account import ALL_UNITS
from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.initials import initials
from api.http.page import render
from api.http.problem import missing
from api.http.service import Service, TheService
from api.http.setting.form import Held, one
from api.http.setting.saving import Attempt, Tried, save
from api.http.setting.sent import Sent, TheForm
from api.http.setting.unit import UNIT
from api.http.setup.frame import Asked, done_with, steps_of
from api.http.setup.progress import STEPS, Progress, State
from api.http.setup.start import start_of
from api.http.shell import units_of, words_for
from pipeline.domain.unit_settings import UnitProfile
from pipeline.workflow.settings import UnitSettings

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("change_settings")]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
_NOTHING_YET = Progress(dict.fromkeys(STEPS, State.OPEN))


@router.get("/setup")
def begin(request: Request, service: TheService, who: Who, another: bool = False) -> Response:
    """The form of a first or another unit; who has units goes on where his first one has come to."""
    units = units_of(service, who)
    if units and not (another and ALL_UNITS in who.units):
        return RedirectResponse(f"/u/{units[0]}/setup", 303)
    return _page(request, who, Sent({}, {}), Tried())


@router.post("/setup")
def make_unit(request: Request, service: TheService, who: Who, sent: TheForm) -> Response:
    """The unit is there, every process knows it within 2 s, and the second step comes."""
    words = words_for(request)
    if ALL_UNITS not in who.units:
        return _page(request, who, sent, Tried(told=[words("setup.not_yours")]), status=403)
    typed = one(sent.typed, "id").lower()
    unit = typed or _proposed(service, one(sent.typed, "name"))
    problem = _id_problem(service, unit, typed, words("setup.id_bad"), words("setup.id_taken"))
    tried = Tried(problems={"id": problem})
    if not problem:
        attempt = Attempt(UNIT, sent.typed, 0, who.account, words("setup.reason"))
        tried = save(service, _held_by_nobody(unit), attempt, words)
    if tried.change is None:
        return _page(request, who, sent, tried, status=422)
    return done_with(Asked(request, service, unit, who), "unit")


@router.get("/u/{unit}/setup")
def go_on(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The first step that is open; the end where none is."""
    step = Asked(request, service, unit, who).progress.first_open
    return RedirectResponse(f"/u/{unit}/setup/{step or 'ready'}", 303)


@router.post("/u/{unit}/setup/skip")
def skip(request: Request, service: TheService, unit: str, who: Who, step: Annotated[str, Form()] = "") -> Response:
    """The step is left for later; what was saved before stays, and the next one comes."""
    return done_with(_asked(request, service, unit, who, step), step, State.SKIPPED)


@router.post("/u/{unit}/setup/pass")
def pass_by(request: Request, service: TheService, unit: str, who: Who, step: Annotated[str, Form()] = "") -> Response:
    """The step was looked at and is left as it stands: done where that is enough to go on, else for later."""
    asked = _asked(request, service, unit, who, step)
    is_enough = step in ("unit", "words") or asked.progress.states[step] is State.DONE
    return done_with(asked, step, State.DONE if is_enough else State.SKIPPED)


@router.get("/u/{unit}/setup/ready")
def ready(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """What happens now: when sources are read, what is still missing, and where the first to-dos appear."""
    asked = Asked(request, service, unit, who)
    values = {
        "steps": steps_of(unit, asked.progress, ""),
        "step": "",
        "progress": asked.progress,
        "start": start_of(asked),
    }
    return render(request, "setup/ready.html", values, who=who)


@router.post("/u/{unit}/setup/dismiss")
def hear_no_more(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """No page reminds of what is left any more; everything stays under 设置."""
    Asked(request, service, unit, who).course.dismiss()
    return RedirectResponse(f"/u/{unit}/queue", 303)


def _asked(request: Request, service: Service, unit: str, who: Principal, step: str) -> Asked:
    if step not in STEPS:
        raise missing("this step")
    return Asked(request, service, unit, who)


def _proposed(service: Service, name: str) -> str:
    """Return an id that nobody has, from the first letters of the unit's name."""
    letters = initials(name)[:12]
    base = letters if len(letters) > 1 else "unit"
    tries = (base if number == 1 else f"{base}-{number}" for number in range(1, 1_000))
    return next(one for one in tries if not service.knows(one))


def _id_problem(service: Service, unit: str, typed: str, bad: str, taken: str) -> str:
    """Return what is wrong with an id; "" where it can be the unit's for ever."""
    if not _ID.fullmatch(unit):
        return bad
    return taken if typed and service.knows(unit) else ""


def _held_by_nobody(unit: str) -> Held:
    """Return what a unit holds that is not there yet."""
    return Held(unit, UnitSettings(UnitProfile(unit, ""), (), (), (), {}))


def _page(request: Request, who: Principal, sent: Sent, tried: Tried, status: int = 200) -> Response:
    words, held = words_for(request), _held_by_nobody("")
    problems = {name: said for name, said in tried.problems.items() if said}
    values: dict[str, Any] = {
        "steps": steps_of("", _NOTHING_YET, "unit"),
        "step": "unit",
        "back_href": "",
        "is_last": False,
        "form": UNIT.view(sent.typed, held, problems, words),
        "template": UNIT.template,
        "tried": tried,
        "is_new": True,
        "revision": 0,
        "typed_id": one(sent.typed, "id"),
        "id_problem": problems.get("id", ""),
    }
    return render(request, "setup/unit.html", values, who=who, status=status)
