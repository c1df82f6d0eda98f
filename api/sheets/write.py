"""A workbook for people: plain cells, a frozen heading, no formula and no macro; the same table is the same bytes."""

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

LONGEST = 32_000
"""Characters of a cell; what is longer is cut, and says so."""
_STARTS_A_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
_NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_WHEN = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
CUT = "…（此处截断，全文见系统）"


@dataclass(frozen=True, slots=True)
class Table:
    """
    One sheet: `notes` stand above the headings, a line each; `widths` are columns' widths in characters.

    Cells are texts, whole numbers or nothing. A text stays a text, whatever it begins with.
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[str | int | None]]
    notes: Sequence[str] = ()
    widths: Mapping[int, int] = field(default_factory=dict)
    width: int = 14


def write_workbook(*tables: Table) -> bytes:
    """Return the workbook of the tables, in their order."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for table in tables:
        _write(book, table)
    buffer = io.BytesIO()
    book.save(buffer)
    return _same_each_time(buffer.getvalue())


def _write(book: Any, table: Table) -> None:  # noqa: ANN401 - openpyxl knows no types
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(_NOT_IN_TITLES.sub(" ", table.title)[:31] or "1")
    for column in range(len(table.headings)):
        sheet.column_dimensions[get_column_letter(column + 1)].width = table.widths.get(column, table.width)
    heading_at = len(table.notes) + 1
    sheet.freeze_panes = f"A{heading_at + 1}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{heading_at}:{heading_at}"
    wrapped, bold = Alignment(wrap_text=True, vertical="top"), Font(bold=True)
    for note in table.notes:
        sheet.append([_cell(sheet, note)])
    headings = [_cell(sheet, heading, wrapped) for heading in table.headings]
    for cell in headings:
        cell.font = bold
    sheet.append(headings)
    for row in table.rows:
        sheet.append([None if value is None or value == "" else _cell(sheet, value, wrapped) for value in row])


def _cell(sheet: Any, value: str | int, alignment: Any = None) -> Any:  # noqa: ANN401 - openpyxl knows no types
    """Return a cell that shows the value and can be nothing but it."""
    from openpyxl.cell import WriteOnlyCell

    if isinstance(value, int):
        cell = WriteOnlyCell(sheet, value=value)
    else:
        text = _UNWRITABLE.sub("\ufffd", value)
        text = text if len(text) <= LONGEST else text[: LONGEST - len(CUT)] + CUT
        cell = WriteOnlyCell(sheet, value=text)
        cell.data_type = "s"
        if _STARTS_A_FORMULA.match(text):
            cell.quotePrefix = True
    if alignment is not None:
        cell.alignment = alignment
    return cell


def _same_each_time(data: bytes) -> bytes:
    """Return the workbook without the moment at which it was written: that stands in its notes, where people look."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for part in sorted(old.infolist(), key=lambda each: (each.filename != "[Content_Types].xml", each.filename)):
            content = old.read(part)
            if part.filename == "docProps/core.xml":
                content = _WHEN.sub(rb"\g<1>2000-01-01T00:00:00Z", content)
            entry = zipfile.ZipInfo(part.filename, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, content)
    return buffer.getvalue()
