"""A browser that runs no script: the desk is plain links and forms, and everything that matters can be done."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page

from .chromium import Visitor
from .county import UNIT, County
from .filling import fill_in

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"


@pytest.fixture
def page(visit: Visit) -> Iterator[Page]:
    """The queue of an officer whose browser runs no script."""
    with visit("zhang", java_script_enabled=False) as visitor:
        yield visitor.opens(QUEUE)


def does(page: Page, row: str, button: str) -> None:
    """The button of a row was pressed, and the page that follows is there."""
    page.locator(f"#{row} button", has_text=button).click()
    page.wait_for_load_state()


def test_a_to_do_is_set_aside_and_brought_back(page: Page, county: County) -> None:
    """One button, and one to take it back."""
    row = str(page.locator("#todos .row").first.get_attribute("id"))
    does(page, row, "无关")
    assert page.locator(f"#{row}").count() == 0
    assert row.removeprefix("group-") not in county.todos()
    page.locator("#flash button", has_text="撤销").click()
    page.wait_for_load_state()

    assert row.removeprefix("group-") in county.todos()


def test_a_routine_matter_is_settled_on_one_page(page: Page, county: County) -> None:
    """Acknowledged from the queue, then one form to the end."""
    row = str(page.locator("#todos .row").first.get_attribute("id"))
    does(page, row, "签收")
    page.goto(f"{county.origin}/u/{UNIT}/work")
    page.locator(".row .title a").first.click()
    page.locator("main a", has_text="打开事件").first.click()
    page.wait_for_load_state()
    incident = page.url.rpartition("/")[2]
    page.locator("a[href$='/settle']").first.click()
    done = {"disposition": "resolved", "verdict": "true", "reply": "answered", "how": "phone"}
    fill_in(page.locator("form.order"), **done, text="已电话答复，下周补发")
    page.locator("form.order button").click()
    page.wait_for_load_state()

    found = county.here.stores.log.incident(UNIT, incident)
    assert found is not None
    assert found.state.value == "closed"
