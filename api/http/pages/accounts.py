"""The book of accounts in the console: who may come in, with which roles; and who takes the place of whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.accounts.account import ALL_UNITS, ROLES_OF_PEOPLE, Account, new_account
from api.accounts.permissions import may
from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.page import render
from api.http.passage import passage_of
from api.http.problem import missing, tell
from api.http.service import Service, TheService, service_of
from api.http.shell import unit_name, words_for
from api.http.wording import explain
from api.replacement import Replaced, Replacing
from pipeline.domain.errors import BadInput, HuiyinError

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, needs("read_accounts")]
Keeper = Annotated[Principal, needs("change_accounts")]
NO_ADMIN = "ACC-110"


@dataclass(frozen=True, slots=True)
class Sent:
    """What a form of the page sent: an account's id, how it is called, its roles and units, and who takes over."""

    account: str
    name: str
    roles: tuple[str, ...]
    units: tuple[str, ...]
    new: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One account as the page lists it. `is_mine`: the reader may change it, since he keeps all of its units."""

    account: Account
    roles: str
    units: str
    state: str
    is_mine: bool
    successors: Sequence[tuple[str, str]]


async def sent(request: Request) -> Sent:
    """Return what was sent; what is missing is empty."""
    form = await request.form()

    def said(name: str) -> str:
        value = form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def several(name: str) -> tuple[str, ...]:
        return tuple(value for value in form.getlist(name) if isinstance(value, str) and value)

    return Sent(said("account"), said("name"), several("roles"), several("units"), said("new"), said("reason"))


Form = Annotated[Sent, Depends(sent)]


@router.get("/accounts")
def accounts(request: Request, service: TheService, who: Reader) -> Response:
    """Every account that shares a unit with the reader, and for who may the forms that change them."""
    return _page(request, service, who)


@router.post("/accounts/add")
def add(request: Request, service: TheService, who: Keeper, form: Form) -> Response:
    """The account is in the book, without a password; its one-time link is shown this once."""

    def change() -> Mapping[str, Any]:
        account = new_account(form.account, form.name, form.roles, form.units)
        _refuse_beyond(who, account)
        service.people.accounts.add(account, author=who.account, reason="console")
        return {"link": _link(request, who, account.id), "link_of": account.name}

    return _changed(request, service, who, form, change)


@router.post("/accounts/link")
def link(request: Request, service: TheService, who: Keeper, form: Form) -> Response:
    """A one-time link with which the account sets a new password is shown this once."""
    account = _mine(service, who, form.account)
    shown = {"link_of": account.name}
    return _changed(request, service, who, form, lambda: {"link": _link(request, who, account.id), **shown})


@router.post("/accounts/roles")
def roles(request: Request, service: TheService, who: Keeper, form: Form) -> Response:
    """The account has these roles from now on."""
    account = _mine(service, who, form.account)

    def change() -> Mapping[str, Any]:
        wanted = new_account(account.id, form.name or account.name, form.roles, account.units)
        _refuse_without_admin(service, account, stays_admin=may("change_accounts", wanted.roles))
        service.people.accounts.change(
            account.id,
            lambda found: replace(found, roles=wanted.roles, name=wanted.name),
            author=who.account,
            reason="console",
        )
        return {"done": words_for(request)("accounts.changed", name=wanted.name)}

    return _changed(request, service, who, form, change)


@router.post("/accounts/disable")
def disable(request: Request, service: TheService, who: Keeper, form: Form) -> Response:
    """The account cannot come in any more, anywhere; what it owned stays with it until somebody takes its place."""
    account = _mine(service, who, form.account)

    def change() -> Mapping[str, Any]:
        _refuse_without_admin(service, account, stays_admin=False)
        service.people.accounts.set_disabled(account.id, is_disabled=True, author=who.account, reason="console")
        return {"done": words_for(request)("accounts.disabled_now", name=account.name)}

    return _changed(request, service, who, form, change)


@router.post("/accounts/enable")
def enable(request: Request, service: TheService, who: Keeper, form: Form) -> Response:
    """The account may come in again."""
    account = _mine(service, who, form.account)

    def change() -> Mapping[str, Any]:
        service.people.accounts.set_disabled(account.id, is_disabled=False, author=who.account, reason="console")
        return {"done": words_for(request)("accounts.enabled_now", name=account.name)}

    return _changed(request, service, who, form, change)


@router.post("/accounts/replace")
def replace_account(request: Request, service: TheService, who: Keeper, form: Form) -> Response:
    """Everything open of the account is the new one's, and the account is disabled; the page says what moved."""
    account, new = _mine(service, who, form.account), _mine(service, who, form.new)

    def change() -> Mapping[str, Any]:
        _refuse_without_admin(service, account, stays_admin=False)
        replacing = Replacing(service.stores, service.desk, service.people)
        done = replacing.replace(account.id, new.id, author=who.account, reason=form.reason or "console")
        return {"replaced": done, "counts": _counts(done), "replaced_names": (account.name, new.name)}

    return _changed(request, service, who, form, change)


