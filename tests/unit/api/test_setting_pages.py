"""设置: every setting in plain words, changed by a form that keeps what was typed, with its history and undo."""

import json
from contextlib import closing
from inspect import signature
from pathlib import Path

import pytest

from api import bootstrap
from api.schedule import Ticker
from api.terminal import POLL_SECONDS
from api.working import LOOKS_EVERY_SECONDS
from pipeline.workflow.settings import SETTING, read_settings
from tests.http_house import UNIT
from tests.setting_house import AT, SettingHouse, confirms, fields_of, saves

RULES = {"rule": [{"id": "care", "any": ["养老院"]}]}


def test_the_list_says_of_each_setting_what_holds_and_who_changed_it() -> None:
    """Own or as shipped, in words; the navigation leads here."""
    house = SettingHouse()
    house.sets("places", {"places": ["柳湾镇", "石桥乡"]}, reason="首次设置")
    html = house.browser("admin-1").get(AT).text

    assert "2 个：柳湾镇、石桥乡" in html
    assert "leader-1 " in html
    assert "理由：首次设置" in html
    assert "出厂设定" in html
    assert f'href="{AT}" aria-current="page"' in html


@pytest.mark.parametrize("role", ["duty", "auditor", "reviewer"])
def test_whoever_may_only_look_has_no_button(role: str) -> None:
    """He reads what holds; a form that he sends is refused."""
    house = SettingHouse()
    browser = house.browser(house.hire("looker", role))
    page = browser.get(f"{AT}/places").text

    assert "只能查看" in page
    assert "<fieldset disabled" in page
    assert browser.post(f"{AT}/places", data={"places": "柳湾镇", "revision": "0"}).status_code == 403
    assert house.revision("places") == 0


def test_people_s_addresses_are_shown_to_those_only_who_may_change_them() -> None:
    """Recipients and offices: neither the form nor the history."""
    house = SettingHouse()
    row = {"account": "duty-1", "role": "duty", "channel": "mail", "to": "zhiban@mz.example"}
    house.sets("recipients", {"recipient": [row]})

    assert "zhiban@mz.example" in house.browser("admin-1").get(f"{AT}/recipients").text
    assert "zhiban@mz.example" not in house.browser("duty-1").get(f"{AT}/recipients?as=text").text


def test_a_change_is_tried_first_then_saved_with_author_and_reason() -> None:
    """Two steps: what it would do, and the confirmation."""
    house = SettingHouse()
    browser = house.browser("admin-1")
    looked = saves(browser, "places", places="柳湾镇\n石桥乡\n柳湾镇", reason="补地名")

    assert looked.status_code == 200
    assert "保存前先看影响" in looked.text
    assert house.revision("places") == 0
    answer = confirms(browser, "places", looked.text)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{AT}/places?done=saved")
    kept = house.stores.records.get(SETTING, UNIT, "places")
    assert kept is not None
    assert (kept.author, kept.reason) == ("account:admin-1", "补地名")
    assert json.loads(kept.value) == {"places": ["柳湾镇", "石桥乡"]}


def test_what_was_changed_after_the_look_is_looked_at_again() -> None:
    """Only what was shown is saved."""
    house = SettingHouse()
    browser = house.browser("admin-1")
    looked = saves(browser, "places", places="柳湾镇")
    again = confirms(browser, "places", looked.text, places="石桥乡")

    assert again.status_code == 200
    assert "保存前先看影响" in again.text
    assert house.revision("places") == 0


def test_the_second_of_two_officers_is_told_and_keeps_what_he_typed() -> None:
    """He sees what the other set; saving again is his decision."""
    house = SettingHouse()
    browser = house.browser("admin-1")
    page = browser.get(f"{AT}/places").text
    house.sets("places", {"places": ["青石镇"]}, reason="新划入")
    refused = saves(browser, "places", page=page, places="柳湾镇", reason="补地名")

    assert refused.status_code == 409
    assert all(said in refused.text for said in ("CFG-210", "leader-1", "新划入", "青石镇"))
    assert fields_of(refused.text, f"{AT}/places")["places"] == ["柳湾镇"]
    assert fields_of(refused.text, f"{AT}/places")["reason"] == ["补地名"]
    looked = confirms(browser, "places", refused.text, places="柳湾镇\n青石镇")
    assert confirms(browser, "places", looked.text).status_code == 303
    assert read_settings(house.stores.records, []).units[UNIT].places == ("柳湾镇", "青石镇")


