"""Where the headings of a sheet stand: below the title lines of an official table, over one row or several."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from pipeline.domain.errors import BadInput

from .grid import Block, Grid, GridRow
from .sheet import Rows, Sheet, SheetRow

SEARCHED = 30
"""Rows at the top among which the headings are looked for."""
LONGEST_HEADING = 40
DEEPEST = 4
"""Rows that a block of headings may have."""
_VALUE = re.compile(r"[-+]?[\d.,]+%?|\d{4}[-/年.]\d{1,2}.*|.+[：:].+")
"""What is no heading: a number, a date, and the "填报单位：…" of a title line."""


def sheet_of(grid: Grid, name: str) -> Sheet:
    """Return the sheet with its headings and the rows below; raise BadInput (SHT-109) where there are none."""
    top = list(islice(grid.rows(), SEARCHED))
    found = _heading_at(top, grid.merged)
    if found is None:
        sentence = f"{name}: no row of headings was found among the first {SEARCHED}"
        raise BadInput(f"{sentence}; let the first row name the columns", code="SHT-109")
    last = _block_end(top, found, grid.merged)
    rows = [row for row in top if found.number <= row.number <= last]
    width = max(len(row.cells) for row in top)
    headings = tuple(_heading(rows, column, grid.merged) for column in range(width))
    below = _Below(grid, last, len(headings))
    return Sheet(grid.name, headings, Rows(below.rows), grid.others, grid.last_number)


def _heading_at(top: Sequence[GridRow], merged: Sequence[Block]) -> GridRow | None:
    """Return the first row that has as many names as the table has columns, or nearly."""
    widest = max((len(_filled(row)) for row in top), default=0)
    enough = 1 if widest < 2 else max(2, widest * 0.6)
    wide = {block.top: block for block in merged if block.right > block.left}
    for row in top:
        names = _names(row)
        spread = sum(b.right - b.left for b in merged if b.top == row.number) if row.number in wide else 0
        if names and len(names) + (spread if len(names) > 1 else 0) >= enough and len(names) * 2 > len(_filled(row)):
            return row
    return None


def _filled(row: GridRow) -> Sequence[str]:
    return [cell for cell in row.cells if cell]


def _names(row: GridRow) -> Sequence[str]:
    return [cell for cell in _filled(row) if len(cell) <= LONGEST_HEADING and not _VALUE.fullmatch(cell)]


def _block_end(top: Sequence[GridRow], found: GridRow, merged: Sequence[Block]) -> int:
    """Return the last row of the headings: as deep as a merged one reaches, or one more below a wide one."""
    in_row = [block for block in merged if block.top == found.number]
    deep = max((block.bottom for block in in_row), default=found.number)
    if deep == found.number and any(block.right > block.left for block in in_row):
        below = next((row for row in top if row.number == found.number + 1), None)
        under = {
            column for block in in_row for column in range(block.left - 1, block.right) if block.right > block.left
        }
        if below and below.cells and all(i in under for i, cell in enumerate(below.cells) if cell):
            deep = below.number
    return min(deep, found.number + DEEPEST - 1)


def _heading(rows: Sequence[GridRow], column: int, merged: Sequence[Block]) -> str:
    """Return the column's name: what stands in it or is merged over it, from above to below, each once."""
    parts: list[str] = []
    for row in rows:
        text = row.cells[column] if column < len(row.cells) else ""
        if not text:
            over = next((b for b in merged if b.top == row.number and b.left - 1 <= column < b.right), None)
            text = row.cells[over.left - 1] if over and over.left - 1 < len(row.cells) else ""
        if text and text not in parts:
            parts.append(" ".join(text.split()))
    return " ".join(parts)


class _Below:
    """The rows below the headings; a value that is merged over rows counts for each of them."""

    def __init__(self, grid: Grid, after: int, width: int) -> None:
        self._grid, self._after, self._width = grid, after, width
        tall = [block for block in grid.merged if block.bottom > block.top and block.top > after]
        self._tall = sorted(tall, key=lambda block: block.top)

    def rows(self) -> Iterator[SheetRow]:
        """Yield the rows; each has as many cells as there are headings."""
        waiting, open_ones = iter([*self._tall, None]), dict[int, tuple[int, str]]()
        coming = next(waiting)
        for row in self._grid.rows():
            if row.number <= self._after:
                continue
            cells = [*row.cells, *("" for _ in range(self._width - len(row.cells)))][: self._width]
            is_own = any(row.cells)
            while coming is not None and coming.top <= row.number:
                column = coming.left - 1
                if coming.top == row.number and column < self._width:
                    open_ones[column] = (coming.bottom, cells[column])
                coming = next(waiting)
            for column, (bottom, text) in list(open_ones.items()):
                if row.number > bottom:
                    del open_ones[column]
                elif not cells[column]:
                    cells[column] = text
            if is_own or row.faults:
                yield SheetRow(row.number, tuple(cells), tuple(f for f in row.faults if f.column < self._width))
