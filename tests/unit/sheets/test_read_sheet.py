"""Tables are read as people see them, whatever wrote them; what cannot be read is refused by a sentence."""

import datetime as dt

import openpyxl
import pytest

from api.sheets import read_sheet
from pipeline.domain.errors import BadInput
from tests.workbooks import archive, part_of, saved, with_part, workbook

OFFICIAL = (
    ["云汐县民政局来信来访登记表"],
    ["填报单位：云汐县民政局", None, None, "填报时间：2026年11月"],
    ["编号", "来件人", None, "受理时间", "内容"],
    [None, "姓名", "电话"],
    ["X-1", "甲", "一", dt.datetime.fromisoformat("2026-11-24 09:30"), "低保怎么办"],
    [None, "乙", "二", dt.date(2026, 11, 25), "养老院收费"],
)  # fmt: skip
MERGED = ("A1:E1", "A3:A4", "B3:C3", "D3:D4", "E3:E4", "A5:A6")


def test_headings_are_found_below_the_title_and_merged_values_count_for_each_row() -> None:
    """An official table: title, who fills it in, a heading of two rows, one number merged over two letters."""
    sheet = read_sheet(workbook(OFFICIAL, merged=MERGED), "a.xlsx")

    assert sheet.headings == ("编号", "来件人 姓名", "来件人 电话", "受理时间", "内容")
    assert [(row.number, row.cells[0], row.cells[3]) for row in sheet.rows] == [
        (5, "X-1", "2026-11-24T09:30:00+08:00"),
        (6, "X-1", "2026-11-25"),
    ]


def test_numbers_are_what_people_see() -> None:
    """No 1.0 and no 1E+11; leading zeros of a number's format stay; a share is a share."""
    book = openpyxl.Workbook()
    for row in (["编号", "条数", "手机", "率"], [7, 3.0, 13800000000.0, 0.125]):
        book.active.append(row)
    book.active["A2"].number_format, book.active["D2"].number_format = "0000", "0.0%"

    cells = next(iter(read_sheet(saved(book), "a.xlsx").rows)).cells

    assert cells == ("0007", "3", "13800000000", "12.5%")


def test_a_long_number_is_warned_of() -> None:
    """Programs keep 15 digits; the others are 0, and an order's number would be another order's."""
    row = next(iter(read_sheet(workbook([["编号", "内容"], [202611240000012345, "x"]]), "a.xlsx").rows))

    assert [(fault.column, fault.code) for fault in row.faults] == [(0, "SHT-203")]


def test_a_formula_is_its_stored_result_or_a_fault_and_never_computed() -> None:
    """What another program stored with the formula is read; without it the cell is empty and says why."""
    book = workbook([["编号", "内容"], ["=1+1", "x"], ["=2+2", "y"]])
    sheet = part_of(book, "xl/worksheets/sheet1.xml")
    solved = sheet.replace(b"<f>1+1</f><v></v>", b"<f>1+1</f><v>2</v>").replace(
        b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>"
    )

    rows = list(read_sheet(with_part(book, "xl/worksheets/sheet1.xml", solved), "a.xlsx").rows)

    assert solved != sheet
    assert [(row.cells, [fault.code for fault in row.faults]) for row in rows] == [
        (("2", "x"), []),
        (("", "y"), ["SHT-201"]),
    ]


def test_an_error_value_is_a_fault() -> None:
    """#N/A is no value."""
    row = next(iter(read_sheet(workbook([["编号", "内容"], ["a", "#N/A"]]), "a.xlsx").rows))

    assert [fault.code for fault in row.faults] == ["SHT-202"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [",", "\t"])
def test_text_tables_are_read_in_every_encoding(encoding: str, delimiter: str) -> None:
    """The same table, saved by any program: a cell of two lines is one row, ="001" is 001, tabs around are no text."""
    lines = [["编号", "内容", "受理时间"], ['"=""001"""', '"低保，\n怎么办"', "2026/11/3 9:05"], ["\t2\t", "养老", ""]]
    if delimiter == "\t":
        lines[2][0] = " 2 "
    text = "\r\n".join(delimiter.join(line) for line in lines)

    sheet = read_sheet(text.encode(encoding), "a.csv")

    assert sheet.headings == ("编号", "内容", "受理时间")
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (2, ("001", "低保，\n怎么办", "2026/11/3 9:05")),
        (3, ("2", "养老", "")),
    ]


