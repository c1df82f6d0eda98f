"""Who I am, and who read what: for programs and for the auditor."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.accounts.account import ALL_UNITS
from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.service import TheService

router = APIRouter(prefix="/api/v1", tags=["people"])
Day = Annotated[str, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-11-23"], description="a day in UTC")]
After = Annotated[str, Query(max_length=60, pattern=r"^[0-9a-f/-]*$", description="The `id` of the last one known")]


@router.get("/me")
def me(who: Annotated[Principal, needs("be_signed_in")]) -> Mapping[str, object]:
    """Return the account that asks, with its roles and units; `csrf` goes into X-CSRF-Token of changes by cookie."""
    return {
        "account": who.account,
        "name": who.name,
        "roles": sorted(who.roles),
        "units": sorted(who.units),
        "csrf": who.csrf,
        "demo": who.is_demo,
    }


@router.get("/units/{unit}/audit/reads", dependencies=[needs("read_audit")])
def reads(unit: str, service: TheService, day: Day, after: After = "") -> Mapping[str, Any]:
    """Return which accounts were shown which posts of the unit on a day; at most 1,000 batches, ids only."""
    return {"day": day, "unit": unit, "reads": list(service.people.audit.reads(unit, day, after))}


@router.get("/audit/entries")
def entries(
    service: TheService, who: Annotated[Principal, needs("read_entries")], day: Day, after: After = ""
) -> Mapping[str, Any]:
    """Return who came in or was turned away on a day; at most 1,000, of accounts that share a unit with the reader."""
    shared = {one.id for one in service.people.accounts.every() if any(one.sees(unit) for unit in who.units)}
    of = None if ALL_UNITS in who.units else shared.__contains__
    return {"day": day, "entries": list(service.people.audit.entries(day, after, of=of))}
