"""Decisions about waiting and reminding, signatures, and comments."""

from .case import ALREADY, Case
from .decide_office import refuse_other_office
from .event import Value
from .facts import Decision
from .incident import Incident
from .incident_command import Comment, Escalate, Hold, Resume, Sign, Snooze, Unsnooze
from .level import HIGHEST
from .next_due import dues
from .post import Millis
from .sign_off import LATER, MISSING, may_sign, sign_off_data

LONGEST_WAIT: Millis = 30 * 24 * 3_600_000
"""A snooze or a hold ends after 30 days at the latest."""


def snooze(case: Case, command: Snooze) -> Decision:
    """No reminders until then; a level Ⅰ is never snoozed."""
    incident = case.incident(command.incident)
    if incident.level == HIGHEST:
        raise case.refusal(f"incident {incident.id} is of level 1 and is not snoozed", incident)
    _refuse_end(case, incident, command.until)
    return Decision((case.event("snoozed", incident.id, {"until": command.until}),))


def unsnooze(case: Case, command: Unsnooze) -> Decision:
    """Reminders come again."""
    incident = case.incident(command.incident)
    if incident.snoozed_until is None:
        raise case.refusal(f"incident {incident.id} is not snoozed", incident, code=ALREADY)
    return Decision((case.event("unsnoozed", incident.id, {}),))


def hold(case: Case, command: Hold) -> Decision:
    """The matter waits until then, for the reason in the note; its deadlines stay what they are."""
    incident = case.incident(command.incident)
    _refuse_end(case, incident, command.until)
    return Decision((case.event("held", incident.id, {"until": command.until}),))


def resume(case: Case, command: Resume) -> Decision:
    """The matter is worked again."""
    incident = case.incident(command.incident)
    if incident.held_until is None:
        raise case.refusal(f"incident {incident.id} is not on hold", incident, code=ALREADY)
    return Decision((case.event("resumed", incident.id, {}),))


def _refuse_end(case: Case, incident: Incident, until: Millis) -> None:
    if not case.now < until <= case.now + LONGEST_WAIT:
        raise case.refusal("waiting must end in the future, within 30 days", incident)


def escalate(case: Case, command: Escalate) -> Decision:
    """The next people are told of what is due or overdue, once per step. Holds and snoozes are not disturbed."""
    incident = case.incident(command.incident)
    if not command.by_person and _rests(incident):
        raise case.refusal(f"incident {incident.id} is on hold or snoozed", incident, code=ALREADY)
    wanted = (command.due_at, command.kind, command.subject)
    if wanted not in [(due.at, due.what, due.subject) for due in dues(incident)]:
        raise case.refusal(f"incident {incident.id} is not due for {command.kind} then", incident, code=ALREADY)
    if (command.kind, command.subject, command.due_at, command.step) in incident.rung:
        raise case.refusal(f"step {command.step} was told already", incident, code=ALREADY)
    data: dict[str, Value] = {"kind": command.kind, "due_at": command.due_at, "step": command.step}
    event = case.event("escalated", incident.id, {**data, "subject": command.subject})
    why = "due_soon" if case.now < command.due_at else "overdue"
    owes = (f"office:{command.subject}",) if command.kind == "assignment" else ()  # 催办 by the clock reaches it too
    told = (f"policy:escalation:{command.step}", *owes)
    return Decision((event,), tuple(case.notice(why, command.kind, to, incident) for to in told))


def _rests(incident: Incident) -> bool:
    snoozed = incident.snoozed_until is not None and incident.level != HIGHEST
    return snoozed or incident.held_until is not None


def sign(case: Case, command: Sign) -> Decision:
    """The gap 待补签 is filled: by the person who was named, or by a sign-off beside the system."""
    incident = case.incident(command.incident)
    gap = next((gap for gap in incident.gaps if gap.what == command.what), None)
    if gap is None:
        raise case.refusal(f"no signature of {command.what} is missing", incident, code=ALREADY)
    signed: dict[str, Value] = {}
    if command.offline:
        if command.signed_how == LATER:
            raise case.refusal("this signature was put off already: give paper or phone", incident, code=MISSING)
        signed = sign_off_data(case, incident, command)
    elif not may_sign(case.state, incident.id, gap, command.actor, case.facts.roles):
        sentence = f"{gap.of} is asked to sign, and nobody signs his own step; record an offline sign-off otherwise"
        raise case.refusal(sentence, incident, code="INC-222")
    data: dict[str, Value] = {"what": gap.what, "of": gap.of, "offline": int(command.offline), **signed}
    holder = next(one.id for one in case.state.family(incident.id) if gap in one.gaps)
    return Decision(case.on_holder(incident, holder, "signed", data))


def comment(case: Case, command: Comment) -> Decision:
    """The note stands beside the incident. Of what an office adds late to its assignment the owner is told."""
    event = case.event("commented", command.incident, {})
    if command.by_person or not command.by_somebody:
        return Decision((event,))
    incident, office = case.incident(command.incident), command.actor.partition(":")[2]
    refuse_other_office(case, incident, office)
    if all(one.office != office for one in incident.assignments):
        raise case.refusal(f"office {office} was given nothing of incident {incident.id}", incident, code="INC-403")
    return Decision((event,), case.told("office_noted", "late", incident, incident.owner or "policy:alert"))
