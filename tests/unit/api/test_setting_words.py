"""监测词: lists by business line, switched, changed, tried on samples; what may not be watched is refused in words."""

import json
import re
from typing import Any

import pytest

from pipeline.domain.post import Kind, Origin, Visibility
from pipeline.workflow.settings import SETTING
from tests.builders import MONDAY
from tests.http_house import UNIT
from tests.setting_house import AT, SettingHouse, confirms, fields_of, saves
from tests.stored import a_post, work

PROFILE = {"id": UNIT, "name": "云汐县民政局", "county": "云汐县"}


def kept_rules(house: SettingHouse) -> dict[str, dict[str, Any]]:
    record = house.stores.records.get(SETTING, UNIT, "rules")
    return {} if record is None else {row["id"]: row for row in json.loads(record.value)["rule"]}


def words_changed(house: SettingHouse, **typed: Any) -> Any:
    """The words page is changed and confirmed; field names with a point are given with two underscores."""
    browser = house.browser("admin-1")
    fields = fields_of(browser.get(f"{AT}/rules").text, f"{AT}/rules")
    for name, value in typed.items():
        fields[name.replace("__", ".")] = [value] if isinstance(value, str) else value
    looked = browser.post(f"{AT}/rules", data=fields)
    return looked if looked.status_code != 200 else confirms(browser, "rules", looked.text)


def test_the_page_shows_a_list_for_each_business_line_with_its_exclusions() -> None:
    """The bundled pack, by the names of lines and lists, never by ids alone."""
    html = SettingHouse().browser("admin-1").get(f"{AT}/rules").text

    for name in ("社会救助", "养老服务", "殡葬管理", "婚姻登记", "慈善事业", "区划地名"):
        assert f"<summary><strong>{name}</strong>" in html
    assert "养老机构虐待老人" in html
    assert "敬老院\n" in html
    assert "降低保\n" in html


def test_a_list_is_switched_off_and_its_words_stay() -> None:
    """So that it can come back as it was."""
    house = SettingHouse()
    assert words_changed(house, on__cishan=[]).status_code == 303

    assert kept_rules(house)["cishan"]["off"] is True
    assert "慈善" in kept_rules(house)["cishan"]["any"]
    assert "cishan" not in {rule.id for rule in house.service.settings.units[UNIT].rules}
    assert words_changed(house, on__cishan="yes").status_code == 303
    assert house.service.settings.units[UNIT].tables.get("rules") is None


def test_words_and_exclusions_of_a_list_are_changed_and_the_rest_stays() -> None:
    """A grave list stays grave; pairs keep their distance."""
    house = SettingHouse()
    before = {rule.id: rule for rule in house.service.settings.units[UNIT].rules}
    answer = words_changed(house, any__cishan="慈善\n募捐", exclude__cishan="慈善路", place__cishan="always")
    after = {rule.id: rule for rule in house.service.settings.units[UNIT].rules}

    assert answer.status_code == 303
    assert (after["cishan"].any, after["cishan"].exclude_phrases) == (("慈善", "募捐"), ("慈善路",))
    assert after["cishan"].needs_place
    assert {name: rule.version for name, rule in after.items() if name != "cishan"} == {
        name: rule.version for name, rule in before.items() if name != "cishan"
    }


def test_a_list_of_ones_own_is_added_with_an_id_of_its_own() -> None:
    """Twice, of different lines; the page calls them by number."""
    house = SettingHouse()
    words_changed(house, any__new="福乐园、福寿居", line__new="养老服务", place__new="anywhere")
    words_changed(house, any__new="惠民超市")

    rows = kept_rules(house)
    assert rows["own-1"] == {"id": "own-1", "any": ["福乐园", "福寿居"], "service_line": "养老服务", "anywhere": True}
    assert rows["own-2"]["any"] == ["惠民超市"]
    assert "自己加的词表 2" in house.browser("admin-1").get(f"{AT}/rules").text


@pytest.mark.parametrize(
    ("term", "why"),
    [("上访", "信访是群众的权利"), ("集会", "聚集、游行不是信号"), ("教堂", "不监测宗教"), ("维稳", "不监测政治"),
     ("张建国", "像人名"), ("13800138000", "能找到具体的人")],
)  # fmt: skip
def test_what_may_not_be_watched_is_refused_in_plain_words(term: str, why: str) -> None:
    """In the console as in apply; the typed words stay, nothing is written."""
    house = SettingHouse()
    refused = words_changed(house, any__cishan=f"慈善\n{term}")

    assert refused.status_code == 422
    assert f"“{term}”" in refused.text
    assert why in refused.text
    assert term in fields_of(refused.text, f"{AT}/rules")["any.cishan"][0]
    assert kept_rules(house) == {}


def test_all_problems_of_all_lists_are_said_at_once() -> None:
    """An empty list, a mark for a word, an exclusion that excludes nothing, a refused word, a line that is none."""
    refused = words_changed(
        SettingHouse(),
        any__hunyin="",
        any__cishan="！？",
        exclude__ertong="高架桥",
        any__canji="残疾补贴\n请愿",
        any__new="福乐园",
        line__new="没有的",
        within__qingming="999",
    )

    assert refused.status_code == 422
    said = re.findall(r'<li><a href="#([^"]+)">', refused.text)
    assert {"any.hunyin", "any.cishan", "exclude.ertong", "any.canji", "line.new", "within.qingming"} <= set(said)


def test_not_every_list_can_be_off() -> None:
    """Then nothing would be watched, and nobody would notice."""
    house = SettingHouse()
    ids = [rule.id for rule in house.service.settings.units[UNIT].rules]
    refused = words_changed(house, **{f"on__{name}": [] for name in ids})

    assert refused.status_code == 422
    assert "请至少留一个" in refused.text


