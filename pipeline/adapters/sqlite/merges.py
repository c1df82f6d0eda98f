"""Merges of groups and proposals of merges in `huiyin.db`: created once, never changed."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields

from pipeline.domain.errors import StaleWorker
from pipeline.domain.group_merge import Found, GroupMerge, MergeProposal
from pipeline.domain.mention import Mention

PARTS = """
    WITH RECURSIVE up(id) AS (
        SELECT ?2 UNION SELECT m.into_group FROM group_merges AS m JOIN up ON m.unit = ?1 AND m.absorbed = up.id
    ), parts(id) AS (
        SELECT id FROM up UNION SELECT m.absorbed FROM group_merges AS m JOIN parts
        ON m.unit = ?1 AND m.into_group = parts.id
    )
"""
"""The group ?2 of the unit ?1, all that it has absorbed, and what it is part of, as the table `parts`."""

_MERGE = "unit, absorbed, into_group, fold_order, post, similarity, posters, seen_seq"
_PROPOSAL = "unit, one, other, fold_order, post, similarity, at"
_NOW = """
    WITH RECURSIVE up(id, step) AS (
        SELECT ?2, 0 UNION ALL SELECT m.into_group, step + 1 FROM group_merges AS m JOIN up
        ON m.unit = ?1 AND m.absorbed = up.id
    ) SELECT id FROM up ORDER BY step DESC LIMIT 1
"""
_JOINED_LATE = """
    SELECT m.absorbed, m.into_group FROM json_each(?) AS joined
    CROSS JOIN group_merges AS m ON m.unit = joined.value ->> 0 AND m.absorbed = joined.value ->> 1
    WHERE (joined.value ->> 2) > m.fold_order LIMIT 1
"""
_DECIDED = """
    SELECT id FROM group_marks WHERE unit = ? AND id IN (?, ?) AND seq > ? LIMIT 1
"""


def refuse_joined_late(connection: sqlite3.Connection, mentions: Iterable[Mention]) -> None:
    """Raise StaleWorker where a new mention joins a group that was absorbed before: its worker did not know that."""
    joined = [[m.unit, m.group, m.order] for m in mentions if m.group is not None]
    if not joined:
        return
    found = connection.execute(_JOINED_LATE, (json.dumps(joined),)).fetchone()
    if found is not None:
        raise StaleWorker(f"group {found[0]} was absorbed by {found[1]}: another worker holds this unit; load it again")


def write_found(connection: sqlite3.Connection, found: Found) -> None:
    """The merges and proposals are stored, each once, and absorbed groups have no row. Raises StaleWorker."""
    for merge in found.merges:
        _write_merge(connection, merge)
    connection.executemany(
        f"INSERT OR IGNORE INTO merge_proposals ({_PROPOSAL}) VALUES (?, ?, ?, ?, ?, ?, ?)",
        [astuple(proposal) for proposal in found.proposals],
    )


def merges_of(connection: sqlite3.Connection, unit: str) -> Sequence[GroupMerge]:
    """Return the unit's merges in order."""
    rows = connection.execute(f"SELECT {_MERGE} FROM group_merges WHERE unit = ? ORDER BY fold_order, n", (unit,))
    return [GroupMerge(*row) for row in rows]


def proposals_of(connection: sqlite3.Connection, unit: str) -> Sequence[MergeProposal]:
    """Return the unit's proposals in order."""
    rows = connection.execute(f"SELECT {_PROPOSAL} FROM merge_proposals WHERE unit = ? ORDER BY fold_order, n", (unit,))
    return [MergeProposal(*row) for row in rows]


def group_now(connection: sqlite3.Connection, unit: str, group: str) -> str:
    """Return the group that this one is part of by now: itself where it was never absorbed."""
    return str(connection.execute(_NOW, (unit, group)).fetchone()[0])


def absorbed_among(connection: sqlite3.Connection, unit: str, groups: Iterable[str]) -> str | None:
    """Return one of the groups that was absorbed by another; None where none was."""
    row = connection.execute(
        "SELECT m.absorbed FROM json_each(?) AS wanted"
        " CROSS JOIN group_merges AS m ON m.unit = ? AND m.absorbed = wanted.value LIMIT 1",
        (json.dumps(sorted(groups)), unit),
    ).fetchone()
    return None if row is None else str(row[0])


def _write_merge(connection: sqlite3.Connection, merge: GroupMerge) -> None:
    known = connection.execute(
        "SELECT into_group FROM group_merges WHERE unit = ? AND absorbed = ?", merge.key
    ).fetchone()
    if known is not None and known[0] != merge.into:
        raise StaleWorker(
            f"group {merge.absorbed} was absorbed by {known[0]}: another worker holds this unit; load it again"
        )
    if known is None:
        decided = connection.execute(_DECIDED, (merge.unit, merge.absorbed, merge.into, merge.seen_seq)).fetchone()
        if decided is not None:
            raise StaleWorker(
                f"people decided about group {decided[0]} after batch {merge.seen_seq}; load the unit again"
            )
        places = ", ".join("?" * len(fields(GroupMerge)))
        connection.execute(f"INSERT INTO group_merges ({_MERGE}) VALUES ({places})", astuple(merge))
    connection.execute("DELETE FROM group_rows WHERE unit = ? AND id = ?", merge.key)
