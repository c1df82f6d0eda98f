"""The open queue while things happen: nothing moves under the cursor, the pill counts, a hidden tab lets go."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from api.http.gate import CHECKED_EVERY

from .chromium import Visitor
from .county import UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"
CHANGES = 200
TABS = 8
HIDES = """
(hidden) => {
  Object.defineProperty(document, "hidden", {configurable: true, get: () => hidden});
  Object.defineProperty(document, "visibilityState", {configurable: true, get: () => (hidden ? "hidden" : "visible")});
  document.dispatchEvent(new Event("visibilitychange"));
}
"""
"""A browser without a screen hides no tab; the page is told what a browser with one tells it."""
WHERE = """
() => {
  const row = document.querySelector(".row[aria-current=true]");
  return {id: row.id, top: Math.round(row.getBoundingClientRect().top), focus: document.activeElement === row};
}
"""


@pytest.fixture
def window(visit: Visit) -> Iterator[Visitor]:
    """The window of an officer who watches the queue."""
    with visit("zhang") as visitor:
        yield visitor


def is_listening(county: County, lines: int) -> None:
    """So many lines are open at the server."""
    for _ in range(100):
        if county.app.state.hub.listeners == lines:
            return
        county.pause()
    raise AssertionError(f"{county.app.state.hub.listeners} lines are open, not {lines}")


def said_by_pill(page: Page) -> str:
    return page.locator("#news").inner_text().strip()


def test_no_row_moves_under_the_cursor(window: Visitor, county: County) -> None:
    """200 changes arrive while a row has the focus: it is the same row at the same height, and the pill counts."""
    page = window.opens(QUEUE)
    is_listening(county, 1)
    for _ in range(6):
        page.keyboard.press("j")
    before, rows = page.evaluate(WHERE), page.locator(".row").count()
    assert before["focus"]
    for _ in range(CHANGES // 10):
        county.gains(10)

    expect(page.locator("#news")).to_contain_text(str(CHANGES))
    assert page.evaluate(WHERE) == before
    assert page.locator(".row").count() == rows


def test_a_row_that_changed_elsewhere_is_marked_and_stays(window: Visitor, county: County) -> None:
    """Somebody else acts on the row below: the one that has the focus does not move."""
    page = window.opens(QUEUE)
    is_listening(county, 1)
    for _ in range(4):
        page.keyboard.press("j")
    before = page.evaluate(WHERE)
    above = page.locator(".row[id^=group-]").first.get_attribute("id")
    assert above is not None
    county.orders("open", by="li", group=above.removeprefix("group-"))

    expect(page.locator(f"#{above}")).to_have_class("row changed")
    assert page.evaluate(WHERE) == before


def test_the_title_says_how_much_waits(window: Visitor, county: County) -> None:
    """Also where the tab is not looked at; what is new is added."""
    page = window.opens(QUEUE)
    is_listening(county, 1)
    pushes = county.queue().pushes
    assert page.title().startswith(f"({pushes}) ")
    county.gains(1)

    expect(page).to_have_title(f"({pushes + 1}) 待办 · 回音")


def test_a_hidden_tab_lets_its_line_go_and_hears_all_when_it_is_shown(window: Visitor, county: County) -> None:
    """Nothing is lost in between: the tab asks behind its last id."""
    page = window.opens(QUEUE)
    is_listening(county, 1)
    page.evaluate(HIDES, True)
    is_listening(county, 0)
    county.gains(3)
    assert said_by_pill(page) == ""
    page.evaluate(HIDES, False)

    expect(page.locator("#news")).to_contain_text("3")


def test_eight_tabs_of_one_browser_work(window: Visitor, county: County) -> None:
    """A browser has six lines to a host; tabs that nobody looks at hold none of them."""
    tabs = []
    for _ in range(TABS):
        page = window.opens(QUEUE)
        tabs.append(page)
        is_listening(county, 1)
        page.evaluate(HIDES, True)
        is_listening(county, 0)
    county.gains(2)
    for page in tabs:
        page.evaluate(HIDES, False)
        expect(page.locator("#news")).to_contain_text("2")
        page.evaluate(HIDES, True)

    is_listening(county, 0)


def test_a_page_whose_line_is_refused_says_that_it_is_out_of_date(visit: Visit, county: County) -> None:
    """The session was ended elsewhere: the list must not look as if nothing happened any more."""
    with visit("li") as window:
        window.watch.expected.append("401")
        page = window.opens(QUEUE)
        is_listening(county, 1)
        county.service.people.sessions.end_all()
        county.clock.skip(CHECKED_EVERY)
        county.gains(1)

        expect(page.locator("#news")).to_contain_text("已不是最新")
