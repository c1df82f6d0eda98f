"""A document as it was read, and a write of one, as the stores of this package hand them to the client."""

import json
from dataclasses import dataclass
from typing import Any

from .families import FAMILIES
from .wire import Json

_UNKEPT = frozenset(name for family in FAMILIES for name in family.unkept)


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


def stands_as(there: Json, written: Json) -> bool:
    """Whether what stands there is what was written, but for fields that the server does not give back."""
    return _canonical(there) == _canonical(written)


def _canonical(source: Json) -> str:
    return json.dumps({name: value for name, value in source.items() if name not in _UNKEPT}, sort_keys=True)
