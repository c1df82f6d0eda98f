"""The ledger: every matter with what is on record of it, in words; what was erased is said to be, and by role."""

import pytest

from pipeline.domain.order import Order
from tests.http_house import UNIT
from tests.letter_house import NAME, PHONE, LetterHouse, row
from tests.workbooks import cells_of, part_of

CONDUCT = "民政局窗口工作人员态度恶劣，吃拿卡要，办低保要送礼"
ROLES = frozenset({"duty", "leader"})


def ledger(house: LetterHouse, by: str = "duty-1", query: str = "") -> dict[str, dict[str, str]]:
    """Return number of the letter (else the title) → column → what stands there."""
    cells = cells_of(house.browser(by).get(f"/u/{UNIT}/ledger.xlsx{query}").content)
    head = next(index for index, line in enumerate(cells) if line[0] == "编号")
    rows = [
        dict(zip(map(str, cells[head]), [str(cell or "") for cell in line], strict=True)) for line in cells[head + 1 :]
    ]
    return {one["来件编号"] or one["标题"]: one for one in rows}


def does(house: LetterHouse, command: str, incident: str, text: str = "", **fields: object) -> None:
    house.keys = getattr(house, "keys", 0) + 1  # type: ignore[attr-defined]  # keys of one test
    order = Order(UNIT, command, {"incident": incident, **fields}, "duty-1", ROLES, f"k{house.keys}", text)  # type: ignore[attr-defined]
    house.service.clerk.carry_out(order)


@pytest.fixture(scope="module")
def house() -> LetterHouse:
    """One letter worked to its end, one answered elsewhere, one about staff."""
    made = LetterHouse()
    made.imports([row(1), row(2, "敬老院还有床位没有", answered="2026-11-23 08:50"), row(3, CONDUCT)])
    (one,) = [letter for letter in made.letters() if letter.ref == "YX000001"]
    does(made, "acknowledge", one.incident)
    does(made, "leader_note", one.incident, "请社会救助股三日内办结")
    does(made, "answer_line", one.incident, "已说明每月十日发放", post=one.post, how="phone")
    settle = {"disposition": "resolved", "verdict": "partly_true", "reply": "answered", "how": "phone"}
    does(made, "settle", one.incident, "系统延迟，当日已补发", **settle)
    does(made, "comment", one.incident, "回访：本人表示满意")
    does(made, "comment", one.incident, "已归入三季度案例")
    return made


def test_every_column_is_filled_from_what_is_on_record(house: LetterHouse) -> None:
    """Nothing is typed twice: the leader's note, the verdict, the measures, the answer, the follow-up."""
    line = ledger(house)["YX000001"]

    assert line["来源平台"] == "12345 工单"
    assert "请社会救助股三日内办结" in line["领导批示"]
    assert "部分属实" in line["核实结论及证据"]
    assert "系统延迟，当日已补发" in line["处置措施"]
    assert "已说明每月十日发放" in line["回应（渠道、内容）"]
    assert "已答复（电话）" in line["来件答复情况"]
    assert "回访：本人表示满意" in line["回访"]
    assert "已归入三季度案例" in line["备注"]
    assert line["办结时间"]


def test_what_another_system_answered_stands_with_its_words(house: LetterHouse) -> None:
    """As its list said it, and when."""
    line = ledger(house)["YX000002"]

    assert "2026-11-23 08:50 已电话答复" in line["回应（渠道、内容）"]
    assert line["办理状态"].startswith("已办结")


def test_a_complaint_about_staff_is_one_line_without_words_for_the_desk(house: LetterHouse) -> None:
    """The leader reads it."""
    assert "涉工作作风，由分管领导决定" in ledger(house)
    assert CONDUCT[:10] not in str(ledger(house))
    assert CONDUCT[:10] in str(ledger(house, "leader-1"))


def test_no_column_says_who_somebody_is(house: LetterHouse) -> None:
    """Neither headings nor cells."""
    told = ledger(house)

    assert not any("人" in heading.replace("本人", "") for heading in next(iter(told.values())))
    assert NAME not in str(told)
    assert PHONE not in str(told)


def test_the_page_and_the_table_say_how_fresh_they_are(house: LetterHouse) -> None:
    """Up to which moment, the last decision, how many sources are alive."""
    page = house.desk.get(f"/u/{UNIT}/ledger").text
    notes = str(cells_of(house.desk.get(f"/u/{UNIT}/ledger.xlsx").content)[:5])

    for said in ("数据截至 2026-11-23 11:13", "在线信源 2/2", "最后一次办理记录 2026-11-23 11:13"):
        assert said in page
        assert said in notes
    assert "这段时间共 3 件" in page


@pytest.mark.parametrize("query", ["?since=昨天", "?since=2026-12-01&until=2026-11-01"])
def test_a_time_that_is_none_is_said_on_the_page(house: LetterHouse, query: str) -> None:
    """And no table is made of it."""
    answer = house.desk.get(f"/u/{UNIT}/ledger.xlsx{query}")

    assert (answer.status_code, "▲" in answer.text) == (422, True)


def test_a_time_without_matters_is_an_empty_table(house: LetterHouse) -> None:
    """With its head; a day counts to its end."""
    assert ledger(house, query="?since=2025-01-01&until=2025-12-31") == {}
    assert len(ledger(house, query="?since=2026-11-23&until=2026-11-23")) == 3


def test_what_was_erased_is_said_to_be_erased() -> None:
    """The matter stays, its words are gone."""
    house = LetterHouse()
    house.imports([row(1, "敬老院还有床位没有")])
    (letter,) = house.letters()
    house.stores.posts.erase(frozenset({letter.post}), house.clock.now())

    (line,) = ledger(house).values()
    assert line["标题"] == "已删除"
    assert "敬老院" not in str(line)


@pytest.mark.parametrize("text", ["=HYPERLINK(0)", "+86 12", "-3 度", "＝1+1"])
def test_text_that_begins_like_a_formula_is_text(text: str) -> None:
    """From the letter, through the door, into ledger and list."""
    house = LetterHouse()
    house.takes(f"工单编号,诉求内容\r\n1,{text}\r\n".encode("gb18030"), "12345.csv")

    for table in ("ledger", "letters"):
        data = house.desk.get(f"/u/{UNIT}/{table}.xlsx").content
        assert text in str(cells_of(data))
        assert b"<f>" not in part_of(data, "xl/worksheets/sheet1.xml")
