"""The queue by keyboard alone: one key per decision, the way back, and the reason where a decision is refused."""

import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Locator, Page, expect

from .chromium import Visitor
from .county import UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"


@pytest.fixture
def page(visit: Visit, county: County) -> Iterator[Page]:
    """The queue of an officer in which at least five to-dos wait, its window watched."""
    county.gains(5)
    with visit("zhang") as visitor:
        yield visitor.opens(QUEUE)


def goes_to_first_todo(page: Page) -> str:
    """The first to-do is the current row, reached by keys; returns its id."""
    for _ in range(200):
        page.keyboard.press("j")
        current = page.locator(".row[aria-current=true]").get_attribute("id") or ""
        if current.startswith("group-"):
            return current
    raise AssertionError("no to-do was reached")


def row(page: Page, key: str) -> Locator:
    return page.locator(f"#{key}")


def test_one_key_closes_what_is_irrelevant_and_one_brings_it_back(page: Page, county: County) -> None:
    """X takes the row away; z brings it back, and the log says both."""
    key = goes_to_first_todo(page)
    page.keyboard.press("x")
    expect(row(page, key)).to_be_hidden()
    expect(page.locator("#undo")).to_be_visible()
    view = county.here.stores.posts.group(UNIT, key.removeprefix("group-"))
    assert view is not None
    assert not view.is_todo
    page.keyboard.press("z")

    expect(row(page, key)).to_be_visible()


def test_the_next_row_has_the_focus_after_a_decision(page: Page) -> None:
    """So that a hundred are looked at without a mouse."""
    key = goes_to_first_todo(page)
    page.keyboard.press("3")

    expect(row(page, key)).to_be_hidden()
    focused = page.evaluate("() => document.activeElement.id")
    assert focused.startswith("group-")
    assert focused != key


def test_one_takes_a_todo_to_be_worked(page: Page, county: County) -> None:
    """1 opens and acknowledges: the incident has an owner."""
    key = goes_to_first_todo(page)
    page.keyboard.press("1")
    expect(page.locator("#flash")).to_contain_text("签收")

    owner = county.service.desk.state(UNIT).incident_of(key.removeprefix("group-"))
    assert owner is not None
    assert owner.owner == "account:zhang"


def test_two_asks_which_incident_and_joins(page: Page, county: County) -> None:
    """The dialog is worked by keyboard; Escape leaves everything as it was."""
    key = goes_to_first_todo(page)
    page.keyboard.press("2")
    expect(page.locator("#dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    assert page.evaluate("() => document.querySelector('#dialog-body').childElementCount") == 0
    page.keyboard.press("2")
    page.locator("#dialog input[type=radio]").first.press("Space")
    page.locator("#dialog button[value=join]").press("Enter")

    expect(page.locator("#dialog")).to_be_hidden()
    expect(row(page, key)).to_be_hidden()
    assert county.service.desk.state(UNIT).incident_of(key.removeprefix("group-")) is not None


def test_a_refused_decision_brings_the_row_back_with_the_reason(visit: Visit, county: County) -> None:
    """Somebody else was faster: the row is there again, marked, and the page says why."""
    county.gains(2)
    with visit("zhang") as visitor:
        visitor.watch.expected.append("409")
        page = visitor.opens(QUEUE)
        key = goes_to_first_todo(page)
        county.orders("open", by="li", group=key.removeprefix("group-"))
        page.keyboard.press("x")

        expect(page.locator("#flash [role=alert]")).to_be_visible()
        expect(row(page, key)).to_be_visible()


def test_without_a_connection_the_row_comes_back(visit: Visit, county: County) -> None:
    """Nothing was decided, and the page says so."""
    county.gains(2)
    with visit("zhang") as visitor:
        visitor.watch.expected += ["ERR_INTERNET_DISCONNECTED", "Failed to fetch", "htmx"]
        page = visitor.opens(QUEUE)
        key = goes_to_first_todo(page)
        visitor.context.set_offline(True)
        page.keyboard.press("x")

        expect(page.locator("#flash")).to_contain_text("没有办成")
        expect(row(page, key)).to_be_visible()


def test_the_preview_shows_the_posts_of_the_row_with_the_hits(page: Page) -> None:
    """By moving alone."""
    key = goes_to_first_todo(page)

    expect(page.locator("#preview h2")).to_have_text(row(page, key).locator(".title").inner_text().strip())
    expect(page.locator("#preview mark").first).to_be_visible()


def test_the_palette_finds_an_incident_by_its_initials(page: Page, county: County) -> None:
    """Ctrl+K, the first letters of the pinyin, Enter."""
    page.keyboard.press("Control+k")
    page.keyboard.type("xs")
    expect(page.locator("#palette-found [aria-selected=true]")).to_contain_text("显示")
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/appearance"))


def test_the_keys_are_listed_and_typing_is_no_key(page: Page) -> None:
    """? shows them; in a field every letter is a letter."""
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    before = page.locator(".row:not([hidden])").count()
    page.keyboard.press("Control+k")
    page.keyboard.type("xxx")

    assert page.locator(".row:not([hidden])").count() == before


def test_h_puts_an_incident_off_until_a_time_that_is_chosen(page: Page, county: County) -> None:
    """The first choice is an hour; Enter takes it."""
    page.keyboard.press("j")
    while page.locator(".row[aria-current=true] [data-key=h]").count() == 0:
        page.keyboard.press("j")
    key = page.locator(".row[aria-current=true]").get_attribute("id") or ""
    page.keyboard.press("h")
    expect(page.locator("#dialog input[type=radio]:focus")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page.locator("#flash")).to_contain_text("稍后提醒")
    incident = county.service.desk.state(UNIT).incidents[key.removeprefix("incident-")]
    assert incident.snoozed_until is not None


def test_n_leads_to_the_page_that_takes_what_was_heard(page: Page) -> None:
    """A call, a visitor at the desk."""
    page.keyboard.press("n")

    page.wait_for_url(f"**/u/{UNIT}/enter")


def test_a_key_that_this_row_has_not_says_so(page: Page) -> None:
    """Who presses in vain must not think that it was done."""
    goes_to_first_todo(page)
    page.keyboard.press("h")

    expect(page.locator("#flash")).to_contain_text("这一行没有这个操作")