def test_rows_can_be_read_again() -> None:
    """Whoever showed the first rows begins anew for the import."""
    rows = read_sheet(workbook([["编号", "内容"], ["1", "a"], ["2", "b"]]), "a.xlsx").rows

    assert list(rows) == list(rows)


def test_the_first_sheet_that_holds_something_is_read_and_the_others_are_named() -> None:
    """An empty first sheet is no reason to refuse; what was not read is said."""
    book = openpyxl.Workbook()
    book.create_sheet("一").append(["编号", "内容"])
    book.create_sheet("二").append(["地名"])

    sheet = read_sheet(saved(book), "a.xlsx")

    assert (sheet.name, sheet.others) == ("一", ("二",))
    assert read_sheet(saved(book), "a.xlsx", sheet="二").headings == ("地名",)


BOMB = archive({"xl/workbook.xml": b"", "xl/sharedStrings.xml": b"0" * 65_000_000})
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet>&b;</worksheet>"""
TWO = workbook([["编号", "内容"], ["1", "a"]])


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("SHT-101", b"a" * (20 * 1024 * 1024 + 1)),
        ("SHT-102", BOMB),
        ("SHT-104", workbook([[f"列{n}" for n in range(201)]])),
        ("SHT-105", LOCKED),
        ("SHT-106", LOCKED[:512]),
        ("SHT-107", "<html><table><tr><td>编号".encode()),
        ("SHT-107", "\ufeff<table border=1>".encode("utf-16-le")),
        ("SHT-107", b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'),
        ("SHT-108", TWO[: len(TWO) // 2]),
        ("SHT-108", with_part(TWO, "xl/worksheets/sheet1.xml", b"<worksheet><sheetData><row>")),
        ("SHT-108", with_part(TWO, "xl/worksheets/sheet1.xml", LAUGHS)),
        ("SHT-108", with_part(TWO, "xl/workbook.xml", LAUGHS)),
        ("SHT-108", b"\x00\x01\x02\xff" * 100),
        ("SHT-109", b" \n"),
        ("SHT-109", workbook([])),
        ("SHT-111", b"%PDF-1.7"),
        ("SHT-111", archive({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b""})),
    ],
)
def test_what_is_no_table_is_refused_by_name(code: str, data: bytes) -> None:
    """The sentence names the file and the next step; nothing was unpacked that is too large."""
    with pytest.raises(BadInput, match=r"表\.xlsx: .+; .+") as refusal:
        list(read_sheet(data, "表.xlsx").rows)

    assert refusal.value.code == code


@pytest.mark.parametrize("rows", [3, 60_000])
def test_a_quotation_mark_that_is_never_closed_is_refused_with_its_row(rows: int) -> None:
    """The rest of the file would be one cell."""
    text = '编号,内容\n1,a\n2,"b\n' + "3,c\n" * rows

    with pytest.raises(BadInput, match="in row 3 ") as refusal:
        list(read_sheet(text.encode(), "a.csv").rows)

    assert refusal.value.code == "SHT-108"


def test_too_many_rows_are_refused_before_they_are_held() -> None:
    """Of a text table while it is read."""
    with pytest.raises(BadInput) as refusal:
        sum(1 for _ in read_sheet(b"a,b\n" * 100_002, "a.csv").rows)

    assert refusal.value.code == "SHT-103"


def test_cells_that_only_look_like_something_make_no_column_and_no_row() -> None:
    """A format down to the last row of the program is nothing that people see."""
    book = openpyxl.Workbook()
    book.active.append(["编号", "内容"])
    book.active.append(["1", "a"])
    book.active.cell(row=200_000, column=300).number_format = "0.00"

    sheet = read_sheet(saved(book), "a.xlsx")

    assert (sheet.headings, sheet.last_number) == (("编号", "内容"), 2)