def _changed(
    request: Request, service: Service, who: Principal, form: Sent, change: Callable[[], Mapping[str, Any]]
) -> Response:
    """Return the page with what came of the change, or with what is wrong and everything that was typed."""
    try:
        return _page(request, service, who, change())
    except BadInput as refusal:
        return _page(request, service, who, {"cause": _sentence(request, refusal), "typed": form}, tell(refusal).status)


def _page(
    request: Request, service: Service, who: Principal, values: Mapping[str, Any] | None = None, status: int = 200
) -> Response:
    seen = [one for one in service.people.accounts.every() if any(who.sees(unit) for unit in one.units)]
    keeps = who.may("change_accounts")
    active = [one for one in seen if not one.is_disabled]
    known = {
        "lines": [_line(request, service, who, one, active) for one in seen],
        "roles_of_people": ROLES_OF_PEOPLE,
        "own_units": [(unit, unit_name(service, unit)) for unit in _units(service, who)],
        "keeps": keeps,
        "typed": None,
        "cause": "",
        "done": "",
        "link": "",
        "link_of": "",
        "replaced": None,
        "counts": (),
        "replaced_names": (),
    }
    return render(request, "accounts.html", {**known, **(values or {})}, who=who, status=status)


def _line(request: Request, service: Service, who: Principal, one: Account, active: Sequence[Account]) -> Line:
    words = words_for(request)
    joint = words("common.and")
    units = [words("accounts.every_unit") if unit == ALL_UNITS else unit_name(service, unit) for unit in one.units]
    state = "disabled" if one.is_disabled else "active" if one.password else "no_password"
    return Line(
        account=one,
        roles=joint.join(words.named("role", role) for role in sorted(one.roles)),
        units=joint.join(sorted(units)),
        state=words(f"accounts.state_{state}"),
        is_mine=_keeps(who, one),
        successors=[(other.id, other.name) for other in active if other.id != one.id and _keeps(who, other)],
    )


def _units(service: Service, who: Principal) -> Sequence[str]:
    known = sorted(service.settings.units)
    return [ALL_UNITS, *known] if ALL_UNITS in who.units else [unit for unit in known if unit in who.units]


def _keeps(who: Principal, account: Account) -> bool:
    """Whether the reader's scope covers all of the account's: nobody changes what reaches beyond his own units."""
    return ALL_UNITS in who.units or account.units <= who.units


def _mine(service: Service, who: Principal, account_id: str) -> Account:
    account = service.people.accounts.get(account_id)
    if account is None or not _keeps(who, account):
        raise missing(f"account {account_id[:40]}")
    return account


def _refuse_beyond(who: Principal, account: Account) -> None:
    if not _keeps(who, account):
        raise BadInput("these units are not yours to give; choose among your own", code="ACC-101")


def _refuse_without_admin(service: Service, account: Account, *, stays_admin: bool) -> None:
    """Refuse the step after which nobody could keep the book of accounts any more."""
    others = [one for one in service.people.accounts.every() if one.id != account.id and not one.is_disabled]
    if stays_admin or any(may("change_accounts", one.roles) for one in others):
        return
    sentence = "this is the last administrator; give the role to another account first, else nobody keeps the book"
    raise BadInput(sentence, code=NO_ADMIN)


def _link(request: Request, who: Principal, account_id: str) -> str:
    service, client = service_of(request), passage_of(request).client
    return f"{service.entrance.url}/link/{service.people.link_for(account_id, author=who.account, client=client)}"


def _counts(done: Replaced) -> tuple[int, int, int]:
    places = done.places.values()
    return (
        sum(len(one.owned) for one in places),
        sum(len(one.offered) for one in places),
        sum(len(one.to_sign) for one in places),
    )


def _sentence(request: Request, refusal: HuiyinError) -> str:
    return explain(tell(refusal), words_for(request))
