"""What we write is cells and nothing else: no text becomes a formula in anybody's program."""

import io

import pytest
from openpyxl import load_workbook

from api.sheets import Table, read_sheet, write_workbook
from tests.workbooks import part_of

DANGEROUS = (
    "=1+1",
    "+86",
    "-3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    '=HYPERLINK("http://x","y")',
    "＝1+1",
    "=cmd|' /C calc'!A0",
)


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_is_text_in_every_cell(text: str) -> None:
    """In a note, in a heading and below: no formula element, and the mark that programs show a quotation mark for."""
    data = write_workbook(Table("台账", [text], [[text]], notes=[text]))

    cells = [row[0] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]
    assert [(cell.data_type, bool(cell.quotePrefix)) for cell in cells] == [("s", True)] * 3
    assert b"<f>" not in part_of(data, "xl/worksheets/sheet1.xml")


def test_what_was_written_is_read_again() -> None:
    """Numbers are numbers, nothing is nothing, text stays."""
    data = write_workbook(Table("台账", ["编号", "条数", "内容"], [["X-1", 3, "低保\n怎么办"], ["X-2", None, "=1"]]))

    assert [row.cells for row in read_sheet(data, "a.xlsx").rows] == [("X-1", "3", "低保\n怎么办"), ("X-2", "", "=1")]


def test_the_same_table_is_the_same_bytes() -> None:
    """Two files of the same data can be compared."""
    table = Table("台账", ["编号"], [["X-1"]])

    assert write_workbook(table) == write_workbook(table)


def test_the_heading_is_frozen_below_the_notes_and_there_are_no_macros() -> None:
    """Whoever scrolls still sees what a column is."""
    data = write_workbook(
        Table("台账", ["编号"], [["X-1"]], notes=["截至 2026-11-24", "在线信源 9/12"], widths={0: 30})
    )

    book = load_workbook(io.BytesIO(data))
    assert book.worksheets[0].freeze_panes == "A4"
    assert book.worksheets[0].column_dimensions["A"].width == 30
    assert book.vba_archive is None


def test_what_no_cell_can_hold_is_made_visible_or_cut_with_a_word() -> None:
    """Control characters and halves of characters; more than a cell holds."""
    data = write_workbook(Table("台[账]/", ["a"], [["x\x00\x07\ud800y"], ["长" * 40_000]]))

    sheet = load_workbook(io.BytesIO(data)).worksheets[0]
    assert sheet["A2"].value == "x\ufffd\ufffd\ufffdy"
    assert sheet["A3"].value.endswith("全文见系统）")
    assert len(sheet["A3"].value) == 32_000
