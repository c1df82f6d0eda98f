"""Entering by hand on its page: what is pasted, proposed, joined and refused, and what becomes of it."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from api import bootstrap
from pipeline.domain.post import Origin, Post, Visibility
from pipeline.ports import Record
from pipeline.workflow.settings import SETTING
from tests.builders import MONDAY, FixedClassifier
from tests.http_house import UNIT
from tests.page_house import PageHouse, hidden_in

ENTER = f"/u/{UNIT}/enter"
SHARED = "7.15 复制打开抖音，看看【山里的橘子的作品】柳湾镇的低保又拖了 https://v.douyin.com/iAbC/ 08/12"
FORM: Mapping[str, str] = {"origin": "内部发现", "key": "a-key-of-this-form"}
PAPER: Mapping[str, str] = {
    "origin": "上级交办", "key": "key-of-paper", "words": "请核实柳湾镇低保发放情况", "whom": "county",
    "office": "督查室", "ref": "云督〔2026〕7号", "due": "2026-11-27 17:00", "wants": "书面反馈，附发放清单",
}  # fmt: skip


class EnterHouse(PageHouse):
    """A unit with places, and a worker that comes when it is called."""

    def __init__(self) -> None:
        super().__init__()
        value = json.dumps({"places": ["柳湾镇", "青石镇"]})
        self.stores.records.put(Record(SETTING, UNIT, "places", 0, value, MONDAY, "test", ""), expect=None)
        other = self.stores.records.get(SETTING, "linxi-mz", "unit")
        assert other is not None
        self.stores.records.remove(SETTING, "linxi-mz", "unit")
        self.service.settings.refresh()
        self.page = self.browser("duty-1")

    def works(self) -> None:
        """The worker has come to everything that was entered."""
        service = self.service
        worker = bootstrap.open_worker(self.stores, service.settings, service.desk, FixedClassifier())
        worker.load()
        while worker.step().read:
            pass

    def enters(self, **fields: str) -> Any:
        """The form is sent; returns the answer."""
        return self.page.post(ENTER, data={**FORM, **fields})

    def entered(self) -> list[Post]:
        """Return what is on the bus."""
        return [one.post for one in self.stores.bus.read(None, 50) if one.post]

    def incident_of(self, answer: Any) -> str:
        """Return the incident that the answer leads to, once the worker has come."""
        self.works()
        where = self.page.get(answer.headers["location"]).headers["location"]
        assert f"/u/{UNIT}/incidents/" in where
        return str(where.rpartition("/")[2])


@pytest.fixture
def house() -> EnterHouse:
    """A unit at which somebody enters."""
    return EnterHouse()


def test_what_is_typed_goes_through_the_door_masked(house: EnterHouse) -> None:
    """Without the number that was typed; a second click is the same post and nothing is done again."""
    answers = [house.enters(words="窗口门口有人议论 电话13812345678") for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    (post,) = house.entered()
    assert (post.origin, post.text.count("＊")) == (Origin.INTERNAL, 11)
    assert "正在处理" in house.page.get(answers[0].headers["location"]).text


def test_a_nickname_is_gone_before_anything_is_kept_or_shown_again(house: EnterHouse) -> None:
    """Not in the echo beside similar incidents, not in a refused form, not at the look, not on the bus."""
    house.opens("柳湾镇低保金没有发")
    shown = [
        house.enters(words=SHARED),
        house.enters(words=SHARED, published="何时"),
        house.page.post(f"{ENTER}/look", data={**FORM, "words": SHARED}),
    ]
    house.enters(words=SHARED, has_looked="true")
    (post,) = house.entered()
    assert all("山里的橘子" not in one.text for one in shown)
    assert "登记时会从粘贴的文字里去掉" in shown[0].text
    assert "昵称" in shown[0].text
    assert (post.text, post.address) == ("柳湾镇的低保又拖了", "https://v.douyin.com/iAbC/")


def test_place_and_line_are_proposed_and_what_the_officer_chose_is_kept(house: EnterHouse) -> None:
    """The look proposes; a choice outlives another look, and is what the incident shows."""
    look = house.page.post(f"{ENTER}/look", data={**FORM, "words": "柳湾镇低保金没有发"}).text
    assert 'value="柳湾镇"' in look
    assert '<option value="低保" selected>' in look or '<option value="社会救助" selected>' in look
    chosen = {
        **FORM,
        "words": "柳湾镇低保金没有发",
        "line": "公墓",
        "line_shown": "低保",
        "place": "青石镇",
        "place_shown": "柳湾镇",
    }
    again = house.page.post(f"{ENTER}/look", data=chosen).text
    assert '<option value="公墓" selected>' in again
    assert 'value="青石镇"' in again
    incident = house.incident_of(house.enters(words="柳湾镇低保金没有发", line="公墓", place="青石镇"))
    page = house.page.get(f"/u/{UNIT}/incidents/{incident}").text
    assert "青石镇" in page
    assert "公墓" in page


def test_a_similar_open_incident_is_shown_first_and_joined_with_one_click(house: EnterHouse) -> None:
    """The entry is an answer line of that incident; no new one is opened."""
    incident = house.opens("柳湾镇低保金没有发")
    page = house.enters(words="柳湾镇的低保又拖了", origin="来信来访")
    assert page.status_code == 200
    assert "可能是同一件事" in page.text
    assert f'<button name="same_as" value="{incident}">' in page.text
    joined = house.enters(words="柳湾镇的低保又拖了", origin="来信来访", same_as=incident)
    assert house.incident_of(joined) == incident
    (line,) = house.service.desk.state(UNIT).as_one(incident).lines
    assert line.origin is Origin.LETTER
    assert house.enters(words="柳湾镇的低保又拖了", has_looked="true", key="another-key").status_code == 303


def test_a_row_names_what_was_entered_by_its_way_and_not_by_an_id(house: EnterHouse) -> None:
    """The queue says 手工登记, as the incident's own page does; and that page calls the rule by its name."""
    incident = house.incident_of(house.enters(words="窗口门口有人议论低保", origin="来信来访"))
    assert "预警规则：向本单位反映（版本" in house.page.get(f"/u/{UNIT}/incidents/{incident}").text
    queue = house.page.get(f"/u/{UNIT}/queue").text
    (about,) = re.findall(r'<p class="about">.*?</p>', queue, re.DOTALL)
    assert "手工登记" in about
    assert "by-hand" not in queue


