"""Who I am, and who read what: for programs and for the auditor."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.service import TheService

router = APIRouter(prefix="/api/v1", tags=["people"])
Day = Annotated[str, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-11-23"], description="a day in UTC")]


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
def reads(unit: str, service: TheService, day: Day) -> Mapping[str, Any]:
    """Return which accounts were shown which posts of the unit on a day; at most 1,000 batches, ids only."""
    return {"day": day, "unit": unit, "reads": list(service.people.audit.reads(unit, day))}


@router.get("/audit/entries", dependencies=[needs("read_entries")])
def entries(service: TheService, day: Day) -> Mapping[str, Any]:
    """Return who came in or was turned away on a day; at most 1,000."""
    return {"day": day, "entries": list(service.people.audit.entries(day))}
