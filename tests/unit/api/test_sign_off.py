"""Offline sign-off 线下审签 and missing signatures 待补签, as an officer who works alone meets them."""

import re
from typing import Any

import pytest

from pipeline.domain.attachment import Attached
from pipeline.domain.order import Order
from tests.builders import HOUR
from tests.http_house import UNIT
from tests.page_house import EVERY, PageHouse, send

HERE = f"/u/{UNIT}/incidents/"
PICTURE = ("签字单.png", b"\x89PNG\r\n\x1a\n1", "image/png")
END: dict[str, Any] = {"disposition": "filed", "verdict": "unverifiable", "text": "查无此事的线索，存查"}


@pytest.fixture
def house() -> PageHouse:
    """A unit with a duty officer."""
    return PageHouse()


def settled(house: PageHouse, **sign_off: str) -> tuple[str, Any]:
    """Return an incident that was settled as unverifiable on the page, and the page's answer."""
    incident = house.opens()
    browser = house.browser("duty-1")
    page = browser.get(f"{HERE}{incident}/settle").text
    return incident, send(browser, page, "settle", **END, **sign_off)


def test_who_is_refused_for_want_of_a_second_person_reads_how_it_goes_alone(house: PageHouse) -> None:
    """Never a deadlock: the page names the three ways, and keeps what was typed."""
    _, answer = settled(house)
    assert answer.status_code == 409
    for words in ("只有您一个人时", "电话请示", "先办结，待补签", END["text"]):
        assert words in answer.text


def test_a_telephone_call_is_a_sign_off_with_post_and_time(house: PageHouse) -> None:
    """Who, when and 电话请示 stand in the timeline; nothing is missing."""
    incident, answer = settled(house, signed_how="phone", signed_by="分管副局长")
    assert answer.status_code == 303
    page = house.browser("duty-1").get(HERE + incident).text
    assert re.search(r"办结：存查；电话请示（\S+.*?）", page)
    assert "审签人岗位：分管副局长" in page
    assert "待补签：" not in page


def test_a_name_in_the_post_is_masked_like_everything_typed(house: PageHouse) -> None:
    """A phone number beside the post is not kept."""
    incident, _ = settled(house, signed_how="phone", signed_by="局办公室 13912345678")
    page = house.browser("duty-1").get(HERE + incident).text
    assert "审签人岗位：局办公室 ＊＊＊＊＊＊＊＊＊＊＊" in page
    assert "13912345678" not in page


def test_a_sign_off_on_paper_needs_its_picture(house: PageHouse) -> None:
    """Without one the form comes back with the reason; with one it is done, and the picture is there."""
    incident, answer = settled(house, signed_how="paper", signed_by="局长")
    assert answer.status_code == 422
    assert "书面审签要附签字单的图片" in answer.text
    fields = {"incident": incident, "disposition": "filed", "verdict": "unverifiable", "signed_how": "paper"}
    order = Order(UNIT, "settle", {**fields, "signed_by": "局长"}, "duty-1", EVERY, "k", "存查", (Attached(*_file()),))
    house.service.clerk.carry_out(order)
    page = house.browser("duty-1").get(HERE + incident).text
    assert "书面审签" in page
    assert "审签人岗位：局长" in page
    assert ".png" in page


def _file() -> tuple[str, str, bytes]:
    name, data, kind = PICTURE
    return name, kind, data


def test_half_a_sign_off_is_asked_for_its_other_half(house: PageHouse) -> None:
    """A way without a post, and a post without a way."""
    _, answer = settled(house, signed_how="phone")
    assert "请填写：审签人岗位" in answer.text
    assert answer.status_code == 422
    house.posts += 10
    browser = house.browser("duty-1")
    again = send(browser, answer.text, "settle", **END, signed_by="局长")
    assert "这是线下审签才填的" in again.text


def test_what_is_signed_later_is_listed_until_it_is(house: PageHouse) -> None:
    """The work page counts it, the API lists it, and a sign-off beside the system ends it."""
    incident, answer = settled(house, signed_how="later", signed_by="分管副局长")
    assert answer.status_code == 303
    house.clock.at += 3 * HOUR
    browser = house.browser("duty-1")
    work = browser.get(f"/u/{UNIT}/work").text
    assert "待补签 1 件" in work
    assert "办结，请 分管领导 审签，已等 3小时0分" in work
    program = house.program(house.hire("reader-1", "duty"))
    (row,) = program.get(f"/api/v1/units/{UNIT}/signatures").json()["signatures"]
    assert (row["incident"], row["of"], row["mine"]) == (incident, "role:leader", False)
    page = browser.get(HERE + incident).text
    assert send(browser, page, "sign", signed_how="phone", signed_by="分管副局长").status_code == 303
    assert "待补签" not in browser.get(f"/u/{UNIT}/work").text


def test_a_leader_signs_what_waits_for_him_and_nobody_signs_his_own_step(house: PageHouse) -> None:
    """He who took the step is refused in words, though he be a leader too; another leader signs with one button."""
    house.hire("wang", "duty", "leader")
    incident = house.opens(by="wang")
    fields = {"incident": incident, "disposition": "filed", "verdict": "unverifiable", "signed_how": "later"}
    house.does("settle", "存查", by="wang", signed_by="局长", **fields)
    own = house.browser("wang")
    refused = send(own, own.get(HERE + incident).text, "sign")
    assert refused.status_code == 409
    assert "自己不能审自己" in refused.text
    leader = house.browser("leader-1")
    assert "等您审签" in leader.get(f"/u/{UNIT}/work").text
    assert send(leader, leader.get(HERE + incident).text, "sign").status_code == 303
    assert house.service.desk.state(UNIT).incidents[incident].gaps == ()
