"""An .xlsx workbook, row by row: stored results are read, nothing is computed, and no more than a row is held."""

import io
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.domain.errors import BadInput

from .cell import fault_of, shown
from .grid import Grid, GridRow
from .outline import Outline, outline_of
from .package import damaged, open_package, sheet_parts
from .sheet import Fault

_BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, OSError, zipfile.BadZipFile, SyntaxError)
"""What the library raises on a workbook that no spreadsheet program has written; an error of XML is a SyntaxError."""


def read_workbook(data: bytes, name: str, wanted: str) -> Grid:
    """Return the sheet's cells; raise BadInput (SHT-102 to 111) where the workbook cannot be read."""
    with open_package(data, name) as package:
        parts = sheet_parts(package, name)
        if wanted and wanted not in parts:
            sentence = f"{name}: there is no sheet {wanted!r}; there are {', '.join(parts)}"
            raise BadInput(sentence, code="SHT-110")
        outlines = {title: outline_of(package, part, name) for title, part in parts.items()}
    filled = [title for title, outline in outlines.items() if outline.rows]
    if not filled or (wanted and wanted not in filled):
        raise BadInput(f"{name}: no sheet holds anything; choose the file that holds the table", code="SHT-109")
    title = wanted or filled[0]
    reading = _Reading(data, name, title, outlines[title])
    others = tuple(other for other in filled if other != title)
    return Grid(title, reading.rows, outlines[title].merged, others, outlines[title].rows)


@dataclass(frozen=True, slots=True)
class _Reading:
    """One sheet of a workbook, to be read as often as it is asked for."""

    data: bytes
    name: str
    title: str
    outline: Outline

    def rows(self) -> Iterator[GridRow]:
        """Yield the rows that hold something."""
        from openpyxl import load_workbook

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # parts of a workbook that the library leaves out
                book = load_workbook(io.BytesIO(self.data), read_only=True, data_only=True, keep_links=False)
                sheet = book[self.title]
                sheet.reset_dimensions()
                found = sheet.iter_rows(max_row=self.outline.rows, max_col=self.outline.columns)
                for number, cells in enumerate(found, start=1):
                    row = self._row(number, cells)
                    if any(row.cells) or row.faults:
                        yield row
        except _BROKEN as cause:
            raise damaged(self.name) from cause

    def _row(self, number: int, cells: tuple[Any, ...]) -> GridRow:
        texts: list[str] = []
        faults: list[Fault] = []
        for column, cell in enumerate(cells):
            text, fault = self._cell(number, column, cell)
            texts.append(text)
            faults += [fault] if fault else []
        while texts and not texts[-1]:
            texts.pop()
        return GridRow(number, tuple(texts), tuple(faults))

    def _cell(self, row: int, column: int, cell: Any) -> tuple[str, Fault | None]:  # noqa: ANN401 - a cell of openpyxl
        if (row, column + 1) in self.outline.unsolved:
            sentence = "a formula whose result is not stored; save the file in WPS or Excel, or enter the value itself"
            return "", Fault(column, "SHT-201", sentence)
        value = cell.value
        if value is None:
            return "", None
        if cell.data_type == "e":
            return "", Fault(column, "SHT-202", f"the cell shows the error {value}; mend the formula")
        text = shown(value, cell.number_format or "")
        fault = fault_of(column, text, value)
        return ("" if fault and fault.code == "SHT-204" else text), fault
