"""Group rows: the machine's fields, written by the worker, beside the marks that the log's projector leaves."""

import sqlite3
from collections.abc import Iterable, Sequence

from pipeline.domain.group import GroupRow
from pipeline.domain.group_json import group_from_json, group_to_json, mark_from_json
from pipeline.domain.group_page import cursor_behind, place_behind
from pipeline.domain.people import is_todo
from pipeline.ports import GroupView, Page

from .marks import marks_of
from .merges import group_now
from .writer import Writer

_UPSERT = """
    INSERT INTO group_rows (unit, id, last_at, is_todo, change, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (unit, id) DO UPDATE
    SET last_at = excluded.last_at, is_todo = excluded.is_todo, change = excluded.change, body = excluded.body
    WHERE body <> excluded.body OR is_todo <> excluded.is_todo
"""
_VIEW = """
    SELECT g.body, k.body, g.is_todo FROM group_rows AS g
    LEFT JOIN group_marks AS k ON k.unit = g.unit AND k.id = g.id
"""


def write_rows(connection: sqlite3.Connection, rows: Sequence[GroupRow]) -> None:
    """The machine's fields of the groups are these; what people decided about them stays."""
    if not rows:
        return
    change = next_change(connection)
    marks = marks_of(connection, [(row.unit, row.id) for row in rows])
    connection.executemany(
        _UPSERT,
        [
            (row.unit, row.id, row.last_at, is_todo(marks.get((row.unit, row.id)), row), change, group_to_json(row))
            for row in rows
        ],
    )


def replace_rows(writer: Writer, unit: str, rows: Sequence[GroupRow]) -> None:
    """
    The unit's rows are exactly these, in as many transactions as the write rule asks (MECHANICS §8).

    No row is ever shown half: each goes from what it was to what it is. Rows of groups that are no more go last.
    """
    writer.write_in_slices(rows, write_rows)
    ids = {row.id for row in rows}
    with writer.transaction(bulk=True) as connection:
        stored = connection.execute("SELECT id FROM group_rows WHERE unit = ?", (unit,)).fetchall()
    writer.write_in_slices(sorted((unit, group) for (group,) in stored if group not in ids), _delete_rows)


def _delete_rows(connection: sqlite3.Connection, keys: Sequence[tuple[str, str]]) -> None:
    connection.executemany("DELETE FROM group_rows WHERE unit = ? AND id = ?", keys)


def renew_todos(connection: sqlite3.Connection, keys: Iterable[tuple[str, str]]) -> None:
    """Whether the groups are to-dos follows their marks again, and the live view sees them as changed."""
    wanted = list(keys)
    change = next_change(connection)
    marks = marks_of(connection, wanted)
    for unit, group in wanted:
        found = connection.execute("SELECT body FROM group_rows WHERE unit = ? AND id = ?", (unit, group)).fetchone()
        if found is not None:
            todo = is_todo(marks.get((unit, group)), group_from_json(found[0]))
            connection.execute(
                "UPDATE group_rows SET is_todo = ?, change = ? WHERE unit = ? AND id = ?", (todo, change, unit, group)
            )


def next_change(connection: sqlite3.Connection) -> int:
    """Return the number that group rows changed in this transaction carry."""
    connection.execute(
        "INSERT INTO counters (name, value) VALUES ('group_change', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )
    row = connection.execute("SELECT value FROM counters WHERE name = 'group_change'").fetchone()
    return int(row[0])


def view_of_group(connection: sqlite3.Connection, unit: str, group: str) -> GroupView | None:
    """Return one group as the desk lists it, an absorbed one as the group that it is part of."""
    now = group_now(connection, unit, group)
    row = connection.execute(f"{_VIEW} WHERE g.unit = ? AND g.id = ?", (unit, now)).fetchone()
    return None if row is None else _view(row)


def page_of_groups(
    connection: sqlite3.Connection, unit: str, *, todo_only: bool, cursor: str | None, limit: int
) -> Page:
    """Return a page of groups, newest first, behind the cursor of the page before."""
    last_at, group = (1 << 62, "") if cursor is None else place_behind(cursor)
    todo = " AND g.is_todo" if todo_only else ""
    rows = connection.execute(
        f"{_VIEW} WHERE g.unit = ?{todo} AND (g.last_at, g.id) < (?, ?) ORDER BY g.last_at DESC, g.id DESC LIMIT ?",
        (unit, last_at, group, limit + 1),
    ).fetchall()
    shown = [_view(row) for row in rows[:limit]]
    follows = len(rows) > limit and bool(shown)
    return Page(shown, cursor_behind(shown[-1].row) if follows else None)


LAST = (1 << 63) - 1
"""No change has a higher number."""


def changed_between(
    connection: sqlite3.Connection, unit: str, change: int, until: int | None
) -> tuple[int, Sequence[GroupView]]:
    """Return the highest number of a change up to `until`, and the groups that changed behind the given one."""
    rows = connection.execute(
        "SELECT g.body, k.body, g.is_todo, g.change FROM group_rows AS g"
        " LEFT JOIN group_marks AS k ON k.unit = g.unit AND k.id = g.id"
        " WHERE g.unit = ? AND g.change > ? AND g.change <= ? ORDER BY g.change, g.id",
        (unit, change, LAST if until is None else until),
    ).fetchall()
    return (rows[-1][3] if rows else change), [_view(row) for row in rows]


def _view(row: Sequence[object]) -> GroupView:
    body, mark, todo = row[:3]
    return GroupView(
        row=group_from_json(str(body)),
        mark=None if mark is None else mark_from_json(str(mark)),
        is_todo=bool(todo),
    )
