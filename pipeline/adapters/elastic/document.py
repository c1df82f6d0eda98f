"""A document as it was read, and a write of one, as the stores of this package hand them to the client."""

from dataclasses import dataclass
from typing import Any

from .wire import Json


@dataclass(frozen=True, slots=True)
class Doc:
    """A document as it was read; `seq_no` and `term` are what a later `replace` asks to be unchanged."""

    index: str
    id: str
    source: Json
    seq_no: int = -1
    term: int = 0
    sort: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """
    One write of a bulk: `create` (must be new), `index` (whatever was there) or `delete`.

    With `seen` the document must still stand as it was read.
    """

    op: str
    index: str
    id: str
    source: Json | None = None
    seen: Doc | None = None
