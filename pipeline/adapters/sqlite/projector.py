"""The projectors of the log: what a batch makes of the marks on groups, in the append's own transaction."""

import sqlite3

from pipeline.domain.event import Batch, Event
from pipeline.domain.people import mark_event

from .groups import renew_todos
from .marks import marks_of, write_marks


def project(connection: sqlite3.Connection, batch: Batch) -> None:
    """The projections hold what the batch decided."""
    _project_marks(connection, batch)


def forget(connection: sqlite3.Connection, unit: str) -> None:
    """Every projection of the unit is deleted."""
    marked = connection.execute("DELETE FROM group_marks WHERE unit = ? RETURNING id", (unit,)).fetchall()
    renew_todos(connection, [(unit, group) for (group,) in marked])


def _project_marks(connection: sqlite3.Connection, batch: Batch) -> None:
    named = sorted({group for event in batch.events for group in _groups_of(event)})
    if not named:
        return
    before = {group: mark for (_, group), mark in marks_of(connection, [(batch.unit, g) for g in named]).items()}
    marks = dict(before)
    for event in batch.events:
        mark_event(marks, event, unit=batch.unit, seq=batch.seq)
    changed = [mark for group, mark in marks.items() if before.get(group) != mark]
    write_marks(connection, changed)
    renew_todos(connection, [(mark.unit, mark.group) for mark in changed])


def _groups_of(event: Event) -> list[str]:
    one, many = event.data.get("group"), event.data.get("groups")
    groups = [one] if isinstance(one, str) else []
    return groups + [group for group in many if isinstance(group, str)] if isinstance(many, list) else groups
