"""Reading a table, whatever it was saved as: what cannot be read is refused by a sentence that says what to do."""

from .delimited import read_delimited
from .grid import Grid
from .heading import sheet_of
from .kind import Kind, kind_of
from .sheet import Sheet
from .workbook import read_workbook


def read_sheet(data: bytes, name: str, *, sheet: str = "") -> Sheet:
    """
    Return the sheet of an .xlsx, .csv or .tsv file; without a name the first one that holds something.

    Cells are what people see: dates as ISO in China's time, numbers without 1.0 or 1E+11, formulas as the result
    that was stored with them. Nothing is ever computed. Raises BadInput (SHT-1nn) where the file is none of these.
    """
    grid: Grid = (
        read_workbook(data, name, sheet) if kind_of(data, name) is Kind.WORKBOOK else read_delimited(data, name)
    )
    return sheet_of(grid, name)
