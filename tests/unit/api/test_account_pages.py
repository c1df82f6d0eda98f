"""Login, one-time link, password, logout as plain forms: who gets in, what is refused, and that no text is lost."""

import re
from typing import Annotated

import pytest
from fastapi import APIRouter, Form
from fastapi.testclient import TestClient

from api.accounts.principal import Principal
from api.entrance import Entrance
from api.http.app import ROUTERS
from api.http.gate import needs
from tests.http_house import PASSWORD, HttpHouse

ANYWHERE = "0.0.0.0"  # noqa: S104 - what an operator writes
notes = APIRouter()
HOSTILE = '"><script>alert(1)</script>'


@notes.post("/notes")
def note(who: Annotated[Principal, needs("comment")], text: Annotated[str, Form()]) -> str:
    return f"{who.account}: {text}"


@pytest.fixture(name="house")
def a_house() -> HttpHouse:
    """A house in which `wang` is on duty, with a form of its own."""
    house = HttpHouse(routers=[*ROUTERS, notes])
    house.hire("wang", "duty", password=True)
    return house


def log_in(browser: TestClient, password: str = PASSWORD, **fields: str) -> int:
    return browser.post("/login", data={"account": "wang", "password": password, **fields}).status_code


def test_the_right_password_leads_to_the_page_that_was_wanted(house: HttpHouse) -> None:
    """A page without a session leads to the login and back."""
    browser = house.browser()
    away = browser.get("/account?tab=2")
    back = browser.post("/login", data={"account": "wang", "password": PASSWORD, "next": "/account?tab=2"})

    assert (away.status_code, away.headers["location"]) == (303, "/login?next=%2Faccount%3Ftab%3D2")
    assert (back.status_code, back.headers["location"]) == (303, "/account?tab=2")
    assert "wang" in browser.get("/account").text


@pytest.mark.parametrize(
    "wanted", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\nb", ""]
)
def test_the_login_leads_nowhere_else(house: HttpHouse, wanted: str) -> None:
    """No page of somebody else follows ours."""
    answer = house.browser().post("/login", data={"account": "wang", "password": PASSWORD, "next": wanted})

    assert answer.headers["location"] == "/"


