"""
Decisions about what offices are given to do 交办: assigned, chased, taken back; received, answered, returned.

An office asks for its own assignment only, and never for one of a matter that complains about itself (回避).
"""

from .case import ALREADY, UNKNOWN, Case, Matter
from .event import Value
from .facts import Decision
from .from_above import still_ordered
from .incident import Assignment, Incident
from .office_command import AssignOffice, Chase, OfficeAnswer, OfficeReceive, OfficeReturn, RecallOffice
from .post import Millis
from .recused import is_closed_to

CONDUCT = "INC-231"


def assign_office(case: Case, command: AssignOffice) -> Decision:
    """The office must act, and is told; never the office complained about, before a leader has decided (回避)."""
    incident = case.incident(command.incident)
    if command.office in incident.avoided:
        raise case.refusal(
            f"the complaint is about office {command.office}; a leader's note must permit it first",
            incident,
            code=CONDUCT,
        )
    if any(one.office == command.office and one.waits for one in incident.assignments):
        raise case.refusal(f"office {command.office} has this matter already; chase it", incident, code=ALREADY)
    data: dict[str, Value] = {"office": command.office, "due_at": _due(case, incident, command)}
    if case.is_kept_for_leader(incident):
        data["by_leader"] = 1
    event = case.event("office_assigned", incident.id, data)
    return Decision((event,), (case.notice("office_assigned", "assigned", f"office:{command.office}", incident),))


def _due(case: Case, incident: Incident, command: AssignOffice) -> Millis:
    """Return when the office must answer: as the desk says, else by the clock or a superior, whoever is sooner."""
    clocks = case.new_clocks({"assigned": case.now}, Matter(incident.level, incident.origin, case.line(incident)))
    ours = min((clock.due_at for clock in clocks), default=case.review().due_at)
    theirs = [clock.due_at for clock in still_ordered(incident) if clock.due_at > case.now]
    return command.due_at or min([ours, *theirs])


def chase(case: Case, command: Chase) -> Decision:
    """The office is reminded of what it has not answered yet."""
    incident = case.incident(command.incident)
    holder = _waiting_in(case, incident, command.office)
    events = case.on_holder(incident, holder, "office_chased", {"office": command.office})
    return Decision(events, (case.notice("office_chased", "chased", f"office:{command.office}", incident),))


def recall_office(case: Case, command: RecallOffice) -> Decision:
    """The office has nothing to do any more, and is told; what waits is the desk's again."""
    incident = case.incident(command.incident)
    holder = _waiting_in(case, incident, command.office)
    events = case.on_holder(incident, holder, "office_recalled", {"office": command.office})
    return Decision(events, (case.notice("office_recalled", "recalled", f"office:{command.office}", incident),))


def office_receive(case: Case, command: OfficeReceive) -> Decision:
    """The office knows of the matter; a second time is no news."""
    incident = case.incident(command.incident)
    holder = _waiting_in(case, incident, command.office)
    if _task(case, holder, command.office).received_at is not None:
        raise case.refusal(f"office {command.office} has received this matter already", incident, code=ALREADY)
    return Decision(case.on_holder(incident, holder, "office_received", _said(command)))


def office_answer(case: Case, command: OfficeAnswer) -> Decision:
    """The office has answered, and the owner is told."""
    incident = case.incident(command.incident)
    holder = _waiting_in(case, incident, command.office)
    events = case.on_holder(incident, holder, "office_answered", _said(command))
    return Decision(events, case.told("office_answered", "answered", incident, incident.owner or "policy:alert"))


def office_return(case: Case, command: OfficeReturn) -> Decision:
    """The office does not work the matter; the owner is told, and it is due again by the assignment's own time."""
    incident = case.incident(command.incident)
    holder = _waiting_in(case, incident, command.office)
    events = case.on_holder(incident, holder, "office_returned", _said(command))
    return Decision(events, case.told("office_returned", "returned", incident, incident.owner or "policy:alert"))


def _said(command: OfficeReceive | OfficeAnswer | OfficeReturn) -> dict[str, Value]:
    """An account records what it was told, and by which means; an office speaks for itself."""
    how: dict[str, Value] = {"how": command.how} if command.how and command.by_person else {}
    return {"office": command.office, **how}


def _waiting_in(case: Case, incident: Incident, office: str) -> str:
    """Return the incident, merged or not, that waits for the office; refuse where none does, or it is not asked."""
    refuse_other_office(case, incident, office)
    for one in case.state.family(incident.id):
        if any(task.office == office and task.waits for task in one.assignments):
            return one.id
    raise case.refusal(f"incident {incident.id} waits for nothing from office {office}", incident, code=UNKNOWN)


def _task(case: Case, holder: str, office: str) -> Assignment:
    tasks = case.state.incidents[holder].assignments
    return next(task for task in tasks if task.office == office and task.waits)


def refuse_other_office(case: Case, incident: Incident, office: str) -> None:
    """Refuse an office that asks for another's assignment, or for a matter that is not to be shown to it."""
    actor = case.command.actor
    if not actor.startswith("office:"):
        return
    if actor != f"office:{office}":
        raise case.refusal(f"{actor} asks for an assignment of office {office}", incident, code="INC-403")
    task = next((one for one in reversed(incident.assignments) if one.office == office), None)
    if is_closed_to(incident, office, task, is_kept=case.is_kept_for_leader(incident)):
        raise case.refusal(f"this matter is not shown to office {office}", incident, code=CONDUCT)
