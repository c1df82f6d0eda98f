"""Searching, and what is watched."""

import json

import pytest

from pipeline.ports import Record
from pipeline.workflow.settings import SETTING
from tests.builders import MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse


@pytest.fixture
def house() -> PageHouse:
    """A unit with places and rules."""
    house = PageHouse()
    value = json.dumps({"places": ["柳湾镇"]})
    house.stores.records.put(Record(SETTING, UNIT, "places", 0, value, MONDAY, "test", ""), expect=None)
    house.service.settings.refresh()
    return house


def test_a_term_is_found_exactly_and_counted_with_the_coverage(house: PageHouse) -> None:
    """One character is enough; the place is marked, and the number has its coverage beside it."""
    house.clock.at = MONDAY + 60_000
    house.says("云汐县低保金还没有发", collected_at=MONDAY, published_at=MONDAY)
    page = house.browser("duty-1").get(f"/u/{UNIT}/search?q=发").text
    assert "找到 1 条" in page
    assert "信源 2/2 正常" in page
    assert "<mark>发</mark>" in page


def test_nothing_found_is_said_as_it_is(house: PageHouse) -> None:
    """And a term that is too long is told."""
    browser = house.browser("duty-1")
    assert "没有找到" in browser.get(f"/u/{UNIT}/search?q=不存在的词").text
    assert "最多 50 个字" in browser.get(f"/u/{UNIT}/search?q={'长' * 60}").text


def test_sources_and_rules_can_be_read(house: PageHouse) -> None:
    """Each source with its health, the failing one first; each rule with its terms, line and version."""
    browser = house.browser("duty-1")
    page = browser.get(f"/u/{UNIT}/sources").text
    assert page.index("云汐博客") > 0
    assert "超时" in page
    rules = browser.get(f"/u/{UNIT}/rules").text
    assert "版本 " in rules
    assert "低保" in rules
