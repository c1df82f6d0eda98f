"""
Commands: one route for each that a person may ask for, made from the catalogue of orders.

The Idempotency-Key makes a double click and a repeated request one order. If-Match is the revision on the screen; who
was overtaken is answered 412 with what the others did. A refusal names the moves that this person may make.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.accounts.principal import Principal
from api.http.asked import GroupId, IncidentId, PostId, Unit, bad_field
from api.http.gate import needs
from api.http.order_body import read_body
from api.http.order_schema import body_of
from api.http.service import TheService
from api.http.shown.outcome import LastStepShown, OutcomeShown, outcome_shown, undoable_shown
from pipeline.domain.order import Order, Outcome
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import OrderForm, Target
from pipeline.domain.sheet import LONGEST_KEY

router = APIRouter(prefix="/api/v1/units/{unit}", tags=["commands"])
FOLDERS: Mapping[Target, str] = {
    Target.INCIDENT: "/incidents/{incident}/",
    Target.GROUP: "/groups/{group}/",
    Target.NEED: "/needs/{post}/",
    Target.UNIT: "/",
}
_REVISION = re.compile(r'(?:W/)?"(\d{1,15})"', re.ASCII)
_PATTERN = r'^(\*|(W/)?"\d{1,15}")$'


def _incident(incident: IncidentId) -> str:
    return incident


def _group(group: GroupId) -> str:
    return group


def _need(post: PostId) -> str:
    return post


def _unit() -> str:
    return ""


_TARGETS: Mapping[Target, Callable[..., str]] = {
    Target.INCIDENT: _incident,
    Target.GROUP: _group,
    Target.NEED: _need,
    Target.UNIT: _unit,
}


@dataclass(frozen=True, slots=True)
class Asking:
    """Where a command is asked for, under which key, and what was on the screen."""

    unit: Unit
    service: TheService
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=LONGEST_KEY,
            description="New for each order",
            examples=["7f0c3d52-1"],
        ),
    ]
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match",
            description="The revision on the screen, as the ETag gave it",
            pattern=_PATTERN,
            examples=['"3"'],
        ),
    ] = None

    def revision(self) -> int | None:
        """Return the revision that was on the screen; None where none was said. Raises Problem (HTP-422)."""
        if self.if_match is None or self.if_match == "*":
            return None
        found = _REVISION.fullmatch(self.if_match)
        if found is None:
            raise bad_field("If-Match", 'expected the ETag of the incident; write "3" in double quotes')
        return int(found[1])


Asked = Annotated[Asking, Depends()]
Officer = Annotated[Principal, needs("decide")]
Endpoint = Callable[..., Awaitable[OutcomeShown]]


def _endpoint(form: OrderForm) -> Endpoint:
    """Return the handler of one command."""

    async def carry_out(
        request: Request,
        response: Response,
        asking: Asked,
        who: Officer,
        target: Annotated[str, Depends(_TARGETS[form.target])],
    ) -> OutcomeShown:
        body = await read_body(request, form)
        order = Order(
            unit=asking.unit,
            command=form.name,
            fields={**body.fields, **({form.target_field: target} if form.target_field else {})},
            account=who.account,
            roles=who.roles,
            key=asking.idempotency_key,
            text=body.text,
            attachments=body.attachments,
            expected_revision=asking.revision(),
        )
        outcome = await run_in_threadpool(asking.service.clerk.carry_out, order)
        response.headers.update(_headers(outcome, form))
        return outcome_shown(outcome)

    return carry_out


def _headers(outcome: Outcome, form: OrderForm) -> dict[str, str]:
    told = {} if outcome.revision is None else {"ETag": f'"{outcome.revision}"'}
    if outcome.repeated:
        told["Idempotency-Replayed"] = "true"
    if form.name == "open":
        told["Location"] = f"/api/v1/units/{outcome.unit}/incidents/{outcome.incident}"
    return told


def _describe(form: OrderForm) -> dict[str, Any]:
    """Return what OpenAPI says of a command's route."""
    needed = "It needs a text." if form.needs_text else "It needs no text."
    revision = " If-Match is the incident's revision." if form.has_revision else " It takes no If-Match."
    return {
        "operation_id": form.name,
        "summary": f"{form.label} ({form.name})",
        "description": needed + revision,
        "status_code": 201 if form.name == "open" else 200,
        "openapi_extra": {"requestBody": body_of(form)},
    }


for _form in order_forms().values():
    router.add_api_route(FOLDERS[_form.target] + _form.name, _endpoint(_form), methods=["POST"], **_describe(_form))


@router.get("/undoable")
def undoable(unit: Unit, service: TheService, who: Officer) -> LastStepShown:
    """Return the reader's last step in the unit, if it can still be taken back, and what that means."""
    step = service.clerk.undoable(unit, who.account)
    return LastStepShown(None if step is None else undoable_shown(step))
