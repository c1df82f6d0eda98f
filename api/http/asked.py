"""What routes take from an address: how many, from where on, since when. What cannot be read is told by its field."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Path, Query

from pipeline.domain.bad_order import Problem as FieldProblem
from pipeline.domain.post import Millis

from .problem import Problem

ISO_TIME = r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$"
_ID = r"^[!-~]+$"

Unit = Annotated[str, Path(max_length=64, pattern=_ID, description="A unit's id", examples=["yunxi-mz"])]
IncidentId = Annotated[str, Path(max_length=200, pattern=_ID, examples=["5f2c0a9d1b7e4c3f8a6d0e21"])]
GroupId = Annotated[str, Path(max_length=200, pattern=_ID, examples=["0b6a54f1d2c34e7a9f108b3c"])]
PostId = Annotated[str, Path(max_length=200, pattern=_ID, examples=["9f86d081884c7d659a2feaa0c55ad015"])]
Limit = Annotated[int, Query(ge=1, le=200, description="At most so many")]
Cursor = Annotated[
    str | None, Query(max_length=200, description="The `cursor` of the page before; left out: the first page")
]
Time = Annotated[
    str | None,
    Query(pattern=ISO_TIME, description="ISO 8601 with an offset", examples=["2026-11-23T00:00:00+08:00"]),
]


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is asked for."""

    cursor: Cursor = None
    limit: Limit = 50


ThePage = Annotated[Page, Depends()]
"""Type of a handler's parameter that receives which part of a list is asked for."""


def moment_of(field: str, given: str | None) -> Millis | None:
    """Return the moment that an address names; raises Problem (HTP-422) where there is no such day or hour."""
    if given is None:
        return None
    try:
        at = datetime.fromisoformat(given)
        return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000)
    except (ValueError, OverflowError):
        sentence = "there is no such moment; write one such as 2026-11-23T00:00:00+08:00"
        raise bad_field(field, sentence) from None


def bad_field(field: str, sentence: str) -> Problem:
    """Return the answer to whoever filled in one field of an address or a header wrongly."""
    cause, _, next_step = sentence.rpartition("; ")
    return Problem(422, "HTP-422", f"{field}: {cause}", next_step).about([FieldProblem(field, sentence)])
