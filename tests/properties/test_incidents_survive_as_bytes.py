"""What the log makes of any decisions is read back from its projection exactly, and folds on from there."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_huiyin
from pipeline.domain import command as c
from pipeline.domain import incident_command as i
from pipeline.domain import merge_command as m
from pipeline.domain.errors import Refused
from pipeline.domain.event import Memo
from pipeline.domain.group import incident_id
from pipeline.domain.incident import Disposition
from pipeline.domain.incident_json import bytes_of_incident, incident_from_bytes
from tests.matters import DUTY, HOUR, LEADER, NOON, UNIT, Desk, a_note, a_row

GROUPS = ("g1", "g2", "g3")
PROJECTED = ("SELECT id, state, level, is_open, revision, body FROM incidents ORDER BY id", "SELECT * FROM group_marks")


def commands(key: str, group: str, other: str) -> Sequence[c.Command]:
    """Return commands of many kinds, by people and by a rule, about two groups and their incidents."""
    note = a_note(f"memo-{key}")
    incident, another = incident_id(UNIT, group), incident_id(UNIT, other)
    return (
        c.Open(command_id=key, actor=DUTY, group=group),
        c.Open(command_id=key, actor="rule:new@1", group=other, reason="new_matter", level=3),
        c.GroupSetAside(command_id=key, actor=DUTY, group=group, how="filed"),
        c.GroupJoined(command_id=key, actor=DUTY, group=other, incident=incident),
        c.GroupRestored(command_id=key, actor=DUTY, group=group),
        c.GroupSplit(command_id=key, actor=DUTY, group=group, posts=(f"{group}-p2",)),
        c.Acknowledge(command_id=key, actor=DUTY, incident=incident),
        c.SetLevel(command_id=key, actor=LEADER, incident=incident, level=2, note=note),
        m.Merge(command_id=key, actor=DUTY, incident=incident, others=(another,), note=note),
        m.Unmerge(command_id=key, actor=DUTY, incident=incident, released=another, note=note),
        i.RecordClaim(command_id=key, actor=DUTY, incident=incident, note=note),
        i.Settle(command_id=key, actor=DUTY, incident=incident, disposition=Disposition.RESOLVED, note=note),
        i.Snooze(command_id=key, actor=DUTY, incident=incident, until=NOON + HOUR, note=note),
        i.Undo(command_id=key, actor=DUTY, incident=incident),
    )


@st.composite
def desks(draw: st.DrawFn) -> Desk:
    """Return a desk with a log as people and rules may have made it; what the decider refused is not in it."""
    desk = Desk().has(*(a_row(group, posts=3) for group in GROUPS))
    for number in range(draw(st.integers(1, 25))):
        group, other = draw(st.permutations(GROUPS))[:2]
        try:
            desk.does(draw(st.sampled_from(commands(f"c{number}", group, other))))
        except Refused:
            continue
    return desk


def projections(path: Path) -> list[list[tuple[object, ...]]]:
    """Return the stored rows of every projection of the log."""
    with closing(sqlite3.connect(path)) as connection:
        return [connection.execute(statement).fetchall() for statement in PROJECTED]


@settings(max_examples=40, deadline=None)
@given(desk=desks())
def test_projections_of_any_log_are_its_fold(desk: Desk) -> None:
    """Batch by batch from stored bytes, or rebuilt from the whole log: the same incidents and marks, byte for byte."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "huiyin.db"
        with closing(open_huiyin(path)) as writer, closing(SqliteIncidentLog(writer)) as log:
            for batch in desk.log:
                log.append(batch, [Memo(UNIT, memo, "", "说明", "salt") for memo in batch.memos])
            assert {one.id: one for one in log.incidents(UNIT, open_only=False)} == desk.state.incidents
            before = projections(path)
            log.reproject(UNIT)
            assert projections(path) == before
            assert len(before[1]) == len(desk.state.marks)


@settings(max_examples=40, deadline=None)
@given(desk=desks())
def test_an_incident_is_read_as_it_was_written(desk: Desk) -> None:
    """Whatever happened to it, merges and what can be undone included."""
    for incident in desk.state.incidents.values():
        assert incident_from_bytes(bytes_of_incident(incident)) == incident
