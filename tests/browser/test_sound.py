"""The sound of a new alert of level Ⅰ or Ⅱ: off unless somebody switched it on, and made by the page itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import Page, expect

from .chromium import Visitor
from .county import UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
QUEUE = f"/u/{UNIT}/queue"
COUNTS_TONES = """
window.tones = 0;
const start = OscillatorNode.prototype.start;
OscillatorNode.prototype.start = function (at) { window.tones += 1; return start.call(this, at); };
"""
GRAVE = {
    "off": "云汐县苇笙镇敬老院的护工虐待失能老人，把老人绑在床上，民政局快去看看",
    "on": "云汐县雾铃乡养老院昨晚起火，有老人死亡，家属到现在没有见到人",
}


def opened(visitor: Visitor, county: County) -> Page:
    visitor.context.add_init_script(COUNTS_TONES)
    page = visitor.opens(QUEUE)
    page.keyboard.press("j")  # a page that nobody has touched may not sound
    for _ in range(100):
        if county.app.state.hub.listeners:
            return page
        county.pause()
    raise AssertionError("no line was opened")


@pytest.mark.parametrize(("sound", "tones"), [("off", 0), ("on", 2)])
def test_a_grave_alert_sounds_only_where_it_was_switched_on(
    visit: Visit, county: County, sound: str, tones: int
) -> None:
    """Two tones for a new alert of level Ⅰ or Ⅱ."""
    before = county.queue().pushes
    with visit("zhang", look=f"light.normal.{sound}.zh") as visitor:
        page = opened(visitor, county)
        county.arrives(county.says(GRAVE[sound]))
        assert county.queue().pushes == before + 1
        expect(page.locator("#news")).to_contain_text("1")

        assert page.evaluate("() => window.tones") == tones


def test_a_smaller_matter_makes_no_sound(visit: Visit, county: County) -> None:
    """Level Ⅳ, opened by hand."""
    with visit("zhang", look="light.normal.on.zh") as visitor:
        county.gains(1)
        page = opened(visitor, county)
        group = next(row.group for row in county.queue().rows if not row.state)
        county.orders("open", by="li", group=group)
        expect(page.locator(".row.changed, #news a").first).to_be_visible()

        assert page.evaluate("() => window.tones") == 0
