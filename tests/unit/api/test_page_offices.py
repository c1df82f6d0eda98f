"""The directory of offices in the console: imported with every problem on its line, changed, absent in two clicks."""

import io
import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.sheets import Table, write_workbook
from pipeline.domain.office import read_offices
from tests.http_house import UNIT
from tests.office_house import JIUZHU, OfficeHouse
from tests.stored import work

HEADINGS = (
    "序号",
    "单位名称",
    "单位类别",
    "负责业务",
    "辖区",
    "联络员",
    "联络员邮箱",
    "备用联络员",
    "备用联络员邮箱",
    "邮箱",
)
AT = f"/u/{UNIT}/offices"


@pytest.fixture
def house() -> OfficeHouse:
    """A house with two offices, and an administrator."""
    made = OfficeHouse()
    made.hire("boss", "admin")
    return made


def browser(house: OfficeHouse) -> TestClient:
    """Return the administrator's browser."""
    return house.browser("boss")


def offices(house: OfficeHouse) -> dict[str, Any]:
    """Return the directory as it holds now, by name."""
    own = house.service.settings.units[UNIT].tables["offices"]
    return {office.name: office for office in read_offices(own)}


def pasted(*rows: tuple[str, ...], headings: tuple[str, ...] = HEADINGS) -> dict[str, str]:
    """Return what a person sends who pastes cells."""
    return {"pasted": "\n".join("\t".join(row) for row in (headings, *rows))}


def hidden(page: str) -> dict[str, str]:
    """Return the hidden fields of the form that saves an import, with the columns as they are chosen."""
    form = page[page.index("<main") :]
    fields = re.findall(r'<input type="hidden" name="(table|revision)" value="([^"]*)"', form)
    columns = re.findall(r'<select id="[^"]*" name="(column_\w+)">(.*?)</select>', form, re.DOTALL)
    chosen = {name: found[1] for name, body in columns if (found := re.search(r'value="(\d+)" selected', body))}
    return {**{name: unescape(value) for name, value in fields}, **chosen}


YANGLAO = ("1", "养老服务股", "股室", "养老服务、高龄津贴", "", "养老股内勤", "yl@yunxi.example", "", "", "")


def test_a_table_is_shown_with_what_it_would_change_and_then_saved(house: OfficeHouse) -> None:
    """The first look writes nothing; the second step does, with author and reason."""
    looked = browser(house).post(f"{AT}/import", data=pasted(YANGLAO))
    assert "新增 1 个" in looked.text
    assert "养老服务股" not in offices(house)
    saved = browser(house).post(f"{AT}/import", data={**hidden(looked.text), "step": "save"})

    assert saved.status_code == 303
    made = offices(house)["养老服务股"]
    assert made.lines == ("养老服务", "高龄津贴")
    assert made.liaison.post == "养老股内勤"
    assert re.fullmatch(r"dw-[a-z]{8}", made.id)
    record = house.stores.records.history("setting", UNIT, "offices")[0]
    assert (record.author, "新增 1" in record.reason) == ("account:boss", True)


def test_a_workbook_is_read_with_the_line_numbers_of_its_program(house: OfficeHouse) -> None:
    """The file of a spreadsheet program, with line numbers as it shows them."""
    rows = [
        YANGLAO,
        ("2", "", "股室", "", "", "", "", "", "", ""),
        ("3", "柳湾敬老院", "酒店", "", "", "张伟", "bad", "", "", ""),
    ]
    data = write_workbook(Table("名册", HEADINGS, rows))
    files = {"file": ("名册.xlsx", io.BytesIO(data), "application/octet-stream")}
    page = browser(house).post(f"{AT}/import", data={}, files=files).text

    assert "第 3 行，单位名称：必须填写" in page
    assert "第 4 行，单位类别：“酒店”不是单位类别" in page
    assert "第 4 行“联络员”" in page
    assert "第 4 行，联络员邮箱：“bad”不是邮箱地址" in page
    assert "新增 1 个" in page


@pytest.mark.parametrize("cell", ["张伟", "王主任", "内勤13800000000"])
def test_a_column_of_names_costs_the_names_and_not_the_offices(house: OfficeHouse, cell: str) -> None:
    """Every real list has its people in it: the cells fall, the lines are taken, and it is said which."""
    row = ("1", "婚姻登记处", "局属单位", "婚姻登记", "", cell, "hd@yunxi.example", "", "", "")
    page = browser(house).post(f"{AT}/import", data=pasted(row)).text
    assert "新增 1 个" in page
    assert "第 2 行“联络员”" in page
    browser(house).post(f"{AT}/import", data={**hidden(page), "step": "save"})

    made = offices(house)["婚姻登记处"]
    assert (made.liaison.post, made.liaison.mail) == ("", "hd@yunxi.example")


