"""Where a page of groups begins: behind the last one of the page before, newest first."""

from .errors import BadInput
from .group import GroupRow
from .post import Millis

_LONGEST_MOMENT = 17
"""Digits of a moment in a cursor; a longer one is no moment."""


def cursor_behind(row: GroupRow) -> str:
    """Return the cursor of the page that follows the row."""
    return f"{row.last_at}.{row.id}"


def place_behind(cursor: str) -> tuple[Millis, str]:
    """Return the time and the group behind which the page begins. Raises BadInput (INP-201) where it is no cursor."""
    last_at, _, group = cursor.partition(".")
    if not last_at.lstrip("-").isdecimal() or len(last_at) > _LONGEST_MOMENT:
        raise BadInput(f"{cursor!r} is no cursor of a page; ask for the first page without one", code="INP-201")
    return int(last_at), group
