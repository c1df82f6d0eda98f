"""Group rows and the marks beside them as JSON text: the form of the stores. Equal rows and marks give equal text."""

import json
from dataclasses import asdict, fields

from .group import GroupRow, TodoReason
from .people import GroupMark

_GROUP_FIELDS = tuple(field.name for field in fields(GroupRow))


def group_to_json(row: GroupRow) -> str:
    """Return a group row as JSON text."""
    return json.dumps({name: getattr(row, name) for name in _GROUP_FIELDS}, ensure_ascii=False, separators=(",", ":"))


def group_from_json(text: str) -> GroupRow:
    """Return the group row that `group_to_json` wrote."""
    values = json.loads(text)
    todo = values.get("todo")
    values["todo"] = None if todo is None else TodoReason(todo)
    return GroupRow(**values)


def mark_to_json(mark: GroupMark) -> str:
    """Return a mark as JSON text."""
    return json.dumps(asdict(mark), ensure_ascii=False, separators=(",", ":"))


def mark_from_json(text: str) -> GroupMark:
    """Return the mark that `mark_to_json` wrote."""
    values = json.loads(text)
    values["seen_reasons"] = tuple(values["seen_reasons"])
    return GroupMark(**values)