def test_an_office_that_is_known_by_its_name_is_changed_and_keeps_its_id(house: OfficeHouse) -> None:
    """Columns that the table does not have stay what they were; offices that it does not name stay."""
    rows = (("社会救助股", "救助股内勤岗", "new@yunxi.example"),)
    page = browser(house).post(f"{AT}/import", data=pasted(*rows, headings=("单位", "联络员岗位", "联络员邮箱"))).text
    assert "更新 1 个" in page
    browser(house).post(f"{AT}/import", data={**hidden(page), "step": "save"})

    now = offices(house)
    assert now["社会救助股"].id == "jiuzhu"
    assert now["社会救助股"].liaison.mail == "new@yunxi.example"
    assert now["社会救助股"].lines == ("社会救助",)
    assert "青石镇民政办" in now


def test_the_same_table_twice_changes_nothing(house: OfficeHouse) -> None:
    """Nothing is offered to be saved."""
    row = (
        "1",
        "社会救助股",
        "股室",
        "社会救助",
        "",
        "救助股内勤",
        "neiqin@yunxi.example",
        "救助股经办",
        "jingban@yunxi.example",
        "jiuzhu@yunxi.example",
    )
    page = browser(house).post(f"{AT}/import", data=pasted(row)).text

    assert "没有变化 1 个" in page
    assert "没有可以保存的变化" in page


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (("1", "甲", "股室", "算命", "", "", "", "", "", ""), "“算命”不是本单位的业务领域"),
        (("1", "甲" * 41, "股室", "", "", "", "", "", "", ""), "太长"),
        (("1", "=cmd|' /C calc'!A0", "股室", "", "", "", "", "", "", "=1+1"), "不是邮箱地址"),
    ],
)
def test_a_line_with_something_wrong_is_left_out_and_says_what(
    house: OfficeHouse, row: tuple[str, ...], says: str
) -> None:
    """The other lines are taken."""
    page = browser(house).post(f"{AT}/import", data=pasted(row, YANGLAO)).text

    assert "第 2 行" in page
    assert says in unescape(page)
    assert "新增 1 个" in page


def test_a_table_without_a_column_of_names_asks_which_it_is(house: OfficeHouse) -> None:
    """And goes on with the one that is chosen."""
    first = browser(house).post(f"{AT}/import", data=pasted(("养老服务股", "股室"), headings=("机构简称", "单位类别")))
    assert "没有找到“单位名称”这一列" in first.text
    again = browser(house).post(f"{AT}/import", data={**hidden(first.text), "column_name": "0", "step": "look"})

    assert "新增 1 个" in again.text


@pytest.mark.parametrize(
    ("data", "files"),
    [
        ({}, None),
        ({"pasted": " "}, None),
        ({"table": "{", "column_name": "0"}, None),
        ({"table": '{"headings":[],"lines":[[1]]}'}, None),
        ({}, {"file": ("a.xlsx", b"PK\x03\x04 no workbook", "x")}),
        ({}, {"file": ("a.xls", b"\xd0\xcf\x11\xe0" + bytes(600), "x")}),
        ({}, {"file": ("a.csv", bytes((2 << 20) + 1), "x")}),
    ],
    ids=["nothing", "blanks", "broken", "bent", "no workbook", "old kind", "too large"],
)
def test_what_is_no_table_is_refused_with_a_sentence(house: OfficeHouse, data: dict[str, str], files: Any) -> None:
    """Nothing is changed, and the page asks again."""
    before = offices(house)
    answer = browser(house).post(f"{AT}/import", data=data, files=files)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert offices(house) == before


def test_a_liaison_is_absent_in_two_clicks_and_back_in_one(house: OfficeHouse) -> None:
    """The list offers the usual ends; the directory says who is written to meanwhile."""
    page = browser(house).get(AT).text
    (day,) = set(re.findall(r'name="until" value="([\d-]+)">到本周日', page))
    assert browser(house).post(f"{AT}/absence", data={"office": "jiuzhu", "until": day}).status_code == 303
    assert "邮件发给备用联络员：救助股经办" in browser(house).get(AT).text
    browser(house).post(f"{AT}/absence", data={"office": "jiuzhu"})

    assert "邮件发给联络员：救助股内勤" in browser(house).get(AT).text


def test_an_absence_that_is_no_day_or_of_no_office_is_refused(house: OfficeHouse) -> None:
    """A slip changes nothing."""
    assert browser(house).post(f"{AT}/absence", data={"office": "jiuzhu", "until": "下周"}).status_code == 422
    assert browser(house).post(f"{AT}/absence", data={"office": "nobody", "until": "2026-11-30"}).status_code == 404


