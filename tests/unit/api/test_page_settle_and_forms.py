"""Settling on one screen, and what a form does when it is not carried out."""

import pytest

from tests.http_house import UNIT
from tests.page_house import PageHouse, send

HERE = f"/u/{UNIT}/incidents/"


@pytest.fixture
def house() -> PageHouse:
    """A unit with a duty officer."""
    return PageHouse()


def test_a_routine_matter_is_settled_on_one_screen(house: PageHouse) -> None:
    """One form, one button: acknowledged, verified, answered and closed; the way back is offered."""
    incident = house.opens()
    browser = house.browser("duty-1")
    page = browser.get(f"{HERE}{incident}/settle").text
    answer = send(
        browser, page, "settle", disposition="resolved", verdict="true", reply="answered", how="phone",
        text="查明漏发，已补发，已电话答复",
    )  # fmt: skip
    assert (answer.status_code, answer.headers["location"]) == (303, f"/u/{UNIT}/queue")
    closed = browser.get(HERE + incident).text
    assert "已办结" in closed
    assert "查明漏发，已补发，已电话答复" in closed
    assert f'action="/u/{UNIT}/undo"' in closed


def test_a_to_do_is_settled_by_one_key_one_form_and_one_button(house: PageHouse) -> None:
    """The queue's row leads there; an incident is opened and closed, and not opened where the form cannot be read."""
    house.says("云汐县低保金还没有发")
    browser = house.browser("duty-1")
    assert f'data-key="s" href="/u/{UNIT}/queue/group/g1/settle"' in browser.get(f"/u/{UNIT}/queue").text
    page = browser.get(f"/u/{UNIT}/queue/group/g1/settle").text
    wrong = send(browser, page, "settle", verdict="true", text="漏发，已补发")
    assert wrong.status_code == 422
    assert "漏发，已补发" in wrong.text
    assert house.service.desk.state(UNIT).incidents == {}
    answer = send(
        browser, wrong.text, "settle", disposition="resolved", verdict="true", reply="answered", text="漏发，已补发"
    )
    assert answer.status_code == 303
    (incident,) = house.service.desk.state(UNIT).incidents.values()
    assert incident.state == "closed"


def test_settling_keeps_the_text_beside_what_is_missing(house: PageHouse) -> None:
    """The same screen again: a reply kind that needs a leader, the text still there."""
    incident = house.opens()
    browser = house.browser("duty-1")
    page = browser.get(f"{HERE}{incident}/settle").text
    answer = send(browser, page, "settle", verdict="true", text="查明漏发，已补发")
    assert answer.status_code == 422
    assert "查明漏发，已补发" in answer.text
    assert "请填写：办结结果" in answer.text
    assert send(browser, answer.text, "settle", disposition="resolved", verdict="true", reply="answered",
                text="查明漏发，已补发").status_code == 303  # fmt: skip


def test_a_grave_matter_is_not_settled_on_one_screen(house: PageHouse) -> None:
    """Levels Ⅰ and Ⅱ go step by step, and the page says so."""
    incident = house.opens()
    house.does("set_level", "涉及人身安全", incident=incident, level="2")
    page = house.browser("duty-1").get(f"{HERE}{incident}/settle").text
    assert "Ⅰ、Ⅱ级事件要逐步办理" in page
    assert f'action="/u/{UNIT}/do/settle"' not in page
    assert 'id="board"' in house.browser("duty-1").get(HERE + incident).text


def test_a_file_is_kept_downloaded_on_record_and_of_the_right_kind(house: PageHouse) -> None:
    """A picture is attached to a comment; plain text is refused with its reason, and the words are kept."""
    incident = house.opens()
    browser = house.browser("duty-1")
    page = browser.get(HERE + incident).text
    token = {"x-csrf-token": browser.headers["x-csrf-token"]}
    fields = {"incident": incident, "key": "a-key-of-this-form", "text": "见照片", "back": HERE + incident}
    wrong = [("files", ("a.txt", b"13800000000", "text/plain"))]
    answer = browser.post(f"/u/{UNIT}/do/comment", data=fields, files=wrong, headers=token)
    assert answer.status_code == 422
    assert "附件类型不能用" in answer.text
    assert "见照片" in answer.text
    right = [("files", ("现场.png", b"\x89PNG\r\n\x1a\nxx", "image/png"))]
    assert browser.post(f"/u/{UNIT}/do/comment", data=fields, files=right, headers=token).status_code == 303
    page = browser.get(HERE + incident).text
    link = page.split(f'href="{HERE}{incident}/files/')[1].split('"')[0]
    got = browser.get(f"{HERE}{incident}/files/{link}")
    assert got.content.endswith(b"xx")
    assert "attachment" in got.headers["content-disposition"]
    assert any('"original"' in one.value for one in house.stores.records.list("audit_read", UNIT))


def test_typed_details_of_a_person_are_masked_before_anything_is_kept(house: PageHouse) -> None:
    """A number that somebody typed into a comment is nowhere on the page."""
    incident = house.opens()
    browser = house.browser("duty-1")
    send(browser, browser.get(HERE + incident).text, "comment", text="来信人电话13812345678，已回电")
    assert "13812345678" not in browser.get(HERE + incident).text


def test_a_command_that_there_is_not_is_not_there(house: PageHouse) -> None:
    """No such address."""
    browser = house.browser("duty-1")
    assert browser.post(f"/u/{UNIT}/do/takedown", data={"key": "k"}).status_code == 404


def test_a_monitor_opens_a_group_and_sets_another_aside(house: PageHouse) -> None:
    """The queue's commands come the same way; a refusal of one keeps its text on a page of its own."""
    house.hire("monitor-1", "monitor")
    house.says("云汐县低保第一件")
    browser = house.browser("monitor-1")
    url = f"/u/{UNIT}/do/group_set_aside"
    fields = {"group": "g1", "how": "filed", "key": "k-1", "text": "旧闻", "back": f"/u/{UNIT}/queue"}
    assert browser.post(url, data=fields).headers["location"] == f"/u/{UNIT}/queue"
    again = browser.post(url, data={**fields, "key": "k-2", "text": "还是旧闻"})
    assert again.status_code == 409
    assert "还是旧闻" in again.text


def test_nobody_is_led_to_another_site(house: PageHouse) -> None:
    """Where a form says that it came from is only believed where it lies on this site."""
    incident = house.opens()
    fields = {"incident": incident, "key": "k-9", "text": "备注", "back": "//evil.example/"}
    answer = house.browser("duty-1").post(f"/u/{UNIT}/do/comment", data=fields)
    assert answer.headers["location"] == "/"
