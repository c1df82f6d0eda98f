"""Pleas for help on their own page: never coloured, contacted, ended, and the original opened on record."""

import pytest

from tests.builders import DAY
from tests.http_house import UNIT
from tests.page_house import PLEA, PageHouse, send

HERE = f"/u/{UNIT}/needs"


@pytest.fixture
def house() -> PageHouse:
    """A unit to which somebody cried for help."""
    house = PageHouse()
    house.says("柳湾村老人没饭吃，求低保", opinion=PLEA, address="https://forum.example/t/1")
    return house


def test_a_plea_is_shown_with_its_clock_and_never_as_a_risk(house: PageHouse) -> None:
    """The first contact has a due time; no level colours a person in need."""
    page = house.browser("duty-1").get(HERE).text
    assert "柳湾村老人没饭吃" in page
    assert "首次联系：" in page
    main = page[page.index("<main") :]
    assert 'class="level' not in main
    house.clock.at += 5 * DAY
    late = house.browser("duty-1").get(HERE).text
    assert "到时还没有联系" in late
    assert 'class="late"' not in late[late.index("<main") :]


def test_a_plea_says_where_it_is_down_to_the_township(house: PageHouse) -> None:
    """A place of the unit's own list; where none was named the page says so."""
    assert "地点未提" in house.browser("duty-1").get(HERE).text
    house.place = "柳湾镇"
    house.says("求助低保", group="g2", opinion=PLEA)
    assert "<strong>柳湾镇</strong>" in house.browser("duty-1").get(HERE).text


def test_contact_and_outcome_are_told_by_forms(house: PageHouse) -> None:
    """Contacted more than once, then an outcome; it leaves the list and stands in the whole one."""
    browser = house.browser("duty-1")
    assert send(browser, browser.get(HERE).text, "need_contacted", how="visit", text="已上门").status_code == 303
    assert "已联系 1 次" in browser.get(HERE).text
    assert send(browser, browser.get(HERE).text, "need_outcome", outcome="helped").status_code == 303
    assert "柳湾村老人没饭吃" not in browser.get(HERE).text
    assert "已帮助" in browser.get(f"{HERE}?shown=all").text


def test_opening_the_original_is_on_record_before_it_leads_there(house: PageHouse) -> None:
    """A form that is sent, an entry in the audit, then a page that leads on without a referrer."""
    browser = house.browser("duty-1")
    answer = browser.post(f"/u/{UNIT}/posts/p1/original")
    assert 'content="0;url=https://forum.example/t/1"' in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    record = house.stores.records.list("audit_read", UNIT)[-1]
    assert '"where": "original"' in record.value
    assert "forum.example" not in record.value


def test_a_sealed_address_is_opened_and_kept_nowhere(house: PageHouse) -> None:
    """It names its author: no page shows it, and only the jump opens it."""
    house.says("求助低保", group="g2", opinion=PLEA, sealed_address="sealed:https://blog.example/@name/2")
    browser = house.browser("duty-1")
    assert "blog.example" not in browser.get(HERE).text
    assert "https://blog.example/@name/2" in browser.post(f"/u/{UNIT}/posts/p2/original").text


def test_who_may_not_work_needs_sees_none_and_opens_no_original(house: PageHouse) -> None:
    """A reviewer has no page of needs; another unit's post is not there."""
    house.hire("reviewer-1", "reviewer")
    house.hire("other-1", "duty", units=("linxi-mz",))
    assert house.browser("reviewer-1").get(HERE).status_code == 403
    assert house.browser("reviewer-1").post(f"/u/{UNIT}/posts/p1/original").status_code == 403
    assert house.browser("other-1").post("/u/linxi-mz/posts/p1/original").status_code == 404


def test_an_address_that_is_none_leads_nowhere(house: PageHouse) -> None:
    """Only http and https are addresses of the web."""
    house.says("求助", group="g3", opinion=PLEA, address="javascript:alert(1)")
    assert house.browser("duty-1").post(f"/u/{UNIT}/posts/p2/original").status_code == 404
