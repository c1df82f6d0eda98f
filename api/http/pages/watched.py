"""What the unit watches for, to be read: its watch rules in force."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.page import render
from api.http.service import TheService
from pipeline.domain.watch_rule import WatchRule

router = APIRouter(include_in_schema=False)
Rules = Annotated[Principal, needs("read_settings")]
TERMS = ("any", "all", "none", "exclude_phrases")


@router.get("/u/{unit}/rules")
def rules(request: Request, service: TheService, unit: str, who: Rules) -> Response:
    """The watch rules in force, read only: terms, exclusions, line and version."""
    own = service.settings.units.get(unit)
    found = own.rules if own else tuple(service.settings.default_rules)
    values = {"rules": [_view(rule) for rule in found], "places": own.places if own else ()}
    return render(request, "rules.html", values, who=who)


def _view(rule: WatchRule) -> Mapping[str, Any]:
    near = rule.near
    return {
        "id": rule.id,
        "line": rule.service_line or "",
        "version": rule.version,
        "grave": rule.grave_level or (2 if rule.grave else 0),
        "anywhere": rule.anywhere,
        "terms": {name: getattr(rule, name) for name in TERMS if getattr(rule, name)},
        "near": {"a": "、".join(near.a), "b": "、".join(near.b), "within": near.within} if near else None,
    }
