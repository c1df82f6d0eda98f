"""The projectors of the log: what a batch makes of incidents and of marks on groups, in the append's transaction."""

import json
import sqlite3
from collections.abc import Iterable

from pipeline.domain.event import Batch, Event
from pipeline.domain.event_data import groups_named, text, texts
from pipeline.domain.event_types import upcast
from pipeline.domain.incident import Incident
from pipeline.domain.incident_json import bytes_of_incident, incident_from_bytes
from pipeline.domain.people import GroupMark
from pipeline.domain.unit_state import UnitState, evolve_batch

from .groups import renew_todos
from .marks import marks_of, write_marks
from .merges import PARTS, absorbed_among

_UPSERT = """
    INSERT INTO incidents (unit, id, state, level, is_open, revision, opened_at, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (unit, id) DO UPDATE
    SET state = excluded.state, level = excluded.level, is_open = excluded.is_open, revision = excluded.revision,
        body = excluded.body
"""


def project(connection: sqlite3.Connection, batch: Batch) -> None:
    """
    The projections hold what the batch decided.

    A batch changes only the incidents and groups that its events name, so no other part of the unit's state is read.
    """
    incidents = stored_incidents(connection, batch.unit, {event.incident for event in batch.events})
    groups = sorted({group for event in batch.events for group in groups_named(upcast(event).data)})
    marks = {
        group: mark for (_, group), mark in marks_of(connection, [(batch.unit, group) for group in groups]).items()
    }
    after = evolve_batch(UnitState(batch.unit, batch.seq - 1, incidents, marks), batch)
    _write_incidents(connection, batch.unit, after.incidents.values())
    _write_timeline(connection, batch)
    _renew_marks(connection, [mark for group, mark in after.marks.items() if marks.get(group) != mark])
    for event in map(upcast, batch.events):
        if event.type == "group_split":
            _move_mentions(connection, batch.unit, event)


def absorbed_in(connection: sqlite3.Connection, batch: Batch) -> str | None:
    """Return a group that the batch decides about and that is part of another by now; None where there is none."""
    return absorbed_among(
        connection, batch.unit, {group for event in batch.events for group in groups_named(event.data)}
    )


def forget(connection: sqlite3.Connection, unit: str) -> None:
    """Every projection of the unit is deleted."""
    connection.execute("DELETE FROM incidents WHERE unit = ?", (unit,))
    connection.execute("DELETE FROM incident_batches WHERE unit = ?", (unit,))
    marked = connection.execute("DELETE FROM group_marks WHERE unit = ? RETURNING id", (unit,)).fetchall()
    renew_todos(connection, [(unit, group) for (group,) in marked])


def stored_incidents(connection: sqlite3.Connection, unit: str, ids: Iterable[str]) -> dict[str, Incident]:
    """Return the incidents that there are of the ids."""
    rows = connection.execute(
        "SELECT i.id, i.body FROM json_each(?) AS wanted CROSS JOIN incidents AS i"
        " ON i.unit = ? AND i.id = wanted.value",
        (json.dumps(sorted(set(ids))), unit),
    )
    return {incident: incident_from_bytes(body) for incident, body in rows}


def _write_incidents(connection: sqlite3.Connection, unit: str, incidents: Iterable[Incident]) -> None:
    connection.executemany(
        _UPSERT,
        [
            (unit, i.id, i.state.value, i.level, i.is_open, i.revision, i.times.opened_at, bytes_of_incident(i))
            for i in incidents
        ],
    )


def _write_timeline(connection: sqlite3.Connection, batch: Batch) -> None:
    told = sorted({event.incident for event in batch.events if event.incident})
    connection.executemany(
        "INSERT OR IGNORE INTO incident_batches (unit, incident, seq) VALUES (?, ?, ?)",
        [(batch.unit, incident, batch.seq) for incident in told],
    )


def _renew_marks(connection: sqlite3.Connection, marks: list[GroupMark]) -> None:
    if marks:
        write_marks(connection, marks)
        renew_todos(connection, [(mark.unit, mark.group) for mark in marks])


def _move_mentions(connection: sqlite3.Connection, unit: str, event: Event) -> None:
    """The mentions that a person split off have their new group, so that no reload folds them back."""
    connection.execute(
        f"{PARTS} UPDATE mentions SET in_group = ?3 WHERE unit = ?1 AND in_group IN (SELECT id FROM parts)"
        " AND post IN (SELECT value FROM json_each(?4))",
        (unit, text(event.data, "group"), text(event.data, "into"), json.dumps(texts(event.data, "posts"))),
    )
