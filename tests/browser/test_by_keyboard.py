"""One complete incident without a mouse, and what the keys of the desk do."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from .axe import violations
from .chromium import Visitor
from .county import UNIT, County
from .keyboard import NO_MOUSE, Keys

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"


@pytest.fixture
def keys(visit: Visit) -> Iterator[Keys]:
    """The keyboard of an officer who looks at the queue."""
    with visit("zhang") as visitor:
        visitor.context.add_init_script(NO_MOUSE)
        yield Keys(visitor.opens(QUEUE))


def chosen(page: Page) -> str:
    """Return the id of the row that has the focus."""
    return str(page.evaluate("() => document.activeElement.closest('.row')?.id ?? ''"))


def steps(page: Page, keys: Keys, form: str, *fields: tuple[str, str, str]) -> None:
    """One form of the incident's page was filled in: (selector, how, what) for each field, in the page's order."""
    keys.unfolds(form)
    for selector, how, what in fields:
        keys.goes_to(f"details[open] {selector}")
        if how == "type":
            keys.types(what)
        else:
            keys.press(*what.split())
    keys.follows("details[open] form button", form)
    assert "▲" not in page.locator("main").inner_text()


def test_one_incident_from_sight_to_closed_without_a_mouse(keys: Keys, county: County) -> None:
    """Acknowledged, judged, answered and closed; whatever had the focus could be seen."""
    page = keys.page
    keys.press("j")
    incident = chosen(page).removeprefix("incident-")
    keys.press("1")
    expect(page.locator("#flash")).to_contain_text("签收")
    page.goto(f"{county.origin}/u/{UNIT}/incidents/{incident}?board=1")
    steps(page, keys, "记录反映问题", ("[name=text]", "type", "护工打老人"))
    steps(page, keys, "作出核实结论", ("[name=verdict]", "press", "Space"), ("[name=text]", "type", "录像证实"))
    steps(page, keys, "回应", ("[name=kind]", "press", "Space"), ("[name=text]", "type", "情况属实，护工已停岗"))
    steps(page, keys, "办结", ("[name=disposition]", "press", "Space"))

    closed = county.here.stores.log.incident(UNIT, incident)
    assert closed is not None
    assert closed.state.value == "closed"


def test_keys_move_act_and_take_back(keys: Keys, county: County) -> None:
    """j and k choose a row, x sets a to-do aside, z brings it back; what is typed into a field is no key."""
    page = keys.page
    first = chosen_after(keys, "j")
    second = chosen_after(keys, "j")
    assert first != second
    assert chosen_after(keys, "k") == first
    while not (row := chosen(page)).startswith("group-"):
        keys.press("j")
    keys.press("x")
    expect(page.locator(f"#{row}")).to_be_hidden()
    expect(page.locator("#flash")).to_contain_text("移出待办")
    assert row.removeprefix("group-") not in {each.group for each in county.queue().rows}
    keys.press("z")
    expect(page.locator(f"#{row}")).to_be_visible()
    keys.press("Control+k")
    keys.types("xj1")
    keys.press("Escape")

    assert row.removeprefix("group-") in {each.group for each in county.queue().rows}


def chosen_after(keys: Keys, key: str) -> str:
    """Return the row that has the focus after a key."""
    keys.press(key)
    return chosen(keys.page)


def test_the_palette_goes_where_initials_of_pinyin_say(keys: Keys) -> None:
    """Ctrl+K, three letters, Enter."""
    page = keys.page
    keys.press("Control+k")
    keys.page.wait_for_selector("dialog[open] input")
    keys.types("zb")
    page.wait_for_selector("dialog[open] [role=option]")
    assert violations(page) == []
    keys.press("Enter")

    page.wait_for_url("**/work")


def test_the_list_of_keys_opens_and_closes_by_key_and_shuts_nobody_out(keys: Keys) -> None:
    """The focus returns to where it was."""
    keys.press("j")
    row = chosen(keys.page)
    keys.press("?")
    keys.page.wait_for_selector("dialog[open]")
    assert violations(keys.page) == []
    keys.press("Escape")

    assert chosen(keys.page) == row
