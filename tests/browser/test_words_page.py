"""监测词 in a real browser: a word is added, tried, saved after a look at what it does, and taken back."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from playwright.sync_api import Page

from .axe import violations
from .chromium import Visitor
from .county import UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
WORDS = f"/u/{UNIT}/settings/rules"


def presses(page: Page, button: str) -> None:
    """The button was pressed, and the page that follows is there."""
    with page.expect_navigation():
        page.get_by_role("button", name=button).first.click()


def test_a_list_is_added_tried_saved_and_taken_back_without_script(visit: Visit, county: County) -> None:
    """Every line of a box comes back as it was typed; the pages are for everybody."""
    county.arrives(county.says("惠民超市的米发霉了，没人管"))
    county.works()
    with visit("wang", java_script_enabled=False) as visitor:
        page = visitor.opens(WORDS)
        page.locator("summary", has_text="增加一个词表").click()
        page.fill("[name='any.new']", "惠民超市\n惠民粮店")
        page.fill("[name=sample]", "惠民粮店关门了")
        presses(page, "试一试")
        assert page.locator("li.mine mark").inner_text() == "惠民粮店"
        assert page.input_value("[name='any.new']") == "惠民超市\n惠民粮店"
        presses(page, "下一步")
        assert "会多发现 1 条" in page.locator("#trial").inner_text()
        assert page.locator("#trial mark").inner_text() == "惠民超市"
        presses(page, "确认保存")
        county.service.settings.refresh()
        assert county.service.settings.units[UNIT].rules[-1].any == ("惠民超市", "惠民粮店")
        page.locator("summary", has_text="撤销这次修改").click()
        presses(page, "确认撤销")

        assert "已撤销" in page.locator("[role=status]").inner_text()
        assert "rules" not in county.service.settings.units[UNIT].tables


def test_the_words_page_of_whoever_may_change_them_is_for_everybody(visit: Visit, county: County) -> None:
    """Open lists and the trial: no rule of accessibility is broken, and nothing lies sideways on a phone."""
    with visit("wang") as visitor:
        page = visitor.opens(WORDS)
        page.locator("summary", has_text="养老服务").first.click()
        page.locator("summary", has_text="增加一个词表").click()
        page.fill("[name='any.new']", "惠民粮店")
        presses(page, "下一步")
        assert page.locator("#trial").count() == 1
        found = violations(page)
        page.set_viewport_size({"width": 390, "height": 700})

        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