def test_the_same_page_is_the_likest(house: EnterHouse) -> None:
    """A link that the crawler has stored leads to its incident, whatever the words are."""
    house.says("窗口没人", address="https://forum.example/t/7", heads=(key("https://forum.example/t/7"),))
    house.does("open", group="g1")
    page = house.enters(words="你们看这个 https://forum.example/t/7?from=wap")
    assert "可能是同一件事" in page.text


def key(address: str) -> str:
    """Return the head of a forum's page."""
    from pipeline.domain.identity import key_of_address

    return key_of_address("yunxi-forum", address)


def test_an_entry_that_joins_what_was_closed_meanwhile_opens_its_own(house: EnterHouse) -> None:
    """Nothing is lost: it is an incident of its own that names the one that it continues."""
    incident = house.opens("柳湾镇低保金没有发")
    answer = house.enters(words="又拖了一个月", same_as=incident)
    for command, fields in (("acknowledge", {}), ("close", {"disposition": "irrelevant"})):
        house.does(command, incident=incident, **fields)
    found = house.incident_of(answer)
    assert found != incident
    assert house.service.desk.state(UNIT).incidents[found].linked == incident


def test_one_link_entered_twice_is_two_entries(house: EnterHouse) -> None:
    """The page that an entry speaks of is not the entry itself."""
    for number in range(2):
        house.enters(words=f"第{number}次看到 https://v.example/9", key=f"key-number-{number}", has_looked="true")
    assert len({post.id for post in house.entered()}) == 2


def test_a_key_that_was_used_for_another_content_keeps_the_text(house: EnterHouse) -> None:
    """Who comes back to the form of before is told, and enters with one more click."""
    house.enters(words="第一件事")
    page = house.enters(words="完全另一件事，也请登记")
    assert page.status_code == 422
    assert "没有重复登记" in page.text
    assert "完全另一件事" in page.text
    assert hidden_in(page.text)["key"] != FORM["key"]
    assert len(house.entered()) == 1


def test_what_is_wrong_is_said_at_its_field_and_the_text_is_kept(house: EnterHouse) -> None:
    """Nothing typed; an origin, a link, a place, a line, a number and times that are none."""
    assert "请写内容或粘贴链接" in house.enters(words="").text
    bad = house.enters(
        words="说了一半", origin="监测发现", link="ftp://x", place="外地", line="没有的", ref="13812345678",
        published="何时", same_as="none",
    )  # fmt: skip
    assert bad.status_code == 422
    said = (
        "说了一半",
        "链接要以 http",
        "辖区表里没有",
        "没有这个业务领域",
        "不能是手机号",
        "时间请写成",
        "已经办结或不在",
    )
    assert [one for one in said if one not in bad.text] == []
    assert house.entered() == []


def test_a_superiors_paper_has_its_form_and_its_facts(house: EnterHouse) -> None:
    """From whom, number, due time, what they want: on the bus, internal, and nothing of it public."""
    form = house.page.get(f"{ENTER}?from=above").text
    assert [one for one in ("谁交办", "文号", "要求办结时间", "反馈要求", "县委县政府") if one not in form] == []
    assert house.page.post(ENTER, data={**PAPER, "has_looked": "true"}).status_code == 303
    (post,) = house.entered()
    assert (post.origin, post.visibility, post.ref) == (Origin.SUPERIOR, Visibility.INTERNAL, "云督〔2026〕7号")
    assert post.stated is not None
    assert (post.stated.whom, post.stated.office, post.stated.wants) == ("county", "督查室", "书面反馈，附发放清单")
    assert post.due_at is not None
    missing = house.page.post(ENTER, data={**PAPER, "whom": "", "key": "another-key"})
    assert "请选是谁交办的" in missing.text
    assert "请核实柳湾镇" in missing.text
    assert "只用于上级交办" in house.enters(words="随手", whom="county").text
