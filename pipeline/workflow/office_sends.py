"""
What may still be written to an office when the turn of its send comes, and to which mailbox (MECHANICS §6).

Nothing ends in silence: what has no mailbox to go to stands in the queue as paper to be printed, what the office must
not see is kept with that reason, and what no longer holds is dropped with the reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.domain.event_data import text
from pipeline.domain.incident import Assignment, Incident
from pipeline.domain.post import Millis
from pipeline.domain.recused import is_closed_to
from pipeline.domain.send_policy import Why
from pipeline.domain.unit_state import UnitState
from pipeline.ports import IncidentLog, Outbox, Send

from .assignment import root_of

ASKS = frozenset({"office_assigned", "office_chased", "due_soon", "overdue"})
"""Notices that ask something of an office; the others take back what was asked."""
TRIED = ("delivered", "unclear", "trying")


@dataclass(frozen=True, slots=True)
class OfficeRuling:
    """What becomes of a send to an office: its state ("queued", "dropped") and why."""

    state: str
    why: Why


def is_to_office(send: Send) -> bool:
    """Whether a send is for a handling office, and not for an account."""
    return send.recipient.startswith("office:")


@dataclass(frozen=True, slots=True)
class OfficeSends:
    """`is_for_leader` as the desk says it; `has_mailbox` whether mail to the office can go out at all."""

    log: IncidentLog
    outbox: Outbox
    state: Callable[[str], UnitState]
    is_for_leader: Callable[[str, str], bool]

    def ruling(self, send: Send, now: Millis, *, has_mailbox: bool) -> OfficeRuling | None:
        """Return what becomes of a send to an office that must not go out; None where it goes."""
        state, office = self.state(send.unit), send.recipient.partition(":")[2]
        incident = send.notice.incident
        if incident not in state.incidents:
            return OfficeRuling("dropped", Why.WITHDRAWN)
        one, task = root_of(state, incident), newest_task(state, incident, office)
        if is_closed_to(one, office, task, is_kept=self.is_for_leader(send.unit, one.id)):
            return OfficeRuling("queued", Why.CONDUCT)
        if send.notice.what in ASKS:
            if not _still_holds(send, one, task, now):
                return OfficeRuling("dropped", Why.WITHDRAWN)
        elif not self._was_told(send):
            return OfficeRuling("dropped", Why.WITHDRAWN)
        return None if has_mailbox else OfficeRuling("queued", Why.PAPER)

    def _was_told(self, send: Send) -> bool:
        """Whether the office may have got anything about the matter that must be taken back now."""
        earlier = self.outbox.tried(send.unit, send.recipient, 0)
        return any(
            one.notice.incident == send.notice.incident
            and one.seq < send.seq
            and any(attempt.outcome in TRIED for attempt in one.attempts)
            for one in earlier
        )


def _still_holds(send: Send, one: Incident, task: Assignment | None, now: Millis) -> bool:
    """What was answered is not asked again; what is overdue is not told as due soon."""
    if task is None or not task.waits or not one.is_open:
        return False
    if send.notice.what == "due_soon":
        return now < task.due_at
    return send.notice.what != "office_assigned" or task.at == send.notice.at


def newest_task(state: UnitState, incident: str, office: str) -> Assignment | None:
    """Return what the office was given last of an incident, with all that belongs to it."""
    tasks = [
        task for one in (*state.family(incident), root_of(state, incident)) for task in one.assignments
        if task.office == office
    ]  # fmt: skip
    return max(tasks, key=lambda task: task.at, default=None)


def asked_of(log: IncidentLog, send: Send) -> str:
    """Return the id of the memo that was typed with the step that a send tells of; "" where none was."""
    batches = log.read(send.unit, send.seq - 1, 1)
    for event in batches[0].events if batches else ():
        if event.data.get("note") and text(event.data, "office") == send.recipient.partition(":")[2]:
            note = event.data["note"]
            return str(note["memo"]) if isinstance(note, dict) else ""
    return ""
