"""
What another system's list says of messages that a person imported (12345, letters): answered there, or long overdue.

History raises no alert (MECHANICS §7, late): what that list has answered is settled in the batch that takes it, and of
due times that had passed before it came nobody is told one by one. What waits is worked like every message.
"""

from collections.abc import Iterable, Sequence

from .case import Case
from .escalation import wanted_by_clocks
from .event import Event, Value
from .evolve_incident import evolve_incident
from .facts import AddressedPost, GroupFacts
from .from_above import is_from_above
from .incident import Disposition, Incident
from .incident_command import Escalate

ELSEWHERE = "other"
"""How a message was answered of which the other system says nothing more."""


def answers(case: Case, incident: str, letters: Iterable[AddressedPost]) -> list[Event]:
    """Return that those messages are answered which the other system's list has answered, when and how it says."""
    return [
        case.event(
            "line_answered",
            incident,
            {"post": one.post, "how": one.how or ELSEWHERE, "answered_at": one.answered_at},
        )
        for one in letters
        if one.answered_at is not None and not is_from_above(one)
    ]


def is_history(case: Case, letters: Sequence[AddressedPost]) -> bool:
    """Whether all that the messages say is history, of which nobody is told."""
    return bool(letters) and all(one.is_history(case.facts.policy, case.now) for one in letters)


def settled(case: Case, facts: GroupFacts, events: Sequence[Event]) -> list[Event]:
    """
    Return what also follows where a matter is opened that is history: it is filed, if every message of it is answered,
    else the steps of due times that have passed count as told. What complains about staff waits for the leader.
    """
    incident = _after(events)
    if incident is None or facts.row.conduct:
        return []
    if not incident.waiting_lines:
        data: dict[str, Value] = {
            "disposition": Disposition.FILED.value,
            "offline": 0,
            "seen": case.seen_data(incident.groups),
        }
        return [case.event("closed", incident.id, data)]
    asked = wanted_by_clocks(incident, case.facts.reminders, case.now)
    passed = [one for one in asked if isinstance(one, Escalate) and one.due_at <= case.now]
    return [
        case.event(
            "escalated",
            incident.id,
            {"kind": one.kind, "due_at": one.due_at, "step": one.step, "subject": one.subject},
        )
        for one in passed
    ]


def _after(events: Iterable[Event]) -> Incident | None:
    incident: Incident | None = None
    for event in events:
        incident = evolve_incident(incident, event)
    return incident
