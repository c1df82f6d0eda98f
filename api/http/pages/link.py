"""What a one-time link opens: the first account of an installation, or a new password. Looking does not use it up."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.account import new_account
from api.accounts.links import Link
from api.accounts.people import FIRST_ROLES
from api.http.gate import PUBLIC, check_origin
from api.http.page import render
from api.http.passage import passage_of
from api.http.problem import Problem, tell
from api.http.service import Service, TheService
from pipeline.domain.errors import BadInput, HuiyinError, Refused

from .account import sentence_of

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Chosen:
    """
    What was typed. `again` is the password once more; a program that sends none is taken at its word.

    `name` and `leader` are asked of the first account alone.
    """

    account: Annotated[str, Form()] = ""
    name: Annotated[str, Form()] = ""
    password: Annotated[str, Form()] = ""
    again: Annotated[str | None, Form()] = None
    leader: Annotated[bool, Form()] = False


Typed = Annotated[Chosen, Depends()]


@router.get("/link/{secret}", dependencies=[PUBLIC])
def link(request: Request, service: TheService, secret: str) -> Response:
    """The form that the link opens."""
    return _page(request, service, _found(request, service, secret), Chosen())


@router.post("/link/{secret}", dependencies=[PUBLIC])
def redeem(request: Request, service: TheService, secret: str, chosen: Typed) -> Response:
    """The password is set, the link is used up, and a session begins; the first account is there, with its name."""
    check_origin(request)
    found, client = _found(request, service, secret), passage_of(request).client
    account = chosen.account.strip()
    try:
        _refuse_slips(found, chosen)
        begun = service.people.redeem(secret, account, chosen.password, client)
    except BadInput as refusal:
        return _page(request, service, found, chosen, refusal)
    passage_of(request).set_session = begun
    if found.is_first:
        service.people.introduce(account, chosen.name, is_leader=chosen.leader)
    return RedirectResponse("/", 303)


def _found(request: Request, service: Service, secret: str) -> Link:
    """Return what the link is for; the first account is made on this machine alone, whoever has the link."""
    found = service.people.links.find(secret)
    if found is None or (found.is_first and not service.people.accounts.is_empty()):
        raise Refused("this link was used already or ran out after 24 hours; ask for another", code="ACC-410")
    if found.is_first and not passage_of(request).is_local:
        cause = "the first account is made on the machine itself, and this browser is on another one"
        raise Problem(403, "ACC-411", cause, "open the link there, or type `huiyin user add NAME --roles admin` there")
    return found


def _refuse_slips(found: Link, chosen: Chosen) -> None:
    """Raise BadInput before anything is used up: the passwords differ (ACC-109), or the name cannot be (ACC-101)."""
    if chosen.again is not None and chosen.again != chosen.password:
        raise BadInput("the two passwords are not the same; type both again", code="ACC-109")
    if found.is_first:
        new_account(chosen.account.strip(), chosen.name, FIRST_ROLES, ("*",))


def _page(
    request: Request, service: Service, found: Link, chosen: Chosen, refusal: HuiyinError | None = None
) -> Response:
    values = {
        "is_first": found.is_first,
        "account": found.account,
        "chosen": chosen,
        "is_shared": not service.entrance.is_loopback,
        "cause": sentence_of(request, refusal),
    }
    return render(request, "link.html", values, status=tell(refusal).status if refusal else 200)
