"""Entering by hand in a real browser: by keys alone with a script, by one click without any."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from playwright.sync_api import expect

from .chromium import Visitor
from .county import UNIT, County

Visit = Callable[..., AbstractContextManager[Visitor]]
PASTED = "看看【山里的橘子的作品】村口的公墓没有路，老人上不去 https://v.douyin.com/iAbC/ 复制打开抖音"


def test_n_paste_and_one_key_are_an_entry(visit: Visit, county: County) -> None:
    """The field has the focus, what is proposed comes by itself, and the nickname reaches nothing that is kept."""
    with visit("zhang") as visitor:
        page = visitor.opens(f"/u/{UNIT}/queue")
        page.keyboard.press("n")
        page.wait_for_url("**/enter")
        expect(page.locator("#words")).to_be_focused()
        page.keyboard.insert_text(PASTED)
        expect(page.locator("#look")).to_contain_text("登记时会从粘贴的文字里去掉")
        expect(page.locator("#line")).to_have_value("殡葬管理")
        page.keyboard.press("Control+Enter")
        page.wait_for_url("**/entered/*")
        county.works()
        page.wait_for_url("**/incidents/*")
        expect(page.locator("h1")).to_contain_text("村口的公墓没有路")
        assert "山里的橘子" not in page.content()


def test_without_a_script_similar_ones_are_shown_and_joined(visit: Visit, county: County) -> None:
    """The form is sent, the open incidents come first, one button joins."""
    queue = county.queue()
    row = next(each for each in queue.rows if each.state and each.headline.text)
    said = row.headline.text
    with visit("zhang", java_script_enabled=False) as visitor:
        page = visitor.opens(f"/u/{UNIT}/enter")
        page.locator("#words").fill(f"又来反映：{said}")
        page.locator("form.order button.main").click()
        join = page.locator(f"button[name=same_as][value='{row.incident}']")
        expect(page.locator("#words")).to_have_value(f"又来反映：{said}")
        before = len(county.service.desk.state(UNIT).incidents)
        join.click()
        page.wait_for_url("**/entered/*")
        county.works()
        page.reload()
        page.wait_for_url(f"**/incidents/{row.incident}")
    assert len(county.service.desk.state(UNIT).incidents) == before
