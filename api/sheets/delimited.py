"""Tables as text: .csv and .tsv in the encodings that Chinese systems write, told apart by their bytes."""

import codecs
import contextlib
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from statistics import median

from pipeline.domain.errors import BadInput

from .cell import fault_of, shown_text
from .grid import Grid, GridRow
from .package import damaged
from .sheet import MOST_COLUMNS, MOST_ROWS, Fault

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 25
_HEAD = 4_096
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")
_ENDLESS = ("unexpected end of data", "field larger than field limit")


def read_delimited(data: bytes, name: str) -> Grid:
    """Return the table's cells; raise BadInput (SHT-103, 104, 108) where it is too much, or no text."""
    text = _decode(data, name)
    delimiter = max(_DELIMITERS, key=lambda each: _width(text, each))
    _refuse_open_quotation(text, delimiter, name)

    def rows() -> Iterator[GridRow]:
        return _rows(text, delimiter, name)

    return Grid("", rows, last_number=text.count("\n") + 1)


def _decode(data: bytes, name: str) -> str:
    """Return the text: by its mark, as UTF-16 where every second byte is zero, as UTF-8, else as GB18030."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace").replace("\x00", "")
    for encoding in (*_wide(data[:_HEAD]), "utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(_NO_TEXT.findall(text[:_HEAD])) * 50 <= len(text[:_HEAD]):  # a stray one may stand in anybody's words
            return text.replace("\x00", "")
    raise damaged(name)


def _wide(head: bytes) -> tuple[str, ...]:
    """Return how text of two bytes a character must be read, judged by the zeros beside its ASCII."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) < 2 or min(even, odd) * 4 > max(even, odd):
        return ()
    return ("utf-16-le",) if odd > even else ("utf-16-be",)


def _width(text: str, delimiter: str) -> float:
    """Return how many columns the first rows would have."""
    widths: list[int] = []
    with contextlib.suppress(csv.Error):
        widths.extend(len(row) for row in islice(csv.reader(io.StringIO(text), delimiter=delimiter), _SAMPLE) if row)
    return median(widths) if widths else 0


def _refuse_open_quotation(text: str, delimiter: str, name: str) -> None:
    """Refuse a table in which a quotation mark is never closed: all that follows would be one cell."""
    number = 0
    try:
        for number, _ in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), 1):  # noqa: B007
            pass
    except csv.Error as cause:
        if str(cause).startswith(_ENDLESS):
            sentence = f"{name}: in row {number + 1} a quotation mark is not closed, or a cell is far too long"
            raise BadInput(f"{sentence}; mend that row and save it again", code="SHT-108") from cause


def _rows(text: str, delimiter: str, name: str) -> Iterator[GridRow]:
    """Yield the rows; their number counts rows as a spreadsheet program would, a cell of several lines as one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    filled = 0
    for number, cells in enumerate(reader, start=1):
        row = _row(number, cells)
        if not any(row.cells):
            continue
        filled += 1
        if filled > MOST_ROWS:
            raise BadInput(f"{name}: more than {MOST_ROWS:,} rows; divide it into several files", code="SHT-103")
        if len(row.cells) > MOST_COLUMNS:
            sentence = f"{name}: row {number} has more than {MOST_COLUMNS} columns; delete what is not needed"
            raise BadInput(sentence, code="SHT-104")
        yield row


def _row(number: int, cells: list[str]) -> GridRow:
    texts: list[str] = []
    faults: list[Fault] = []
    for column, cell in enumerate(cells):
        text = shown_text(cell)
        fault = fault_of(column, text)
        faults += [fault] if fault else []
        texts.append("" if fault and fault.code == "SHT-204" else text)
    while texts and not texts[-1]:
        texts.pop()
    return GridRow(number, tuple(texts), tuple(faults))
