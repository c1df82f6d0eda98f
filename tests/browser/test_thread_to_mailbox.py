"""The whole thread, all of it real: a page on the net, spiders, worker, alert on screen, letter, closed matter."""

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.end_to_end.loopback_site import Page as Served
from tests.end_to_end.loopback_site import Site, entry, feed
from tests.end_to_end.test_run_from_example import free_port
from tests.smtp_server import Mailbox, smtp_server

from .chromium import Visitor, visiting
from .filling import carry_out
from .running import OFFICE, UNIT, Running, running

PASSWORD = "云汐 reception desk 7"
PHONE = "13800138000"
SAID = (
    "曝光柳湾养老院虐待老人，护工打老人，民政局管不管",
    "柳湾养老院护工打老人，我家老人身上有伤，民政局请查",
    "柳湾养老院又虐待老人了，护工打人，求民政局处理",
)


def told_by(people: int) -> Served:
    """Return the feed after so many people have written."""
    at = (datetime.now(timezone(timedelta(hours=8))) - timedelta(minutes=5)).isoformat()
    return feed(*(entry(n, f"{text}，电话{PHONE}", updated=at) for n, text in enumerate(SAID[:people], start=1)))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with Site({"/feed": told_by(0)}) as site:
        yield site


@pytest.fixture(scope="module")
def service(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("running")
    with smtp_server(Mailbox()) as box, running(folder, free_port(), site, box) as service:
        yield service


def comes_in(visitor: Visitor, link: str) -> Page:
    """A new colleague opens the link, sets a password and is at the desk."""
    page = visitor.opens(link)
    page.get_by_label("新密码").fill(PASSWORD)
    page.get_by_label("再输入一遍").fill(PASSWORD)
    page.get_by_role("button", name="设置并登录").click()
    page.wait_for_url(f"**/u/{UNIT}/queue")
    return page


def test_from_a_post_to_a_closed_matter(browser: Browser, service: Running, site: Site) -> None:
    """The alert comes to the open page and to the mailbox; every step to the end stands in the timeline."""
    link = service.link_for("zhang", "monitor", "duty", "leader")
    with visiting(browser, service.origin, {}) as visitor:
        page = comes_in(visitor, link)
        site.pages["/feed"] = told_by(3)
        expect(page.locator("#news a")).to_be_visible(timeout=30_000)
        expect(page).to_have_title("(1) 待办 · 回音", timeout=30_000)
        letter = service.letter("新预警")
        assert "帖文 3 条" in letter
        assert PHONE not in letter

        page.keyboard.press("r")
        page.wait_for_selector("#pushes .row")
        page.keyboard.press("j")
        page.keyboard.press("1")
        expect(page.locator("#flash")).to_contain_text("签收")
        work_it_out(page)
        assert_timeline(page)
        visitor.opens(f"/u/{UNIT}/digest", page)
        expect(page.locator("main")).to_contain_text("周报")


def work_it_out(page: Page) -> None:
    """The incident is opened, judged, assigned, answered and closed."""
    page.goto(page.url.replace("/queue", "/work"))
    page.locator(".row .title a").first.click()
    page.get_by_role("link", name="打开事件").first.click()
    page.wait_for_url("**/incidents/*")
    if page.locator("#board").count() == 0:
        page.locator("a[href*='board=1']").click()
    carry_out(page, "记录反映问题", text="护工打老人")
    carry_out(page, "记录证据", text="监控录像已调取")
    carry_out(page, "作出核实结论", verdict="true", text="录像证实")
    carry_out(page, "交办", office="yanglao")
    carry_out(page, "代录反馈", text="已责令停岗并看望老人")
    carry_out(page, "回应", kind="public", text="情况属实，护工已停岗")
    carry_out(page, "办结", disposition="resolved")


def assert_timeline(page: Page) -> None:
    """Each step of the thread stands there, with what was typed."""
    timeline = page.locator(".timeline").inner_text()
    for said in (
        "签收",
        "护工打老人",
        "监控录像已调取",
        "录像证实",
        OFFICE,
        "已责令停岗并看望老人",
        "情况属实",
        "办结",
    ):
        assert said in timeline, f"{said} is missing in:\n{timeline}"
