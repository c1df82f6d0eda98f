"""The page of accounts: listed, added with several roles, disabled, replaced; never the last administrator."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts.links import LINK
from tests.http_house import OTHER_UNIT, UNIT
from tests.page_house import PageHouse


@pytest.fixture(name="house")
def a_house() -> PageHouse:
    """A unit with an administrator beside its officers, and somebody of another unit."""
    house = PageHouse()
    house.hire("chief", "admin")
    house.hire("stranger", "duty", units=(OTHER_UNIT,))
    return house


def send(browser: TestClient, action: str, **fields: Any) -> Any:
    return browser.post(f"/accounts/{action}", data=fields)


def test_an_account_with_several_roles_gets_a_link_that_is_shown_once(house: PageHouse) -> None:
    """One person, all roles; the link works, and the page does not show it again."""
    browser = house.browser("chief")
    shown = send(browser, "add", account="wang", name="值班一岗", roles=["duty", "leader", "admin"], units=[UNIT])
    link = re.search(r'value="(http://[^"]+/link/([\w-]+))"', shown.text)
    assert link is not None
    found = house.people.links.find(link[2])
    assert (found is not None and found.account) == "wang"
    account = house.people.accounts.get("wang")
    assert account is not None
    assert account.roles == {"duty", "leader", "admin"}
    again = browser.get("/accounts").text
    assert link[1] not in again
    assert "值班一岗" in again


def test_who_makes_a_link_into_anothers_account_is_on_record(house: PageHouse) -> None:
    """With it he could come in as the other, who reads what he may not: the auditor sees whose step it was."""
    send(house.browser("chief"), "link", account="leader-1")
    day = datetime.fromtimestamp(house.clock.now() / 1_000, UTC).date().isoformat()
    entries = house.people.audit.entries(day)

    assert ("chief", "make link for leader-1", "ok") in [
        (one["account"], one["what"], one["outcome"]) for one in entries
    ]
    assert [record.author for record in house.stores.records.list(LINK, "")] == ["chief"]


def test_what_was_typed_is_kept_where_the_account_cannot_be(house: PageHouse) -> None:
    """An id that is taken, and one that cannot be: the reason, and the form as it was filled in."""
    browser = house.browser("chief")
    taken = send(browser, "add", account="duty-1", name="值班二岗", roles=["duty"], units=[UNIT])
    assert taken.status_code == 422
    assert "这个账号已经有人用了" in taken.text
    assert 'value="值班二岗"' in taken.text
    assert send(browser, "add", account="王", roles=["duty"], units=[UNIT]).status_code == 422


def test_replacing_says_what_moved_and_ends_the_old_account(house: PageHouse) -> None:
    """The console does what `huiyin user replace` does."""
    incident = house.opens()
    house.does("acknowledge", incident=incident)
    page = send(house.browser("chief"), "replace", account="duty-1", new="duty-2", reason="岗位调整").text
    assert "duty-1 的事已全部交给 duty-2" in page
    assert "承办的事件 1 件，待接收的移交 0 件，待补签 0 件" in page
    assert house.service.desk.state(UNIT).incidents[incident].owner == "account:duty-2"
    timeline = house.browser("duty-2").get(f"/u/{UNIT}/incidents/{incident}").text
    assert "chief" in timeline
    account = house.people.accounts.get("duty-1")
    assert account is not None
    assert account.is_disabled


def test_the_last_administrator_stays(house: PageHouse) -> None:
    """Neither disabled, nor replaced, nor without the role: nobody could keep the book."""
    browser = house.browser("chief")
    asked: list[tuple[str, dict[str, Any]]] = [
        ("disable", {"account": "chief"}),
        ("roles", {"account": "chief", "roles": ["duty"]}),
        ("replace", {"account": "chief", "new": "duty-1"}),
    ]
    for action, fields in asked:
        answer = send(browser, action, **fields)
        assert (answer.status_code, "这是最后一个管理员" in answer.text) == (422, True), action
    account = house.people.accounts.get("chief")
    assert account is not None
    assert not account.is_disabled


def test_accounts_of_another_unit_are_as_if_they_were_not_there(house: PageHouse) -> None:
    """Not listed, not changed, and nobody is given a unit that its giver does not keep."""
    browser = house.browser("chief")
    assert "stranger" not in browser.get("/accounts").text
    for action in ("link", "roles", "disable", "enable", "replace"):
        assert send(browser, action, account="stranger", new="duty-1").status_code == 404, action
    beyond = send(browser, "add", account="wang", roles=["duty"], units=[OTHER_UNIT])
    assert (beyond.status_code, house.people.accounts.get("wang")) == (422, None)


def test_disabled_and_enabled_again(house: PageHouse) -> None:
    """Out at once, and back."""
    browser, officer = house.browser("chief"), house.browser("duty-1")
    assert "duty-1 已停用" in send(browser, "disable", account="duty-1").text
    assert officer.get(f"/u/{UNIT}/queue").status_code == 303
    assert "重新启用" in send(browser, "enable", account="duty-1").text
    assert "还没有设密码" in browser.get("/accounts").text


def test_an_auditor_reads_the_accounts_and_changes_none(house: PageHouse) -> None:
    """The page without forms."""
    house.hire("audit-1", "auditor")
    page = house.browser("audit-1").get("/accounts").text
    assert "duty-1" in page
    assert 'action="/accounts/' not in page
