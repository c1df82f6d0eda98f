"""开始设置: a unit out of nothing, five steps that can be skipped and taken up again, and what happens then."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.accounts.people import FIRST_ROLES
from api.config import Config, Crawl
from api.http.setup.progress import STEPS, progress_of
from api.settings.installation import contact_set
from pipeline.workflow.settings import SETTING
from tests.http_house import HttpHouse
from tests.page_house import hidden_in

UNIT = "yxmz"
ABOUT = {"name": "云汐县民政局", "county": "云汐县", "short_names": "县民政局", "id": UNIT, "revision": "0"}
TABLE = "序号\t乡镇\t村\n1\t柳湾镇\t石桥村\n2\t柳湾镇\t石桥村\n"


class EmptyHouse(HttpHouse):
    """An installation without a unit, and its first account `wangmin`, who goes through the steps."""

    def __init__(self, **changes: object) -> None:
        super().__init__(**changes)  # type: ignore[arg-type]  # what HttpHouse takes
        for record in self.stores.records.list(SETTING):
            self.stores.records.remove(SETTING, record.unit, record.key)
        self.service.settings.refresh()
        self.hire("wangmin", *FIRST_ROLES, units=("*",))
        self.officer = self.browser("wangmin")

    def makes_unit(self) -> None:
        """The first step is done."""
        assert self.officer.post("/setup", data=ABOUT).status_code == 303

    def states(self) -> list[str]:
        """Return how the steps stand, in order."""
        progress = progress_of(self.stores.records, UNIT)
        return [progress.states[step].value for step in STEPS]


@pytest.fixture(name="house")
def a_house() -> EmptyHouse:
    """Nothing is set yet."""
    return EmptyHouse()


@pytest.fixture(name="begun")
def a_begun_house() -> EmptyHouse:
    """The unit is made, nothing else."""
    house = EmptyHouse()
    house.makes_unit()
    return house


def sent(browser: TestClient, step: str, path: str = "", **typed: object) -> Any:
    """The form of a step is sent as a browser without JavaScript would; returns the answer."""
    fields: Mapping[str, object] = {**hidden_in(browser.get(f"/u/{UNIT}/setup/{step}").text), **typed}
    return browser.post(f"/u/{UNIT}/setup/{step}{path}", data=fields)


def test_the_first_account_comes_to_the_form_of_the_unit(house: EmptyHouse) -> None:
    """From the front door, in one step."""
    assert house.officer.get("/").headers["location"] == "/setup"
    page = house.officer.get("/setup")

    assert page.status_code == 200
    assert "① 您的单位" in page.text
    assert "跳过" not in page.text


def test_the_unit_is_made_and_every_process_can_know_it(house: EmptyHouse) -> None:
    """Name, short names, county; a record with author and reason; the second step comes."""
    answer = house.officer.post("/setup", data=ABOUT)
    record = house.stores.records.get(SETTING, UNIT, "unit")

    assert (answer.status_code, answer.headers["location"]) == (303, f"/u/{UNIT}/setup/places")
    assert record is not None
    assert (record.author, record.reason) == ("account:wangmin", "开始设置")
    assert json.loads(record.value)["short_names"] == ["县民政局"]
    assert house.service.settings.units[UNIT].profile.county == "云汐县"


def test_an_id_follows_from_the_name_where_none_is_typed(house: EmptyHouse) -> None:
    """The officer need not know that there is one; a second unit gets another."""
    for expected in ("yxmzj", "yxmzj-2"):
        answer = house.officer.post("/setup", data={**ABOUT, "name": "云西民政局", "id": ""})
        assert answer.headers["location"] == f"/u/{expected}/setup/places"


@pytest.mark.parametrize(
    ("slip", "said"),
    [({"name": ""}, "请填单位全称"), ({"id": "云汐"}, "小写字母、数字和横线"), ({"name": "局" * 61}, "60")],
)
def test_a_slip_in_the_unit_keeps_what_was_typed(house: EmptyHouse, slip: dict[str, str], said: str) -> None:
    """Nothing is made."""
    refused = house.officer.post("/setup", data={**ABOUT, **slip})

    assert refused.status_code == 422
    assert said in refused.text
    assert 'value="云汐县"' in refused.text
    assert not house.service.settings.units


def test_who_is_there_for_some_units_makes_no_other(house: EmptyHouse) -> None:
    """An administrator of one unit is none of the installation."""
    house.hire("linadmin", "admin", units=("linxi-mz",))
    refused = house.browser("linadmin").post("/setup", data=ABOUT)

    assert refused.status_code == 403
    assert not house.service.settings.units


def test_what_was_pasted_is_shown_cleaned_before_it_is_saved(begun: EmptyHouse) -> None:
    """What was left out is said; nothing is stored yet."""
    page = sent(begun.officer, "places", "/read", pasted=TABLE)

    assert "整理出 2 个地名" in page.text
    assert "重复 2 处" in page.text
    assert begun.service.settings.units[UNIT].places == ()


def test_the_places_hold_and_the_next_step_comes(begun: EmptyHouse) -> None:
    """Exactly what stood in the box."""
    answer = sent(begun.officer, "places", places="柳湾镇\n石桥村", revision="0")

    assert answer.headers["location"] == f"/u/{UNIT}/setup/words"
    assert begun.service.settings.units[UNIT].places == ("柳湾镇", "石桥村")
    assert begun.states()[:2] == ["done", "done"]


def test_each_step_can_be_skipped_and_is_taken_up_again(begun: EmptyHouse) -> None:
    """What was saved before stays; the page says done, skipped, open; the queue says how many are left."""
    sent(begun.officer, "places", places="柳湾镇", revision="0")
    for step in STEPS[2:]:
        answer = begun.officer.post(f"/u/{UNIT}/setup/skip", data={"step": step})
        assert answer.status_code == 303
    assert begun.states() == ["done", "done", "skipped", "skipped", "skipped"]
    assert "开始设置还差 3 步" in begun.officer.get(f"/u/{UNIT}/queue").text
    page = begun.officer.get(f"/u/{UNIT}/setup/words").text

    assert (page.count("已完成"), page.count("已跳过")) == (2, 3)
    assert "柳湾镇" in begun.officer.get(f"/u/{UNIT}/setup/places").text


def test_who_comes_back_goes_on_where_he_stopped(begun: EmptyHouse) -> None:
    """At the first open step; at the end where none is open."""
    assert begun.officer.get(f"/u/{UNIT}/setup").headers["location"].endswith("/setup/places")
    assert begun.officer.get("/setup").headers["location"] == f"/u/{UNIT}/setup"
    for step in STEPS[1:]:
        begun.officer.post(f"/u/{UNIT}/setup/skip", data={"step": step})
    assert begun.officer.get(f"/u/{UNIT}/setup").headers["location"].endswith("/setup/ready")


def test_skipping_a_step_that_was_done_undoes_nothing(begun: EmptyHouse) -> None:
    """It stays done."""
    begun.officer.post(f"/u/{UNIT}/setup/skip", data={"step": "unit"})

    assert begun.states()[0] == "done"


def test_the_words_as_they_ship_are_taken_with_one_button(begun: EmptyHouse) -> None:
    """Nothing is written as if the unit had set it; trying on sample text saves nothing either."""
    page = begun.officer.get(f"/u/{UNIT}/setup/words").text
    assert "柳湾镇" not in page or "低保" in page
    tried = sent(begun.officer, "words", action="try")
    assert tried.status_code == 200
    assert begun.states()[2] == "open"


def test_nothing_is_crawled_before_there_is_a_contact_and_everything_after(begun: EmptyHouse) -> None:
    """A mailbox or a page; what is neither is refused and stays in its field."""
    refused = sent(begun.officer, "sources", contact="王敏", revision="0")
    assert refused.status_code == 422
    assert 'value="王敏"' in refused.text
    taken = sent(begun.officer, "sources", contact="office@yunxi.example")

    assert "联系方式已保存" in taken.text
    assert contact_set(begun.stores.records) == "office@yunxi.example"


def test_the_fourth_step_takes_an_address_and_shows_the_checklist(begun: EmptyHouse) -> None:
    """As soon as there is a contact; what is added comes back to the step."""
    assert 'name="url"' not in begun.officer.get(f"/u/{UNIT}/setup/sources").text
    page = sent(begun.officer, "sources", contact="office@yunxi.example", revision="0").text

    assert f'action="/u/{UNIT}/sources/add"' in page
    assert f'name="back" value="/u/{UNIT}/setup/sources"' in page
    assert page.count('<details class="panel place"') == 10


def test_the_operators_contact_wins_and_is_shown_as_his() -> None:
    """Nobody types over the file."""
    house = EmptyHouse(config=Config(crawl=Crawl(contact="mailto:it@yunxi.example")))
    house.makes_unit()
    page = house.officer.get(f"/u/{UNIT}/setup/sources").text
    refused = sent(house.officer, "sources", contact="office@yunxi.example", revision="0")

    assert "由配置文件指定" in page
    assert refused.status_code == 422
    assert contact_set(house.stores.records) == ""


def test_the_end_says_what_is_missing_and_where_it_is_mended(begun: EmptyHouse) -> None:
    """No source, nobody told: said, with the way to each step; entering by hand works already."""
    begun.officer.post(f"/u/{UNIT}/setup/skip", data={"step": "telling"})
    page = begun.officer.get(f"/u/{UNIT}/setup/ready").text

    for said in ("还没有填采集用的联系方式", "还没有填通知谁", f"/u/{UNIT}/enter", f"/u/{UNIT}/queue"):
        assert said in page


def test_a_reminder_ends_for_whoever_wants_to_hear_no_more(begun: EmptyHouse) -> None:
    """And is never shown to those who may not change settings."""
    assert "开始设置还差" in begun.officer.get(f"/u/{UNIT}/queue").text
    begun.hire("liduty", "duty", units=(UNIT,))
    assert "开始设置还差" not in begun.browser("liduty").get(f"/u/{UNIT}/queue").text
    begun.officer.post(f"/u/{UNIT}/setup/dismiss")

    assert "开始设置还差" not in begun.officer.get(f"/u/{UNIT}/queue").text
    assert begun.officer.get(f"/u/{UNIT}/setup/places").status_code == 200


def test_what_came_with_apply_is_done_already(begun: EmptyHouse) -> None:
    """Nobody is asked for what the operator's folder has set."""
    sent(begun.officer, "places", places="柳湾镇", revision="0")
    for record in begun.stores.records.list("setup"):
        begun.stores.records.remove("setup", record.unit, record.key)

    assert begun.states()[:3] == ["done", "done", "open"]


def test_two_who_fill_in_one_step_lose_nothing(begun: EmptyHouse) -> None:
    """The second is told, and what he typed stays."""
    sent(begun.officer, "places", places="柳湾镇", revision="0")
    late = begun.officer.post(f"/u/{UNIT}/setup/places", data={"places": "石桥乡", "revision": "0"})

    assert late.status_code == 409
    assert "石桥乡" in late.text
    assert begun.service.settings.units[UNIT].places == ("柳湾镇",)
