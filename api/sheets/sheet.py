"""A table that somebody hands in: headings, and rows with the number that he sees beside them in his program."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

MOST_BYTES = 20 * 1024 * 1024
"""Of the file as it is handed in."""
MOST_ROWS = 100_000
MOST_COLUMNS = 200
LONGEST_CELL = 32_767
"""Characters of one cell; it is also what spreadsheet programs allow."""


@dataclass(frozen=True, slots=True)
class Fault:
    """
    What is wrong with one cell: its column (0 is the first), a code that the runbook explains, and a sentence.

    SHT-201 a formula without a stored result, SHT-202 an error value, SHT-203 a number whose last digits are lost,
    SHT-204 a cell that is too long. The cell's text is then empty, but for SHT-203, where it is what is left of it.
    """

    column: int
    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row: `number` is the line that spreadsheet programs show beside it; there is one cell for each heading."""

    number: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows that are read while they are asked for; asked again, they are read again."""

    read: Callable[[], Iterator[SheetRow]]

    def __iter__(self) -> Iterator[SheetRow]:
        """Begin at the first row below the headings."""
        return self.read()


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    One sheet of a file. `others` are the sheets that hold something too and were not read.

    A heading that spans several rows is joined by a blank; a column without a heading has "". `last_number` is at
    least the number of the last row, for progress.
    """

    name: str
    headings: tuple[str, ...]
    rows: Iterable[SheetRow]
    others: tuple[str, ...] = ()
    last_number: int = 0