def test_every_problem_is_said_at_once_and_what_was_typed_stays() -> None:
    """Beside its field and in one list, in Chinese."""
    house = SettingHouse()
    refused = saves(house.browser("admin-1"), "unit", name=" ", county="县" * 61, short_names="<云汐>")

    assert refused.status_code == 422
    assert "有 2 处要改" in refused.text
    assert "请填单位全称" in refused.text
    assert "太长，最多 60 字" in refused.text
    assert fields_of(refused.text, f"{AT}/unit")["short_names"] == ["<云汐>"]
    assert "<云汐>" not in refused.text


def test_a_change_is_undone_with_one_button_also_to_what_ships() -> None:
    """The history keeps both, with who and why."""
    house = SettingHouse()
    house.sets("rules", RULES, reason="自己的词")
    browser = house.browser("admin-1")
    page = browser.get(f"{AT}/rules").text
    answer = browser.post(f"{AT}/rules/undo", data=fields_of(page, f"{AT}/rules/undo"))

    assert answer.headers["location"] == f"{AT}/rules?done=undone"
    assert "rules" not in read_settings(house.stores.records, []).units[UNIT].tables
    html = browser.get(answer.headers["location"]).text
    assert "已撤销" in html
    assert "自己的词" in html
    assert "理由：撤销" in html


def test_an_undo_of_what_somebody_changed_meanwhile_is_refused() -> None:
    """Neither is lost."""
    house = SettingHouse()
    house.sets("places", {"places": ["柳湾镇"]})
    browser = house.browser("admin-1")
    fields = fields_of(browser.get(f"{AT}/places").text, f"{AT}/places/undo")
    house.sets("places", {"places": ["青石镇"]})

    assert browser.post(f"{AT}/places/undo", data=fields).status_code == 409
    assert house.revision("places") == 2


def test_what_ships_holds_again_by_one_button() -> None:
    """However often the unit has changed it."""
    house = SettingHouse()
    house.sets("escalation", {"gives_back_after_hours": 24})
    house.sets("escalation", {"gives_back_after_hours": 12})
    browser = house.browser("leader-1")
    fields = fields_of(browser.get(f"{AT}/escalation").text, f"{AT}/escalation/reset")

    assert browser.post(f"{AT}/escalation/reset", data=fields).status_code == 303
    assert "escalation" not in house.service.settings.units[UNIT].tables or house.service.settings.refresh()
    assert "出厂设定" in browser.get(f"{AT}/escalation").text


def test_a_text_that_cannot_be_read_is_refused_and_kept() -> None:
    """No TOML; and TOML that its reader refuses, with every problem of it."""
    browser = SettingHouse().browser("admin-1")
    broken = browser.post(f"{AT}/clocks", data={"as": "text", "revision": "0", "toml": "[[clock"})
    wrong = browser.post(f"{AT}/clocks", data={"as": "text", "revision": "0", "toml": '[[clock]]\nid = "a"\nfoo = 1'})

    assert (broken.status_code, wrong.status_code) == (422, 422)
    assert "多半是少了引号或括号" in broken.text
    assert "[[clock" in broken.text
    assert "CFG-401" in wrong.text
    assert wrong.text.count("CFG-402") > 2


def test_a_setting_that_nobody_knows_is_not_there() -> None:
    """Nor another unit's."""
    browser = SettingHouse().browser("admin-1")

    assert browser.get(f"{AT}/colour").status_code == 404
    assert browser.get("/u/linxi-mz/settings/places").status_code == 404


def test_another_process_sees_a_change_with_its_next_look(tmp_path: Path) -> None:
    """Its own connections to the same files; it looks once a second at the latest, so that 2 s are kept."""
    ours, theirs = (bootstrap.open_stores(bootstrap.Folder(tmp_path)) for _ in range(2))
    with closing(ours), closing(theirs):
        house = SettingHouse(stores=ours)
        other, browser = bootstrap.settings_of(theirs), house.browser("admin-1")
        looked = saves(browser, "places", places="柳湾镇")
        confirms(browser, "places", looked.text)

        assert house.service.settings.units[UNIT].places == ("柳湾镇",)
        assert other.refresh()
        assert other.units[UNIT].places == ("柳湾镇",)
        assert max(LOOKS_EVERY_SECONDS, POLL_SECONDS, signature(Ticker).parameters["seconds"].default) <= 1.0
