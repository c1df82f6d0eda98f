"""A sheet before it is known where its headings stand: cells by row, and which of them were merged."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .sheet import Fault


@dataclass(frozen=True, slots=True)
class Block:
    """Merged cells: first and last row and column, counted as the file does from 1."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row of the file with its number; cells at the end that hold nothing are left out."""

    number: int
    cells: tuple[str, ...]
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """The rows of a sheet, read anew at each call, without the empty ones; `merged` in the order of the file."""

    name: str
    rows: Callable[[], Iterator[GridRow]]
    merged: Sequence[Block] = ()
    others: tuple[str, ...] = ()
    last_number: int = 0
