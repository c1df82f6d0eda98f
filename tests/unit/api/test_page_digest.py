"""The digest on a page: the preview of the running week, and each closed week as it was sent."""

from pipeline.domain.week import week_of
from tests.builders import HOUR, MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse

RUNNING = week_of(MONDAY + HOUR)
HOSTILE = "云汐县低保金<script>alert(1)</script><img src=x onerror=alert(2)>"


def closed(house: PageHouse) -> str:
    """The running week has ended and is closed; returns its name."""
    house.clock.at = RUNNING.until + HOUR
    assert house.service.editor.digests.closer.close(UNIT, RUNNING) is not None
    return RUNNING.name


def test_the_running_week_has_a_preview_which_says_when_it_will_be_sent() -> None:
    """Before the first week has ended there is nothing else."""
    house = PageHouse()
    incident = house.opens()
    page = house.browser("leader-1").get(f"/u/{UNIT}/digest").text
    assert incident in page
    assert "预览" in page
    assert "发送时间：11月30日（周一）08:30" in page
    assert "还没有结束的一周" in page


def test_a_closed_week_is_shown_as_it_was_sent_with_those_before_it() -> None:
    """The list leads from one to the next; the address of the running week is its preview."""
    house = PageHouse()
    house.says("云汐县低保金还没有发", version="v1")
    house.does("open", group="g1")
    week = closed(house)
    browser = house.browser("leader-1")
    page = browser.get(f"/u/{UNIT}/digest/{week}").text
    assert "2026年第48周" in page
    assert "预览：" not in page
    assert f'href="/u/{UNIT}/digest/{week}"' in browser.get(f"/u/{UNIT}/digest").text
    assert "预览：" in browser.get(f"/u/{UNIT}/digest/2026-W49").text


def test_a_week_that_was_never_closed_or_is_none_is_told_so() -> None:
    """With its code and what to do."""
    browser = PageHouse().browser("leader-1")
    assert "INC-306" in browser.get(f"/u/{UNIT}/digest/2020-W01").text
    assert "INP-160" in browser.get(f"/u/{UNIT}/digest/nonsense").text


def test_the_policy_lets_in_the_digests_own_sheet_and_no_other_style() -> None:
    """By its hash; what a post says stays text."""
    house = PageHouse()
    house.opens(HOSTILE)
    answer = house.browser("leader-1").get(f"/u/{UNIT}/digest")
    policy = answer.headers["content-security-policy"]
    assert "style-src 'self' 'sha256-" in policy
    assert "unsafe-inline" not in policy
    assert " style=" not in answer.text
    assert "<script>alert" not in answer.text
    assert "<img" not in answer.text


def test_reading_a_digest_is_on_record() -> None:
    """With the posts of which it carries words."""
    house = PageHouse()
    house.opens()
    house.browser("leader-1").get(f"/u/{UNIT}/digest")
    house.people.audit.flush()
    (read,) = house.people.audit.reads(UNIT, "2026-11-23")
    assert read["where"] == "digest"
