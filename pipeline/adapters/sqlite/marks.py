"""Marks: what people decided about groups, folded from the log, beside the machine's fields of the groups."""

import json
import sqlite3
from collections.abc import Iterable, Mapping

from pipeline.domain.group_json import mark_from_json, mark_to_json
from pipeline.domain.people import GroupMark

_UPSERT = """
    INSERT INTO group_marks (unit, id, state, owner, seq, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (unit, id) DO UPDATE
    SET state = excluded.state, owner = excluded.owner, seq = excluded.seq, body = excluded.body
"""


def marks_of(connection: sqlite3.Connection, keys: Iterable[tuple[str, str]]) -> Mapping[tuple[str, str], GroupMark]:
    """Return the marks that there are on the (unit, group) pairs."""
    rows = connection.execute(
        "SELECT k.unit, k.id, k.body FROM json_each(?) AS wanted CROSS JOIN group_marks AS k"
        " ON k.unit = json_extract(wanted.value, '$[0]') AND k.id = json_extract(wanted.value, '$[1]')",
        (json.dumps(list(keys)),),
    )
    return {(unit, group): mark_from_json(body) for unit, group, body in rows}


def write_marks(connection: sqlite3.Connection, marks: Iterable[GroupMark]) -> None:
    """The marks are as given."""
    connection.executemany(
        _UPSERT,
        [(mark.unit, mark.group, str(mark.state), mark.owner, mark.seq, mark_to_json(mark)) for mark in marks],
    )
