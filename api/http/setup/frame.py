"""What every page of the first run has around its step: how far it has come, the way back, on, and past it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from api.accounts.principal import Principal
from api.http.page import render
from api.http.service import Service
from api.http.setting.form import Held
from api.http.setting.saving import held_of
from api.http.shell import words_for
from api.words import Words

from .progress import STEPS, Course, Progress, State, before, next_after, progress_of


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of one account to the first run of a unit."""

    request: Request
    service: Service
    unit: str
    who: Principal

    @property
    def words(self) -> Words:
        """The words in which the page speaks."""
        return words_for(self.request)

    @property
    def held(self) -> Held:
        """What holds for the unit at this moment."""
        return held_of(self.service, self.unit)

    @property
    def course(self) -> Course:
        """Where the next steps are written down."""
        return Course(self.service.stores.records, self.service.clock, self.unit, self.who.actor)

    @property
    def progress(self) -> Progress:
        """How far the unit has come."""
        return progress_of(self.service.stores.records, self.unit)


@dataclass(frozen=True, slots=True)
class Step:
    """One step as the line at the top shows it."""

    name: str
    number: int
    state: State
    href: str
    is_here: bool


def step_page(asked: Asked, step: str, values: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """Return the page of a step; its template stands under its name."""
    back, on = before(step), next_after(step)
    around = {
        "steps": steps_of(asked.unit, asked.progress, step),
        "step": step,
        "back_href": f"/u/{asked.unit}/setup/{back}" if back else "",
        "is_last": not on,
    }
    return render(asked.request, f"setup/{step}.html", {**around, **values}, who=asked.who, status=status)


def steps_of(unit: str, progress: Progress, here: str) -> list[Step]:
    """Return the steps with their states and addresses; without a unit they lead nowhere yet."""
    return [
        Step(name, number, progress.states[name], f"/u/{unit}/setup/{name}" if unit else "", name == here)
        for number, name in enumerate(STEPS, start=1)
    ]


def done_with(asked: Asked, step: str, state: State = State.DONE) -> RedirectResponse:
    """The step is on record as done or skipped, and the next one comes; behind the last what happens now."""
    if not (state is State.SKIPPED and asked.progress.states[step] is State.DONE):
        asked.course.note(step, state)
    return RedirectResponse(f"/u/{asked.unit}/setup/{next_after(step) or 'ready'}", 303)


def left_for(service: Service, unit: str, who: Principal) -> int:
    """Return of how many steps this account is reminded; 0 where he may not change settings or nobody wants to hear."""
    if service.is_demo or not who.may("change_settings"):
        return 0
    progress = progress_of(service.stores.records, unit)
    return 0 if progress.is_dismissed else progress.left
