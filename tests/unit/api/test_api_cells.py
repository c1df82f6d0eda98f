"""Deny by default: every route, every role, its own unit and another's (tests/api_cells.py makes the table)."""

from typing import Annotated

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from api.accounts.account import ROLES_OF_PEOPLE
from api.accounts.principal import Principal
from api.http.app import ROUTERS
from api.http.gate import PUBLIC, needs
from tests.api_cells import SAMPLES, Cell, Sample, cells, public_routes, signed_routes
from tests.http_house import UNIT, HttpHouse

TABLE = list(cells(HttpHouse().app))
OPEN = {"/livez", "/login", "/link/{secret}", "/reply/{secret}", "/static/{name}", "/api/v1/openapi.json"}
"""Every path that is for everybody; a new one is a decision, hence this list."""


@pytest.fixture(scope="module")
def programs() -> dict[str, TestClient]:
    """One program per role, with an account of this role alone in one unit."""
    house = HttpHouse()
    return {role: house.program(house.hire(f"is-{role}", role)) for role in ROLES_OF_PEOPLE}


@pytest.mark.parametrize("cell", TABLE, ids=str)
def test_a_role_gets_what_its_permission_says_and_another_unit_is_not_there(
    cell: Cell, programs: dict[str, TestClient]
) -> None:
    """403 for the role, 404 for the unit, and else the handler's own answer."""
    sample = SAMPLES.get((cell.method, cell.path), Sample())
    answer = programs[cell.role].request(cell.method, cell.url, params=dict(sample.query), json=sample.body)
    code = answer.json().get("code", "") if "json" in answer.headers.get("content-type", "") else ""

    if cell.expected:
        assert code == cell.expected
    else:
        assert code not in ("HTP-401", "HTP-403")
        assert answer.status_code < 500 or cell.path == "/readyz"


@pytest.fixture(scope="module")
def stranger() -> TestClient:
    """A program without an account."""
    return HttpHouse().stranger()


@pytest.mark.parametrize(("method", "path"), signed_routes(HttpHouse().app))
def test_nobody_gets_anything_without_an_account(method: str, path: str, stranger: TestClient) -> None:
    """A program is told 401; what is there stays unsaid."""
    answer = stranger.request(method, Cell(method, path, "", UNIT, "").url)

    assert (answer.status_code, answer.json()["code"]) == (401, "HTP-401")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_what_is_for_everybody_is_a_short_list() -> None:
    """Whoever opens a route adds it here on purpose."""
    assert public_routes(HttpHouse().app) == OPEN


def test_a_route_that_declares_nothing_cannot_be_served() -> None:
    """Forgetting is an error at the start, not an open door."""
    router = APIRouter()
    router.add_api_route("/api/v1/forgotten", lambda: "text")

    with pytest.raises(RuntimeError, match="/api/v1/forgotten"):
        HttpHouse(routers=[*ROUTERS, router])


def test_a_route_that_declares_two_things_cannot_be_served() -> None:
    """Public and restricted at once is a mistake, whichever was meant."""
    router = APIRouter()

    @router.get("/api/v1/both", dependencies=[PUBLIC])
    def both(who: Annotated[Principal, needs("search")]) -> str:
        return who.account

    with pytest.raises(RuntimeError, match="/api/v1/both"):
        HttpHouse(routers=[*ROUTERS, router])


def test_an_unknown_permission_cannot_be_declared() -> None:
    """A misspelt permission would deny everybody, or be mended by opening it."""
    with pytest.raises(KeyError, match="raed_queue"):
        needs("raed_queue")


def test_the_table_has_every_role_and_both_units() -> None:
    """The table cannot become empty unnoticed."""
    assert {cell.role for cell in TABLE} == set(ROLES_OF_PEOPLE)
    assert {"", "HTP-403", "HTP-404"} == {cell.expected for cell in TABLE}
