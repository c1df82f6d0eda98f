"""Workbooks for tests, as offices and other systems write them; all that they say is invented."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook, load_workbook

LETTERS = ("编号", "受理时间", "内容", "来信人", "联系电话", "办理期限", "办理结果", "答复时间", "答复方式")


def workbook(rows: Iterable[Sequence[object]], *, merged: Iterable[str] = (), title: str = "工单") -> bytes:
    """Return an .xlsx of one sheet; `merged` are ranges as A1:F1."""
    book = Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for block in merged:
        sheet.merge_cells(block)
    return saved(book)


def saved(book: Workbook) -> bytes:
    """Return the workbook's bytes."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def cells_of(data: bytes) -> list[list[object]]:
    """Return what stands in the first sheet of a workbook, formulas as such."""
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()]


def archive(parts: Mapping[str, bytes]) -> bytes:
    """Return a zip archive of these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return buffer.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Return the workbook with one part replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return archive({one: package.read(one) for one in package.namelist()} | {name: content})


def part_of(data: bytes, name: str) -> bytes:
    """Return one part of a workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return package.read(name)
