"""Decisions about the level, and about the clocks that only an emergency has."""

from dataclasses import replace

from .case import ALREADY, Case, Matter, clock_data
from .command import Raise, SetLevel
from .decide_end import refuse_unless_wanted
from .event import Value
from .facts import Decision
from .incident import Incident
from .incident_command import DeclareEmergency, EndEmergency
from .level import LOWEST_FOR_EMERGENCY, Level, is_higher, is_level


def set_level(case: Case, command: SetLevel) -> Decision:
    """The level is what the person says; a rule speaks again only for what is new from here on."""
    incident = case.incident(command.incident)
    if not is_level(command.level):
        raise case.refusal(f"level {command.level} does not exist; use 1 to 4", incident)
    if command.level == incident.level:
        raise case.refusal(f"incident {incident.id} is at this level already", incident, code=ALREADY)
    event = case.event("level_changed", incident.id, _level_data(case, incident, command.level))
    told = case.notice("level_raised", "by_hand", "policy:alert", replace(incident, level=command.level))
    return Decision((event,), (told,) if is_higher(command.level, incident.level) else ())


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


def declare_emergency(case: Case, command: DeclareEmergency) -> Decision:
    """A person has switched on the clocks of 5 h and 24 h; they count from the publication."""
    incident = case.incident(command.incident)
    if incident.level > LOWEST_FOR_EMERGENCY:
        raise case.refusal(f"an emergency is of level 1 or 2; incident {incident.id} is {incident.level}", incident)
    if incident.emergency_at is not None:
        raise case.refusal(f"incident {incident.id} is an emergency already", incident, code=ALREADY)
    matter = Matter(incident.level, incident.origin, case.line(incident))
    clocks = case.new_clocks({"emergency": incident.times.published_at}, matter)
    event = case.event("emergency_declared", incident.id, {"clocks": clock_data(clocks)})
    return Decision((event,), (case.notice("emergency_declared", "by_hand", "policy:alert", incident),))


def end_emergency(case: Case, command: EndEmergency) -> Decision:
    """The clocks of the emergency are off; the others run on."""
    incident = case.incident(command.incident)
    if incident.emergency_at is None:
        raise case.refusal(f"incident {incident.id} is no emergency", incident, code=ALREADY)
    kinds = case.facts.clocks.get("emergency", ())
    left = replace(incident, clocks=tuple(clock for clock in incident.clocks if clock.kind not in kinds))
    data: dict[str, Value] = {
        "stopped": list(kinds),
        "clocks": clock_data(case.clocks_on(left, incident.state, "emergency_ended")),
    }
    return Decision((case.event("emergency_ended", incident.id, data),))
