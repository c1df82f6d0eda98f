"""What people see in a cell: numbers as they are written, dates as ISO in China's time, and what is wrong with it."""

import datetime as dt
import re

from .moment import iso_of_cell
from .sheet import LONGEST_CELL, Fault

MOST_DIGITS = 15
"""Spreadsheet programs keep no more digits of a number; the others become 0."""
_EXPONENT = re.compile(r"\d(?:\.\d+)?[Ee]\+?(\d+)")
_AS_TEXT = re.compile(r'="([^"]*)"')
_ZEROS = re.compile(r"0{2,20}")


def shown_number(value: float, number_format: str) -> str:
    """Return a number as people read it: 3 and not 3.0, 0042 where the cell says so, 12% where it is a share."""
    if number_format.endswith("%") and abs(value) < 1e6:
        return f"{round(value * 100, 6):g}%"
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e22):
        return str(int(value)).zfill(len(number_format) if _ZEROS.fullmatch(number_format) else 0)
    return f"{value:.15g}"


def shown(value: object, number_format: str = "") -> str:
    """Return what people see of a value that a workbook holds."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return shown_number(value, number_format)
    if isinstance(value, dt.datetime | dt.date | dt.time | dt.timedelta):
        return iso_of_cell(value)
    return str(value).strip()


def shown_text(text: str) -> str:
    """Return what people see of a cell of a text file: without blanks and tabs around it, and ="0042" as 0042."""
    text = text.strip().strip("\ufeff")
    written = _AS_TEXT.fullmatch(text)
    return written[1] if written else text


def fault_of(column: int, text: str, value: object = "") -> Fault | None:
    """Return what is wrong with the cell, None where nothing is; a number of a text file is known by its exponent."""
    if len(text) > LONGEST_CELL:
        sentence = f"the cell holds more than {LONGEST_CELL:,} characters; shorten it"
        return Fault(column, "SHT-204", sentence)
    if isinstance(value, int | float) and not isinstance(value, bool):
        has_lost = abs(value) >= 10**MOST_DIGITS
    else:
        match = _EXPONENT.fullmatch(text)
        has_lost = match is not None and len(match[1]) < 3 and int(match[1]) >= MOST_DIGITS
    if not has_lost:
        return None
    sentence = f"a number of more than {MOST_DIGITS} digits, whose last ones the program replaced by 0"
    return Fault(column, "SHT-203", f"{sentence}; make the column text, enter it again, or export it anew")
