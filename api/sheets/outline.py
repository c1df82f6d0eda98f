"""What a sheet is made of, seen in one pass before it is read: its size, merged cells, formulas without a result."""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from pipeline.domain.errors import BadInput

from .grid import Block
from .package import damaged
from .sheet import MOST_COLUMNS, MOST_ROWS

MOST_MERGED = 200_000
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_HAS_EMPTY_RESULT = "str"
"""The type of a formula's cell whose stored result is a text, which may be empty."""


@dataclass(slots=True)
class Outline:
    """`rows` and `columns`: the last that hold something. `unsolved`: (row, column) of formulas without a result."""

    rows: int = 0
    columns: int = 0
    merged: list[Block] = field(default_factory=list)
    unsolved: set[tuple[int, int]] = field(default_factory=set)


def outline_of(package: zipfile.ZipFile, part: str, name: str) -> Outline:
    """Return the outline of a sheet; raise BadInput (SHT-102 to 104, 108) where it is too much, or damaged."""
    found, filled = Outline(), 0
    try:
        with package.open(part) as stream:
            for row, cells in _rows(stream, found):
                filled += bool(cells)
                if filled > MOST_ROWS:
                    raise _too_many_rows(name)
                found.rows = max(found.rows, row) if cells else found.rows
                found.columns = max([found.columns, *cells])
    except (ParseError, DefusedXmlException, zipfile.BadZipFile, EOFError, ValueError, OSError) as cause:
        raise damaged(name) from cause
    if found.columns > MOST_COLUMNS:
        sentence = f"{name}: more than {MOST_COLUMNS} columns; delete the columns that are not needed"
        raise BadInput(sentence, code="SHT-104")
    return found


def _rows(stream: Any, found: Outline) -> Iterator[tuple[int, list[int]]]:  # noqa: ANN401 - a part of a zip archive
    """Yield the number of each row and the columns of it that hold something; merges and formulas are noted."""
    cells: list[int] = []
    row, column = 0, 0
    for _, element in iterparse(stream, events=("end",)):
        tag = element.tag
        if tag.endswith("}c"):
            row, column = _place(element.get("r"), row, column)
            holds, is_unsolved = _seen(element)
            if holds:
                cells.append(column)
            if is_unsolved:
                found.unsolved.add((row, column))
        elif tag.endswith("}row"):
            row = int(element.get("r") or row + 1)
            yield row, cells
            cells, column = [], 0
            element.clear()
        elif tag.endswith("}mergeCell"):
            _note_merge(str(element.get("ref")), found)


def _place(reference: str | None, row: int, column: int) -> tuple[int, int]:
    """Return row and column of a cell; one that does not say where it stands follows the one before."""
    match = _CELL.fullmatch(reference or "")
    return (int(match[2]), _column(match[1])) if match else (row, column + 1)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _seen(element: Any) -> tuple[bool, bool]:  # noqa: ANN401 - an element of whichever parser is there
    """Return whether a cell holds something, and whether it is a formula without a stored result."""
    has_value = has_text = has_formula = False
    for child in element:
        tag = child.tag
        if tag.endswith("}v"):
            has_value = bool(child.text)
        elif tag.endswith("}f"):
            has_formula = True
        elif tag.endswith("}is"):
            has_text = True
    is_unsolved = has_formula and not has_value and element.get("t") != _HAS_EMPTY_RESULT
    return has_value or has_text or has_formula, is_unsolved


def _note_merge(reference: str, found: Outline) -> None:
    first, _, last = reference.partition(":")
    one, other = _CELL.fullmatch(first), _CELL.fullmatch(last)
    if one and other and len(found.merged) < MOST_MERGED:
        found.merged.append(Block(int(one[2]), _column(one[1]), int(other[2]), _column(other[1])))


def _too_many_rows(name: str) -> BadInput:
    return BadInput(f"{name}: more than {MOST_ROWS:,} rows; divide it into several files", code="SHT-103")
