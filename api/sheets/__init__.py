"""Spreadsheets in and out: the only home of openpyxl. `read_sheet` raises BadInput (SHT-1nn)."""

from .moment import CellMoment, read_moment
from .read import read_sheet
from .sheet import Fault, Sheet, SheetRow
from .write import Table, write_workbook

__all__ = ["CellMoment", "Fault", "Sheet", "SheetRow", "Table", "read_moment", "read_sheet", "write_workbook"]
