"""
Role × route × (own unit, other unit): every cell of every route of the application, without anybody listing them.

A new route is in the table as soon as it is in `ROUTERS`. Where its handler needs a true id or a body to get as far
as an answer, name a sample; a cell asks only who may come to the handler, whose answer is its own test's matter.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fastapi import FastAPI

from api.accounts.account import ROLES_OF_PEOPLE
from api.accounts.permissions import may
from api.http.gate import Needs, Public, declared
from tests.http_house import OTHER_UNIT, UNIT

DENIED, MISSING, UNSIGNED = "HTP-403", "HTP-404", "HTP-401"


@dataclass(frozen=True, slots=True)
class Sample:
    """What a request of this route holds besides its unit."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None


SAMPLES: Mapping[tuple[str, str], Sample] = {
    ("GET", "/api/v1/units/{unit}/audit/reads"): Sample(query={"day": "2026-11-02"}),
    ("GET", "/api/v1/audit/entries"): Sample(query={"day": "2026-11-02"}),
    ("GET", "/api/v1/alerts/stream"): Sample(query={"unit": "none"}),
}
"""(method, path) → what its requests hold."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One role that asks one route for a unit; `expected` is the code of the refusal, "" where it may come in."""

    method: str
    path: str
    role: str
    unit: str
    expected: str

    @property
    def url(self) -> str:
        """Return the address, filled in."""
        known = {"unit": self.unit, **SAMPLES.get((self.method, self.path), Sample()).path}
        return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known.get(found[1], "none"), self.path)

    def __str__(self) -> str:
        """The name of the case in a report of tests."""
        return f"{self.method} {self.path} {self.role} {self.unit}"


def cells(app: FastAPI) -> Iterator[Cell]:
    """Yield every cell: what the declared permission says of this role, for its own unit and for another."""
    for path, methods, mark in declared(app):
        if not isinstance(mark, Needs):
            continue
        for method in sorted(methods - {"HEAD"}):
            for role in ROLES_OF_PEOPLE:
                for unit in (UNIT, OTHER_UNIT) if "{unit}" in path else (UNIT,):
                    denied = "" if may(mark.permission, frozenset({role})) else DENIED
                    yield Cell(method, path, role, unit, denied if unit == UNIT else MISSING)


def signed_routes(app: FastAPI) -> Sequence[tuple[str, str]]:
    """Return (method, path) of every route that is not public and not this machine's."""
    return [
        (method, path)
        for path, methods, mark in declared(app)
        if isinstance(mark, Needs) and not mark.or_local
        for method in sorted(methods - {"HEAD"})
    ]


def public_routes(app: FastAPI) -> set[str]:
    """Return the paths that are for everybody."""
    return {path for path, _, mark in declared(app) if isinstance(mark, Public)}
