"""Entering by hand, searching, and what is watched."""

import json

import pytest

from api.http.pages.enter import Entry, _raw
from pipeline.domain.post import Origin, Visibility
from pipeline.ports import Record
from pipeline.workflow.settings import SETTING
from tests.builders import MONDAY
from tests.http_house import UNIT
from tests.page_house import PageHouse

ENTER = f"/u/{UNIT}/enter"


@pytest.fixture
def house() -> PageHouse:
    """A unit with places and rules."""
    house = PageHouse()
    value = json.dumps({"places": ["柳湾镇"]})
    house.stores.records.put(Record(SETTING, UNIT, "places", 0, value, MONDAY, "test", ""), expect=None)
    house.service.settings.refresh()
    return house


def test_what_is_typed_goes_through_the_door_masked(house: PageHouse) -> None:
    """It is on the bus as an internal find, without the number that was typed; a second click is the same post."""
    browser = house.browser("duty-1")
    fields = {"words": "窗口门口有人议论 电话13812345678", "origin": "内部发现", "key": "a-key-of-this-form"}
    answers = [browser.post(ENTER, data=fields) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    admitted = [one.post for one in house.stores.bus.read(None, 10) if one.post]
    assert {(post.id, post.origin, post.text.count("＊")) for post in admitted} == {
        (answers[0].headers["location"].rpartition("/")[2], Origin.INTERNAL, 11)
    }
    waiting = browser.get(answers[0].headers["location"]).text
    assert "正在处理" in waiting
    assert "data-again" in waiting


def test_a_similar_open_incident_is_shown_first(house: PageHouse) -> None:
    """It can be noted there with one button, or entered all the same."""
    incident = house.opens("柳湾镇低保金没有发")
    browser = house.browser("duty-1")
    fields = {"words": "柳湾镇的低保又拖了", "origin": "内部发现", "key": "a-key-of-this-form"}
    page = browser.post(ENTER, data=fields)
    assert page.status_code == 200
    assert "可能是同一件事" in page.text
    assert f"/u/{UNIT}/incidents/{incident}" in page.text
    assert "柳湾镇的低保又拖了" in page.text
    assert browser.post(ENTER, data={**fields, "has_looked": "true"}).status_code == 303


def test_what_is_wrong_is_said_at_its_field_and_the_text_is_kept(house: PageHouse) -> None:
    """Nothing typed, no link, an origin that is none."""
    browser = house.browser("duty-1")
    empty = browser.post(ENTER, data={"origin": "内部发现", "key": "a-key-of-this-form"})
    assert empty.status_code == 422
    assert "请写内容或粘贴链接" in empty.text
    bad = browser.post(ENTER, data={"words": "说了一半", "origin": "监测发现", "link": "ftp://x", "key": "abcdefgh"})
    assert bad.status_code == 422
    assert "说了一半" in bad.text
    assert "链接要以 http" in bad.text


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


def test_letters_that_are_entered_are_internal(house: PageHouse) -> None:
    """What the unit itself received is never quoted outside."""
    letter = _raw(Entry(words="来信反映低保", origin=Origin.LETTER.value, key="a-key-of-this-form"), MONDAY)
    assert letter.visibility is Visibility.INTERNAL
    found = _raw(Entry(words="看 https://a.example/t/1 有人说", origin=Origin.INTERNAL.value, key="k" * 10), MONDAY)
    assert (found.visibility, found.address) == (Visibility.PUBLIC, "https://a.example/t/1")
