"""Two `serve` behind one address are one service: what is decided at one holds at the other, in the same second."""

import pytest
from fastapi.testclient import TestClient

from api.accounts.limits import REQUESTS
from api.config import Web
from api.entrance import open_entrance
from tests.http_house import PASSWORD, UNIT, HttpHouse
from tests.letter_house import HEADINGS, LetterHouse, row
from tests.stored import a_group, a_mention, a_post, work
from tests.workbooks import workbook


@pytest.fixture(name="two")
def two_serves() -> tuple[HttpHouse, HttpHouse]:
    """Two applications, each with its own memory, over the same stores; `wang` is on duty."""
    first = HttpHouse()
    first.hire("wang", "duty", password=True)
    second = HttpHouse(stores=first.stores)
    second.clock = first.clock
    return first, second


def log_in(browser: TestClient, password: str = PASSWORD) -> int:
    return browser.post("/login", data={"account": "wang", "password": password}).status_code


def moved(browser: TestClient, house: HttpHouse) -> TestClient:
    """Return the same browser as the proxy's next request finds it: at the other serve."""
    other = house.browser()
    other.cookies = browser.cookies
    return other


def test_a_session_that_began_at_one_is_used_at_the_other_and_ends_at_both(two: tuple[HttpHouse, HttpHouse]) -> None:
    """The proxy may send each request anywhere."""
    here = two[0].browser()
    assert log_in(here) == 303
    there = moved(here, two[1])
    csrf = there.get("/api/v1/me").json()["csrf"]

    assert there.get("/account").status_code == 200
    assert there.post("/logout", headers={"x-csrf-token": csrf}).status_code == 303
    assert [browser.get("/api/v1/me").status_code for browser in (here, there)] == [401, 401]


def test_wrong_passwords_are_counted_over_both(two: tuple[HttpHouse, HttpHouse]) -> None:
    """Whoever guesses is not let off by changing the door."""
    codes = [log_in(two[number % 2].browser(), "a wrong guess") for number in range(6)]

    assert codes == [401] * 5 + [429]


def test_requests_are_counted_over_both(two: tuple[HttpHouse, HttpHouse]) -> None:
    """Each reserves a block; together they are never given more than one would be."""
    programs = [two[0].program("wang")]
    programs.append(TestClient(two[1].app, base_url=str(programs[0].base_url), headers=dict(programs[0].headers)))
    codes = [programs[number % 2].get("/api/v1/me").status_code for number in range(REQUESTS.most + 20)]

    assert codes.count(200) <= REQUESTS.most
    assert codes[-1] == 429


def test_a_one_time_link_is_used_once_at_either(two: tuple[HttpHouse, HttpHouse]) -> None:
    """Two tabs, two doors, one new password."""
    link = two[0].people.link_for("wang")
    codes = [
        house.browser().post(f"/link/{link}", data={"password": "another long phrase"}).status_code for house in two
    ]

    assert codes[0] == 303
    assert codes[1] in (410, 422)


def test_the_same_command_sent_to_both_is_done_once(two: tuple[HttpHouse, HttpHouse]) -> None:
    """A proxy that repeats a request whose answer was lost repeats no decision."""
    post = a_post(1)
    two[0].stores.posts.commit(work([post], [a_mention(post)], [a_group(lead=post.id)]))
    group = two[0].stores.posts.groups(UNIT, todo_only=True, cursor=None, limit=1).rows[0].row.id
    programs = [two[0].program("wang")]
    programs.append(TestClient(two[1].app, base_url=str(programs[0].base_url), headers=dict(programs[0].headers)))
    path = f"/api/v1/units/{UNIT}/groups/{group}/open"
    answers = [each.post(path, json={}, headers={"idempotency-key": "one-key"}) for each in programs]

    assert [each.is_success for each in answers] == [True, True], answers[0].text
    assert two[0].stores.log.head(UNIT)[0] == 1


def test_a_list_that_waits_at_one_is_asked_for_again_at_the_other() -> None:
    """It names people and is not masked yet, so it is in one process's memory and nowhere else; nothing breaks."""
    first = LetterHouse()
    page = first.hands_in(workbook([HEADINGS, row(1)]))
    second = HttpHouse(stores=first.stores)
    answer = second.browser("duty-1").get(page)

    assert (answer.status_code, "重新交表" in answer.text) == (422, True)


def test_behind_one_address_the_cookie_has_one_name() -> None:
    """Whatever port each of them has on its machine."""
    behind = Web(proxies=("127.0.0.1",), public_url="https://huiyin.yunxi.example")
    doors = [open_entrance(behind.model_copy(update={"port": port})) for port in (8765, 8766)]

    assert len({door.cookie for door in doors}) == 1
