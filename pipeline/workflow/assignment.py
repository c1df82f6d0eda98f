"""
One assignment 交办 as the office that it was given to may know it: what is asked, by when, and what became of it.

It is named by the incident and the seq of the batch that gave it, so that an assignment that was taken back and given
again is another one. What other offices do, and what the desk notes for itself, is not in it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.event import Batch, Event, Memo
from pipeline.domain.event_data import table, text
from pipeline.domain.incident import Assignment, Incident
from pipeline.domain.post import Millis
from pipeline.domain.recused import is_closed_to
from pipeline.domain.unit_state import UnitState
from pipeline.ports import IncidentLog

GIVEN = "office_assigned"
ENDS = frozenset({"office_answered", "office_returned", "office_recalled"})


@dataclass(frozen=True, slots=True)
class Ending:
    """
    How an assignment ended: the event's type, when, and by whom.

    `memo` is what the office itself wrote then, `files` are the names of what it attached.
    """

    type: str
    at: Millis
    actor: str
    memo: Memo | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Given:
    """
    An assignment: `incident` is the matter as one, under whatever id it goes on; `named` the id that it was given by.

    `task` None: it was taken back within minutes, as if it had never been. `request` is what the desk asks, None where
    it asks nothing in words, or where that was erased. `is_hidden`: it is not to be shown to this office (回避).
    """

    unit: str
    named: str
    incident: Incident
    office: str
    seq: int
    at: Millis
    due_at: Millis
    task: Assignment | None
    request: Memo | None
    ending: Ending | None
    is_hidden: bool

    @property
    def number(self) -> str:
        """What people call it by: 编号."""
        return f"{self.named[:8].upper()}-{self.seq}"

    @property
    def waits(self) -> bool:
        """Whether the office still owes its answer."""
        return self.task is not None and self.task.waits and self.incident.is_open


def assignment_given(log: IncidentLog, state: UnitState, incident: str, seq: int, *, is_kept: bool) -> Given | None:
    """Return the assignment of a batch; None where it gave none. `is_kept`: the matter is kept for the leader."""
    if incident not in state.incidents:
        return None
    batches = log.batches_of(state.unit, incident)
    event = next((one for batch in batches if batch.seq == seq for one in _of(batch, incident, {GIVEN})), None)
    if event is None:
        return None
    office = text(event.data, "office")
    task = next(
        (one for one in state.incidents[incident].assignments if (one.office, one.at) == (office, event.at)), None
    )
    one = root_of(state, incident)
    return Given(
        unit=state.unit,
        named=incident,
        incident=one,
        office=office,
        seq=seq,
        at=event.at,
        due_at=int(str(event.data["due_at"])),
        task=task,
        request=memo_of(log, state.unit, event),
        ending=_ending(log, batches, incident, task),
        is_hidden=is_closed_to(one, office, task, is_kept=is_kept),
    )


def given_to(
    log: IncidentLog, state: UnitState, of: tuple[str, str], *, is_kept: bool, before: int | None = None
) -> Given | None:
    """
    Return what was given last `of` an incident, or of what it absorbed, to an office; None where nothing was.

    With `before` only batches up to that one are looked at.
    """
    incident, office = of
    if incident not in state.incidents:
        return None
    found = [
        (seq, one.id)
        for one in state.family(incident)
        if (seq := newest_given(log, state.unit, one.id, office, before)) is not None
    ]
    if not found:
        return None
    seq, named = max(found)
    return assignment_given(log, state, named, seq, is_kept=is_kept)


def newest_given(log: IncidentLog, unit: str, incident: str, office: str, before: int | None = None) -> int | None:
    """Return the seq of the batch that gave the incident to the office last, not behind `before`; None if none did."""
    found = [
        batch.seq
        for batch in log.batches_of(unit, incident)
        if (before is None or batch.seq <= before)
        and any(text(event.data, "office") == office for event in _of(batch, incident, {GIVEN}))
    ]
    return found[-1] if found else None


def root_of(state: UnitState, incident: str) -> Incident:
    """Return the matter under which an incident goes on, as one."""
    one = state.incidents[incident]
    while one.into is not None:
        one = state.incidents[one.into]
    return state.as_one(one.id)


def memo_of(log: IncidentLog, unit: str, event: Event) -> Memo | None:
    """Return what was typed with an event; None where nothing was, or where it was erased."""
    memo = text(table(event.data, "note"), "memo") if event.data.get("note") else ""
    return log.memo(unit, memo) if memo else None


def _of(batch: Batch, incident: str, types: set[str] | frozenset[str]) -> Iterator[Event]:
    return (event for event in batch.events if event.type in types and event.incident == incident)


def _ending(log: IncidentLog, batches: Sequence[Batch], incident: str, task: Assignment | None) -> Ending | None:
    if task is None or task.ended_at is None:
        return None
    for batch in batches:
        for event in _of(batch, incident, ENDS):
            if event.at == task.ended_at and text(event.data, "office") == task.office:
                is_own = event.actor == f"office:{task.office}"
                memos = [memo for one in batch.memos if (memo := log.memo(batch.unit, one))] if is_own else []
                files = tuple(memo.text for memo in memos if memo.attachment is not None)
                return Ending(
                    event.type, event.at, event.actor, memo_of(log, batch.unit, event) if is_own else None, files
                )
    return None
