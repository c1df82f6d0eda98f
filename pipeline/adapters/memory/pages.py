"""Pages of groups in memory: which group comes before which, and where a page goes on."""

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import GroupView


def newest(view: GroupView) -> tuple[Millis, str]:
    """Return by what groups are sorted."""
    return (view.row.last_at, view.row.id)


_LONGEST_MOMENT = 17
"""Digits of a moment in a cursor; a longer one is no moment."""


def behind_of(cursor: str | None) -> tuple[Millis, str] | None:
    """Return behind which group a page begins; None is the first page."""
    if cursor is None:
        return None
    last_at, _, group = cursor.partition(".")
    if not last_at.lstrip("-").isdecimal() or len(last_at) > _LONGEST_MOMENT:
        raise BadInput(f"{cursor!r} is no cursor of a page; ask for the first page without one", code="INP-201")
    return int(last_at), group
