"""A thing of another unit, asked for under one's own, is answered like one that nobody has: on every route."""

import re
from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from api.accounts.account import ROLES_OF_PEOPLE
from api.http.app import ROUTERS
from tests.api_cells import signed_routes
from tests.desk_house import COMPLAINT, INCIDENT, PLEA_WORDS, WORDS, DeskHouse
from tests.http_house import OTHER_UNIT, UNIT, HttpHouse

THEIRS = {"incident": INCIDENT, "target": INCIDENT, "group": COMPLAINT, "post": "p3"}
NOBODYS = {"incident": "0" * 24, "target": "0" * 24, "group": "g0", "post": "p0"}
OWN = {
    "key": "places",
    "office": "jiuzhu",
    "source": "news",
    "place": "city-12345",
    "try_id": "t1",
    "token": "i1",
    "ident": "i1",
}
"""What every unit has under the same name, and what belongs to no unit."""
ROUTES = [(method, path) for method, path in signed_routes(HttpHouse().app) if "{unit}" in path and path.count("{") > 1]


@pytest.fixture(scope="module")
def house() -> DeskHouse:
    """One unit has a complaint that is worked on and a plea; the other has nothing."""
    house = DeskHouse(routers=ROUTERS).settle_in()
    house.order("open", "o1", group=COMPLAINT)
    house.order("acknowledge", "a1", incident=INCIDENT)
    return house


@pytest.fixture(scope="module")
def stranger(house: DeskHouse) -> TestClient:
    """Somebody with every role, in the other unit alone."""
    house.hire("wang", *ROLES_OF_PEOPLE, units=[OTHER_UNIT])
    return house.browser("wang")


def address(path: str, names: Mapping[str, str]) -> str:
    """Return the address under the stranger's own unit."""
    known = {
        "unit": OTHER_UNIT,
        "kind": "incident",
        "command": "comment",
        "memo": "m1",
        "week": "2026-W48",
        **OWN,
        **names,
    }
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda found: known[found[1]], path)


def ask(stranger: TestClient, method: str, path: str, names: Mapping[str, str]) -> Response:
    """Return what he is told: a program sends JSON, a page a form."""
    where, headers = address(path, names), {"idempotency-key": f"{path}-{names['group']}"[-60:]}
    if method == "GET":
        return stranger.get(where)
    if path.startswith("/api/"):
        return stranger.request(method, where, json={"text": "备注"}, headers=headers)
    return stranger.request(method, where, data={"text": "备注", "key": "k-1234567", "do": "acknowledge", **names})


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_it_is_as_if_it_were_not_there(method: str, path: str, house: DeskHouse, stranger: TestClient) -> None:
    """The same answer as for an id that nobody has; nothing of its words, and nothing happens to it."""
    head = house.stores.log.head(UNIT)
    theirs, nobodys = (ask(stranger, method, path, names) for names in (THEIRS, NOBODYS))

    assert theirs.status_code == nobodys.status_code
    assert WORDS not in theirs.text
    assert PLEA_WORDS not in theirs.text
    assert house.stores.log.head(UNIT) == head
    assert house.stores.log.head(OTHER_UNIT)[0] == 0


@pytest.mark.parametrize("command", ["acknowledge", "comment"])
def test_a_whole_command_to_it_is_told_that_it_is_not_there(command: str, stranger: TestClient) -> None:
    """Nothing else is wrong with it."""
    answer = ask(stranger, "POST", f"/api/v1/units/{{unit}}/incidents/{{incident}}/{command}", THEIRS)

    assert answer.status_code == 404, answer.text


def test_for_its_own_people_it_is_there(house: DeskHouse) -> None:
    """Else the test above would say nothing."""
    house.hire("li", "duty")
    answer = house.browser("li").get(f"/u/{UNIT}/incidents/{INCIDENT}")

    assert answer.status_code == 200
    assert WORDS in answer.text
