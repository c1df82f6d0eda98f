"""A list waits in memory alone, for its account, for a while; an import that is cut off says how far it came."""

from collections.abc import Callable

import pytest

from api.letters.imports import HELD_FOR, KIND, MOST_HELD, SILENT_FOR, Imports
from api.letters.taking import Taken
from api.sheets import Sheet
from pipeline.domain.errors import StoreUnavailable
from tests.http_house import UNIT
from tests.letter_house import HEADINGS, NAME, PHONE, LetterHouse, row
from tests.workbooks import workbook

LIST = workbook([HEADINGS, row(1), row(2)])


def imports_of(house: LetterHouse) -> Imports:
    imports: Imports = house.app.state.imports
    return imports


def test_a_list_is_held_for_its_account_and_no_longer_than_said() -> None:
    """Whoever comes later hands it in again; nothing is typed twice for it, since columns are remembered."""
    house = LetterHouse()
    page = house.hands_in(LIST)

    assert house.browser("leader-1").get(page).status_code == 422
    house.clock.at += HELD_FOR + 1
    answer = house.desk.get(page)
    assert (answer.status_code, "重新交表" in answer.text) == (422, True)


def test_only_so_many_lists_are_held_and_the_oldest_gives_way() -> None:
    """Memory has a bound."""
    house = LetterHouse()
    pages = []
    for _ in range(MOST_HELD + 1):
        pages.append(house.hands_in(LIST))
        house.clock.at += 1

    assert house.desk.get(pages[0]).status_code == 422
    assert [house.desk.get(page).status_code for page in pages[1:]] == [200] * MOST_HELD


def test_what_is_recorded_of_an_import_names_nobody() -> None:
    """Numbers of rows and codes, not a word of a row."""
    house = LetterHouse()
    house.imports([row(1), row("")])

    (record,) = house.stores.records.list(KIND, UNIT)
    assert NAME not in record.value
    assert PHONE not in record.value
    assert record.author == "duty-1"


def cut_off(taken: Taken, told: Callable[[Taken], None]) -> Taken:
    taken.taken, taken.last = 1, 2
    told(taken)
    raise StoreUnavailable("the disk is full", code="STO-001")


def test_an_import_that_fails_says_why_and_how_far_it_came() -> None:
    """And the list is forgotten."""
    house = LetterHouse()
    held = imports_of(house).hold(UNIT, "duty-1", "12345.xlsx", LIST)

    def take(_sheet: Sheet, told: Callable[[Taken], None]) -> Taken:
        return cut_off(Taken(), told)

    imports_of(house).start(held, take)
    page = house.desk.get(f"/u/{UNIT}/letters/imports/{held.token}").text
    assert "导入没有完成（STO-001），已读到第 2 行" in page
    assert imports_of(house).held(held.token, UNIT, "duty-1") is None


def test_an_import_whose_process_ended_is_told_as_cut_off() -> None:
    """Another process knows only that nothing was heard for a minute; taking the list again repeats nothing."""
    house = LetterHouse()
    imports = imports_of(house)
    held = imports.hold(UNIT, "duty-1", "12345.xlsx", LIST)
    imports.begin = lambda _work: None  # the process ended before it came to it
    imports.start(held, lambda _sheet, _told: Taken())

    assert "正在导入" in house.desk.get(f"/u/{UNIT}/letters/imports/{held.token}").text
    house.clock.at += SILENT_FOR + 1
    assert "导入被打断" in house.desk.get(f"/u/{UNIT}/letters/imports/{held.token}").text


def test_an_import_is_started_once() -> None:
    """A second click leads to the same result."""
    house = LetterHouse()
    imports = imports_of(house)
    held = imports.hold(UNIT, "duty-1", "12345.xlsx", LIST)
    runs: list[str] = []

    def take(_sheet: Sheet, _told: Callable[[Taken], None]) -> Taken:
        runs.append("run")
        return Taken()

    assert imports.start(held, take) == imports.start(held, take) == held.token
    assert runs == ["run"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "请选择一个"),
        (b"<table><tr><td>\xe7\xbc\x96\xe5\x8f\xb7", "这其实是网页"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧格式"),
        (LIST[:200], "文件损坏"),
        (b"a" * (10 << 20 | 1), "超过 10 MB"),
    ],
)
def test_what_is_no_list_is_said_on_the_page(data: bytes, said: str) -> None:
    """In plain words, with what to do."""
    house = LetterHouse()
    answer = house.desk.post(f"/u/{UNIT}/letters/import", files={"file": ("12345.xls", data)})

    assert (answer.status_code, said in answer.text) == (422, True)


def test_columns_that_cannot_be_are_shown_again_with_what_is_wrong() -> None:
    """All that was chosen stays; nothing was taken."""
    house = LetterHouse()
    page = house.hands_in(LIST)

    answer = house.desk.post(page, data={"origin": "LETTER", "column_ref": "0", "column_content": "0"})
    assert answer.status_code == 422
    assert "同一栏选了两次" in answer.text
    assert 'value="LETTER" checked' in answer.text
    assert house.stores.bus.read(None, 10) == []


def test_whether_done_means_answered_must_be_said_where_no_column_says_it() -> None:
    """A list with 办结时间 alone; whoever says yes has them answered when they were done."""
    house = LetterHouse()
    headings = ("工单编号", "受理时间", "诉求内容", "办结时间")
    page = house.hands_in(workbook([headings, ("1", "2026-11-20", "低保", "2026-11-21")]))
    form = {
        "origin": "HOTLINE",
        "column_ref": "0",
        "column_received_at": "1",
        "column_content": "2",
        "column_done_at": "3",
    }

    assert "请说明办结的来件是否都已答复" in house.desk.post(page, data=form).text
    house.desk.post(page, data={**form, "done_is_answered": "yes"})
    house.work()
    assert [letter.outcome for letter in house.letters()] == ["answered"]
