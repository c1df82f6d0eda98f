"""Decisions about an opened incident: owned, its level changed or raised, reopened, messages to be answered."""

from dataclasses import replace

from .alert_rule import wanted
from .case import ALREADY, Case, clock_data
from .command import Acknowledge, AddAnswerLines, Command, Raise, Reopen, SetLevel
from .decide_group import line_added
from .event import Value
from .facts import Decision
from .incident import Incident, State
from .level import Level, is_higher, is_level


def acknowledge(case: Case, command: Acknowledge) -> Decision:
    """签收: exactly one person owns the incident from now on, and has seen it as it stands."""
    incident = case.incident(command.incident)
    data: dict[str, Value] = {
        "owner": command.owner or command.actor,
        "seen": case.seen_data(incident.groups),
        "clocks": clock_data(case.clocks_on(incident, State.VERIFYING, "acknowledged")),
    }
    return Decision((case.event("acknowledged", incident.id, data),))


def set_level(case: Case, command: SetLevel) -> Decision:
    """The level is what the person says; a rule speaks again only for what is new from here on."""
    incident = case.incident(command.incident)
    if not is_level(command.level):
        raise case.refusal(f"level {command.level} does not exist; use 1 to 4", incident)
    if command.level == incident.level:
        raise case.refusal(f"incident {incident.id} is at this level already", incident, code=ALREADY)
    if command.note is None:
        raise case.refusal("a change of level needs a reason; write one", incident, code="INC-221")
    event = case.event("level_changed", incident.id, _level_data(case, incident, command.level))
    is_raise = is_higher(command.level, incident.level)
    told = case.notice("level_raised", "by_hand", "policy:alert", replace(incident, level=command.level))
    return Decision((event,), (told,) if is_raise else ())


def raise_level(case: Case, command: Raise) -> Decision:
    """An alert rule has raised the level; a snooze ends."""
    incident = case.incident(command.incident)
    refuse_unless_wanted(case, incident, command)
    data = {**_level_data(case, incident, command.level), "reason": command.reason}
    told = case.notice("level_raised", command.reason, "policy:alert", replace(incident, level=command.level))
    return Decision((case.event("level_raised", incident.id, data),), (told,))


def _level_data(case: Case, incident: Incident, level: Level) -> dict[str, Value]:
    """A graver level may bring earlier deadlines; what was promised is never put off."""
    return {
        "level": level,
        "from": incident.level,
        "seen": case.seen_data(incident.groups),
        "clocks": clock_data(case.earlier_clocks(incident, level)),
    }


def reopen(case: Case, command: Reopen) -> Decision:
    """The incident is worked again, by its last owner."""
    incident = case.incident(command.incident)
    if not command.by_person:
        refuse_unless_wanted(case, incident, command)
    state = State.HANDLING if incident.state is State.RESPONDED else State.VERIFYING
    data: dict[str, Value] = {
        "reason": command.reason,
        "state": state.value,
        "seen": case.seen_data(incident.groups),
        "clocks": clock_data(case.clocks_on(incident, state, "reopened")),
    }
    told = case.notice("reopened", command.reason, "policy:alert", incident)
    return Decision((case.event("reopened", incident.id, data),), () if command.by_person else (told,))


def add_answer_lines(case: Case, command: AddAnswerLines) -> Decision:
    """Every message of the group that is addressed to the unit has its answer line."""
    incident = case.incident(command.incident)
    listed = {line.post for line in incident.lines}
    facts = case.group(command.group)
    missing = [post for post in facts.addressed if post.post not in listed]
    if command.group not in incident.groups or not missing:
        raise case.refusal(f"incident {incident.id} lists every message of group {command.group}", code=ALREADY)
    holder = case.holder(command.group) or incident
    told = case.notice("line_added", "addressed", incident.owner or "policy:alert", incident)
    return Decision(case.on_both(incident, [line_added(case, holder.id, facts, post) for post in missing]), (told,))


def refuse_unless_wanted(case: Case, incident: Incident, command: Command) -> None:
    """Refuse a rule's command that the matter does not ask for as it stands now: it is already so, or so no more."""
    rows = [case.facts.groups[group].row for group in incident.groups if group in case.facts.groups]
    if rows and command in wanted(rows, None, incident, case.facts.policy, case.now):
        return
    raise case.refusal(f"nothing asks for {command.name} of incident {incident.id} now", incident, code=ALREADY)