def test_the_cookie_is_kept_from_scripts_and_other_sites(house: HttpHouse) -> None:
    """HttpOnly, SameSite=Lax, for this host; on this machine the port is in its name."""
    answer = house.browser().post("/login", data={"account": "wang", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]

    assert cookie.startswith("huiyin-8765=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert "Domain" not in cookie


def test_with_tls_the_cookie_is_bound_to_the_host() -> None:
    """`__Host-` and Secure: no neighbour can set it, and it never travels in the clear."""
    house = HttpHouse(entrance=Entrance(has_tls=True))
    house.hire("wang", "duty", password=True)
    cookie = house.browser().post("/login", data={"account": "wang", "password": PASSWORD}).headers["set-cookie"]

    assert cookie.startswith("__Host-huiyin=")
    assert "Secure" in cookie


def test_a_wrong_password_says_so_in_chinese_and_gives_no_session(house: HttpHouse) -> None:
    """The same words for every reason."""
    answer = house.browser().post("/login", data={"account": "wang", "password": "wrong"})

    assert answer.status_code == 401
    assert "账号和密码不相符" in answer.text
    assert "set-cookie" not in answer.headers


def test_logging_out_ends_the_session_on_the_server(house: HttpHouse) -> None:
    """A copy of the cookie no longer works."""
    browser = house.browser("wang")
    copy = dict(browser.cookies)
    assert browser.post("/logout").headers["location"] == "/login"
    browser.cookies.update(copy)

    assert browser.get("/api/v1/me", headers={"accept": "*/*"}).status_code == 401


def test_the_first_link_in_a_browser(house: HttpHouse) -> None:
    """Looking does not use it up; setting the password does, and signs in."""
    house = HttpHouse()
    link, browser = house.people.first_link(), house.browser()
    assert browser.get(f"/link/{link}").status_code == 200
    assert browser.get(f"/link/{link}").status_code == 200
    done = browser.post(f"/link/{link}", data={"account": "zhang", "password": PASSWORD})

    assert done.status_code == 303
    assert browser.get("/account").status_code == 200
    assert browser.get(f"/link/{link}").status_code == 410
    assert "链接已失效" in browser.get(f"/link/{link}").text


def test_a_weak_password_shows_the_form_again(house: HttpHouse) -> None:
    """With the reason, and the link still works."""
    link, browser = house.people.link_for("wang"), house.browser()
    answer = browser.post(f"/link/{link}", data={"password": "short"})

    assert answer.status_code == 422
    assert "这个密码不能用" in answer.text
    assert browser.post(f"/link/{link}", data={"password": "another 县 password"}).status_code == 303


def test_a_password_is_changed_with_the_old_one(house: HttpHouse) -> None:
    """And this browser stays signed in, others do not."""
    here, there = house.browser("wang"), house.browser("wang")
    assert here.post("/password", data={"old": "wrong", "new": "another 县 password"}).status_code == 401
    assert here.post("/password", data={"old": PASSWORD, "new": "another 县 password"}).status_code == 303

    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_form_of_another_site_does_nothing(house: HttpHouse, site: str) -> None:
    """Neither a change nor a login: whoever owns the other page cannot sign people in as himself."""
    browser = house.browser("wang")
    browser.headers["sec-fetch-site"] = site

    for path in ("/logout", "/notes", "/login"):
        answer = browser.post(path, data={"account": "wang", "password": PASSWORD, "text": "x"})
        assert answer.status_code == 403
        assert "HTP-430" in answer.text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:9999"])
def test_an_older_browser_is_judged_by_the_origin(house: HttpHouse, origin: str) -> None:
    """Where no Sec-Fetch-Site comes, Origin must be ours."""
    browser = house.browser("wang")
    del browser.headers["sec-fetch-site"]

    assert browser.post("/logout", headers={"origin": origin}).status_code == 403
    assert browser.post("/logout", headers={"origin": "http://127.0.0.1:8765"}).status_code == 303


def test_a_change_without_the_sessions_token_is_shown_again_with_its_text(house: HttpHouse) -> None:
    """A page from before the last login: nothing is done unasked, nothing typed is lost."""
    browser = house.browser("wang")
    browser.headers["x-csrf-token"] = ""
    answer = browser.post("/notes", data={"text": f"已电话联系{HOSTILE}", "csrf": "of another session"})
    token = re.search(r'name="csrf" value="([0-9a-f]{64})"', answer.text)
    assert token is not None

    assert (answer.status_code, "<script>" in answer.text) == (403, False)
    assert "已电话联系&#34;&gt;&lt;script&gt;" in answer.text
    again = browser.post("/notes", data={"text": "已电话联系", "csrf": token[1]})
    assert again.json() == "wang: 已电话联系"


def test_a_session_that_ended_in_mid_form_keeps_the_text_through_the_login(house: HttpHouse) -> None:
    """The form waits behind the login, and is sent by a person's own hand."""
    browser = house.browser("wang")
    house.people.accounts.end_sessions("wang", author="test")
    asked = browser.post("/notes", data={"text": f"写了半天的情况说明{HOSTILE}"})
    assert asked.status_code == 401
    carried = dict(re.findall(r'name="(carry[^"]*)" value="([^"]*)"', asked.text))
    assert carried["carry_to"] == "/notes"
    shown = browser.post("/login", data={"account": "wang", "password": PASSWORD, **carried})

    assert shown.status_code == 200
    assert 'action="/notes"' in shown.text
    assert "写了半天的情况说明" in shown.text
    assert "<script>" not in shown.text + asked.text


def test_a_part_of_a_page_is_led_to_the_login_as_a_whole(house: HttpHouse) -> None:
    """A fragment must not end up inside the page as a login form."""
    answer = house.browser().get("/account", headers={"hx-request": "true"})

    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?next=%2Faccount")


def test_no_page_has_a_script_or_style_of_its_own(house: HttpHouse) -> None:
    """The policy forbids them; a page that needed one would be broken."""
    browser = house.browser("wang")
    link = house.people.link_for("wang")

    for path in ("/login", "/account", "/password", f"/link/{link}", "/none"):
        html = browser.get(path).text
        assert html.startswith("<!DOCTYPE html>")
        assert not re.search(
            r"<script(?! defer nonce=\S+ src=\S+><)|<style|style=|\son\w+=|javascript:|https?://", html
        )


def test_the_demo_lets_its_visitor_in_on_this_machine_and_says_what_it_is() -> None:
    """No account, no password; every page is marked 演示, and changes still need the page's token."""
    house = HttpHouse(is_demo=True, routers=[*ROUTERS, notes])
    browser = house.browser()
    first = browser.get("/account")

    assert first.status_code == 200
    assert "演示" in first.text
    assert browser.get("/api/v1/me").json()["demo"] is True
    assert browser.post("/notes", data={"text": "x"}).status_code == 403
    token = browser.get("/api/v1/me").json()["csrf"]
    assert browser.post("/notes", data={"text": "x", "csrf": token}).json() == "demo: x"
    assert len(house.stores.records.list("session")) == 1


@pytest.mark.parametrize(
    ("entrance", "peer", "is_demo"),
    [(Entrance(), "127.0.0.1", False), (Entrance(host=ANYWHERE, has_tls=True), "192.0.2.9", True),
     (Entrance(), "192.0.2.9", True)],
)  # fmt: skip
def test_without_a_demo_or_from_elsewhere_nobody_comes_in_like_this(
    entrance: Entrance, peer: str, is_demo: bool
) -> None:
    """Only data that the demo made, and only on its own machine."""
    house = HttpHouse(entrance=entrance, is_demo=is_demo)

    assert house.stranger(peer=peer).get("/api/v1/me").status_code == 401


def test_a_demo_session_is_worth_nothing_outside_the_demo() -> None:
    """Data of a demo that became real keep no door open."""
    demo = HttpHouse(is_demo=True)
    browser = demo.browser()
    browser.get("/account")
    real = HttpHouse(stores=demo.stores)
    other = real.browser()
    other.cookies.update(browser.cookies)

    assert other.get("/account").status_code == 303