def test_samples_show_what_the_words_find_before_anything_is_saved() -> None:
    """Ours and the officer's own, with the words marked; whether it counts depends on place and source."""
    house = SettingHouse()
    house.sets("unit", PROFILE)
    house.sets("places", {"places": ["柳湾镇"]})
    page = saves(house.browser("admin-1"), "rules", sample="惠民超市又关门了\n柳湾镇公墓太贵", action="try").text

    assert "<mark>公墓</mark>太贵" in page
    assert "写到了柳湾镇" in page
    assert re.search(r"惠民超市又关门了</bdi>\s*<small[^>]*>不命中", page)
    assert re.search(r"<mark>公墓</mark>一个<mark>墓位</mark>.*?本地信源：算.*?全省、全国信源：不算", page, re.DOTALL)
    assert house.revision("rules") == 0


def test_a_word_that_is_only_typed_is_tried_as_well() -> None:
    """The sample is of the page, not of what holds; a list that needs a place says so."""
    house = SettingHouse()
    house.sets("unit", PROFILE)
    browser = house.browser("admin-1")
    typed = {"any.new": "惠民超市", "place.new": "always", "sample": "惠民超市又关门了", "action": "try"}
    page = browser.post(f"{AT}/rules", data={**fields_of(browser.get(f"{AT}/rules").text, f"{AT}/rules"), **typed}).text

    assert re.search(r"<mark>惠民超市</mark>又关门了</bdi>.*?没有写到本地地名.*?本地信源：不算", page, re.DOTALL)
    assert house.revision("rules") == 0


def test_the_trial_counts_and_shows_stored_posts_that_come_and_go() -> None:
    """With the words marked, and how many posts were looked at."""
    house = SettingHouse()
    house.says("惠民超市的米发霉了", group="g1")
    house.says("慈善捐款去哪了", group="g2")
    house.says("低保金没发", group="g3")
    looked = saves(house.browser("admin-1"), "rules", any__new="x")
    assert looked.status_code == 200
    browser = house.browser("admin-1")
    fields = fields_of(browser.get(f"{AT}/rules").text, f"{AT}/rules")
    fields |= {"any.new": ["惠民超市"], "on.cishan": []}
    page = browser.post(f"{AT}/rules", data=fields).text

    assert "看了 3 条" in page
    assert "会多发现 1 条" in page
    assert "会不再发现 1 条" in page
    assert "不变 1 条" in page
    assert "<mark>惠民超市</mark>的米发霉了" in page
    assert "<mark>慈善捐款</mark>" in page


def test_the_trial_shows_nobody_what_he_may_not_read() -> None:
    """An administrator works no letters: they are counted, and not shown; a leader reads them."""
    house = SettingHouse()
    house.says("来信：惠民超市的米发霉了", origin=Origin.LETTER, visibility=Visibility.INTERNAL, kind=Kind.LETTER)
    pages = []
    for account in ("admin-1", "leader-1"):
        browser = house.browser(account)
        fields = fields_of(browser.get(f"{AT}/rules").text, f"{AT}/rules") | {"any.new": ["惠民超市"]}
        pages.append(browser.post(f"{AT}/rules", data=fields).text)

    assert all("会多发现 1 条" in page for page in pages)
    assert ["米发霉了" in page for page in pages] == [False, True]


def test_the_trial_shows_a_complaint_about_staff_to_whoever_may_read_it_alone() -> None:
    """Also one that no rule had found yet: it would be kept for the leader as soon as it were."""
    house = SettingHouse()
    house.stores.posts.commit(work([a_post(7, "惠民驿站的工作人员吃拿卡要", collected_at=MONDAY)], to=7))
    pages = []
    for account in ("admin-1", "leader-1"):
        browser = house.browser(account)
        fields = fields_of(browser.get(f"{AT}/rules").text, f"{AT}/rules") | {"any.new": ["惠民驿站"]}
        pages.append(browser.post(f"{AT}/rules", data=fields).text)

    assert all("会多发现 1 条" in page for page in pages)
    assert ["吃拿卡要" in page for page in pages] == [False, True]


def test_a_list_that_somebody_else_added_meanwhile_is_not_lost_by_saving_again() -> None:
    """The page did not show it, so the second officer did not take it out; each new list has a number of its own."""
    house = SettingHouse()
    browser = house.browser("admin-1")
    old = fields_of(browser.get(f"{AT}/rules").text, f"{AT}/rules") | {"any.new": ["惠民超市"]}
    words_changed(house, any__new="福乐园")
    refused = browser.post(f"{AT}/rules", data=old)
    assert refused.status_code == 409
    looked = confirms(browser, "rules", refused.text)

    assert confirms(browser, "rules", looked.text).status_code == 303
    rows = kept_rules(house)
    assert (rows["own-1"]["any"], rows["own-2"]["any"]) == (["福乐园"], ["惠民超市"])


def test_the_history_says_which_words_came_and_went() -> None:
    """In the words of the page."""
    house = SettingHouse()
    words_changed(house, any__cishan="慈善\n募捐\n善款", reason="精简")
    words_changed(house, any__cishan="慈善\n义卖", on__hunyin=[])
    html = house.browser("duty-1").get(f"{AT}/rules").text

    assert re.search(r"慈善：词.*?增加 <bdi>义卖</bdi>.*?去掉 <bdi>募捐、善款</bdi>", html)
    assert "理由：精简" in html
    assert re.search(r"婚姻登记和婚俗：已关闭.*?→ <bdi>是</bdi>", html)
