"""What strangers and former holders of a role try at the gate, and what becomes of it."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from ipaddress import ip_network
from typing import Annotated

import pytest
from fastapi import APIRouter, Form

from api.accounts.account import Account
from api.accounts.principal import Principal
from api.accounts.secret import mark_of
from api.entrance import Entrance
from api.http.app import ROUTERS
from api.http.gate import CHECKED_EVERY, needs, while_it_holds
from api.http.hub import MOST_OF_ONE, Hub
from tests.http_house import OTHER_UNIT, UNIT, HttpHouse
from tests.stored import a_mention, a_post, work

notes = APIRouter()


@notes.post("/notes")
def note(who: Annotated[Principal, needs("comment")], text: Annotated[str, Form()]) -> str:
    return f"{who.account}: {text}"


def test_a_form_of_another_site_does_not_wait_behind_the_login() -> None:
    """The cookie does not travel with it, so it meets nobody; its text is not laid before the officer as his own."""
    house = HttpHouse(routers=[*ROUTERS, notes])
    browser = house.browser()
    browser.headers["sec-fetch-site"] = "cross-site"
    answer = browser.post("/notes", data={"text": "别人写好的话"})

    assert (answer.status_code, "HTP-430" in answer.text) == (403, True)
    assert "别人写好的话" not in answer.text


def test_routes_are_served_as_they_were_declared() -> None:
    """Building all of them a second time took more than everything else that a start of the service does."""
    served = set(map(id, HttpHouse().app.router.routes))

    assert [route for router in ROUTERS for route in router.routes if id(route) not in served] == []


def test_a_route_that_declares_nothing_is_not_assembled() -> None:
    """Whoever forgets to say who may come in finds out before anybody can."""
    silent = APIRouter()
    silent.get("/silent")(lambda: "told to everybody")

    with pytest.raises(RuntimeError, match=r"/silent$"):
        HttpHouse(routers=[*ROUTERS, silent])


def _without_role(account: Account) -> Account:
    return replace(account, roles=frozenset({"auditor"}))


def _in_another_unit(account: Account) -> Account:
    return replace(account, units=frozenset({OTHER_UNIT}))


@pytest.mark.parametrize("program", [False, True])
@pytest.mark.parametrize("change", [_without_role, _in_another_unit])
def test_a_stream_ends_when_what_opened_it_was_taken_away(program: bool, change: object) -> None:
    """Neither a role nor a unit that an account has lost keeps an open line."""
    house = HttpHouse()
    house.hire("wang", "duty", "auditor")
    client = house.program("wang") if program else house.browser("wang")
    secret = client.headers["authorization"].split()[1] if program else next(iter(client.cookies.values()))
    csrf = "" if program else client.headers["x-csrf-token"]
    wang = Principal("wang", "wang", frozenset({"duty", "auditor"}), frozenset({UNIT}), mark_of(secret), csrf)

    async def frames() -> AsyncGenerator[bytes, None]:
        for number in range(6):
            house.clock.at += CHECKED_EVERY
            if number == 3:
                assert callable(change)
                house.people.accounts.change("wang", change, author="test")
            yield b"frame"

    async def heard() -> int:
        return len([frame async for frame in while_it_holds(frames(), house.service, wang)])

    assert asyncio.run(heard()) == 3


@pytest.mark.parametrize("second", ["198.51.100.9", "unknown", "198.51.100.9:4711", "_hidden"])
def test_a_second_header_of_the_proxy_is_the_one_that_is_believed(second: str) -> None:
    """HAProxy adds a line of its own below the stranger's; and what cannot be read as an address is not local."""
    house = HttpHouse(entrance=Entrance(proxies=(ip_network("127.0.0.1"),)))
    headers = [("x-forwarded-proto", "https"), ("x-forwarded-for", "127.0.0.1"), ("x-forwarded-for", second)]

    assert house.stranger().get("/metrics", headers=headers).status_code == 401


def test_one_account_cannot_hold_every_line() -> None:
    """Whoever opens one line after the other is refused, and others still hear."""
    house = HttpHouse()
    hub: Hub = house.app.state.hub
    house.hire("wang", "duty")
    house.hire("li", "duty")

    async def opened() -> list[int]:
        lines = [hub.frames(UNIT, None, "wang") for _ in range(MOST_OF_ONE)]
        for line in lines:
            await anext(line)
        refused = await asyncio.to_thread(house.program("wang").get, f"/api/v1/alerts/stream?unit={UNIT}")
        for line in lines:
            await line.aclose()
        return [hub.lines_of("li"), refused.status_code, hub.lines_of("wang")]

    assert asyncio.run(opened()) == [0, 429, 0]


@pytest.mark.parametrize("post", ["13800000000", "post-of-another-unit"])
@pytest.mark.parametrize("command", ["need_contacted", "need_outcome"])
def test_a_plea_that_the_unit_has_not_is_not_written_about(command: str, post: str) -> None:
    """What stands in its place, a phone number or a post of another unit, never comes into the log."""
    house = HttpHouse()
    theirs = replace(a_post(), id="post-of-another-unit")
    house.stores.posts.commit(work([theirs], [replace(a_mention(theirs, group="g"), unit=OTHER_UNIT)]))
    program = house.program(house.hire("wang", "duty"))
    body = {"how": "phone"} if command == "need_contacted" else {"outcome": "helped"}
    asked = f"/api/v1/units/{UNIT}/needs/{post}/{command}"
    answer = program.post(asked, json=body | {"text": "已联系"}, headers={"Idempotency-Key": "k"})

    assert (answer.status_code, answer.json()["code"]) == (404, "INC-301")
    assert house.stores.log.head(UNIT)[0] == 0