def test_one_office_is_changed_and_what_is_wrong_stands_beside_its_field(house: OfficeHouse) -> None:
    """What was typed stays."""
    typed = {
        "was": "jiuzhu",
        "name": "社会救助股",
        "liaison_post": "张伟",
        "liaison_mail": "x",
        "lines": "低保、算命",
        "revision": "1",
    }
    wrong = browser(house).post(f"{AT}/edit", data=typed)
    assert wrong.status_code == 422
    for part in ("像是姓名", "不是邮箱地址", "算命", 'value="张伟"'):
        assert part in wrong.text
    right = {**typed, "liaison_post": "内勤岗", "liaison_mail": "n@yunxi.example", "lines": "最低生活保障"}

    assert browser(house).post(f"{AT}/edit", data=right).status_code == 303
    assert offices(house)["社会救助股"].lines == ("低保",)


def test_nobodys_change_is_written_over(house: OfficeHouse) -> None:
    """Whoever had an older list is told so, and his text stays."""
    house.sets_offices(JIUZHU)
    answer = browser(house).post(f"{AT}/edit", data={"name": "新单位", "revision": "1"})

    assert answer.status_code == 409
    assert "刚才别人改过名册" in answer.text
    assert 'value="新单位"' in answer.text


def test_an_office_with_an_open_assignment_is_not_removed(house: OfficeHouse) -> None:
    """Its link and its reminders would lead to nobody."""
    house.assigns()
    remove = {"was": "jiuzhu", "name": "社会救助股", "revision": "1", "remove": "1"}
    assert "没办结的交办" in browser(house).post(f"{AT}/edit", data=remove).text
    house.does("recall_office", incident=house.incident, office="jiuzhu")

    assert browser(house).post(f"{AT}/edit", data=remove).status_code == 303
    assert "社会救助股" not in offices(house)


def test_the_form_that_is_printed_holds_what_the_office_needs(house: OfficeHouse) -> None:
    """Number, both offices, subject, request, due time, room to sign and to answer; nothing of other offices."""
    house.assigns("qingshi", "请入户核实")
    house.does("comment", "仅供内部", incident=house.incident)
    answer = house.browser("duty-1").get(f"/u/{UNIT}/incidents/{house.incident}/assignments/qingshi/print")

    for part in ("事项交办单", "青石镇民政办", "请入户核实", "编号", "前反馈", "签收岗位", "盖章", "退回"):
        assert part in answer.text
    assert "仅供内部" not in answer.text


def test_no_form_is_printed_for_an_office_complained_about_or_without_an_assignment(house: OfficeHouse) -> None:
    """Paper is as much a way to it as mail."""
    at = f"/u/{UNIT}/incidents/{house.incident}/assignments/jiuzhu/print"
    assert house.browser("duty-1").get(at).status_code == 404
    house.assigns()
    house.does("record_claim", "反映该股推诿", incident=house.incident, offices=["jiuzhu"])

    assert house.browser("duty-1").get(at).status_code == 409


def test_what_was_merged_into_a_complaint_about_staff_is_not_printed_under_its_old_id(house: OfficeHouse) -> None:
    """As by mail and by link: before the leader has decided, any office may be the one complained about."""
    house.assigns()
    complaint = house.opens("云汐县低保窗口态度恶劣", group="g2")
    house.does("acknowledge", incident=complaint)
    row = house.stores.posts.group(UNIT, "g2").row  # type: ignore[union-attr]  # it was just opened
    house.stores.posts.commit(work([], [], [replace(row, conduct=1)], to=900))
    house.does("merge", incident=complaint, others=[house.incident], by="leader-1")
    at = f"/u/{UNIT}/incidents/{house.incident}/assignments/jiuzhu/print"

    assert [house.browser(who).get(at).status_code for who in ("duty-1", "leader-1")] == [403, 409]


def test_the_desk_is_offered_the_offices_that_fit_with_the_reasons(house: OfficeHouse) -> None:
    """The best one is chosen already; one that the complaint is about is neither proposed nor offered."""
    at = f"/u/{UNIT}/incidents/{house.incident}"
    page = house.browser("duty-1").get(at).text
    assert re.search(r'value="jiuzhu" selected>社会救助股（推荐：业务 社会救助）', page)
    house.does("record_claim", "反映该股推诿", incident=house.incident, offices=["jiuzhu"])
    form = house.browser("duty-1").get(at).text
    form = form[form.index("do/assign_office") :]

    assert 'value="jiuzhu"' not in form[: form.index("</form>")]


def test_an_answer_by_phone_is_shown_as_recorded_on_behalf(house: OfficeHouse) -> None:
    """Who recorded it, and by which means it came; what the office sends itself has neither."""
    house.assigns()
    house.does("office_receive", incident=house.incident, office="jiuzhu", how="phone")
    house.does("office_answer", "电话告知本月补发", incident=house.incident, office="jiuzhu", how="phone")
    page = house.browser("duty-1").get(f"/u/{UNIT}/incidents/{house.incident}").text

    assert "社会救助股 签收（电话代录）" in page
    assert "社会救助股 反馈（电话代录）" in page
