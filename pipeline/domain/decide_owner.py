"""Decisions about who owns an incident: exactly one person from acknowledgement on."""

from .case import ALREADY, Case, clock_data
from .command import Acknowledge
from .event import Value
from .facts import Decision
from .incident import Incident, State
from .incident_command import AcceptHandover, AssignOwner, DeclineHandover, OfferHandover, Unacknowledge


def acknowledge(case: Case, command: Acknowledge) -> Decision:
    """签收: exactly one person owns the incident from now on, and has seen it as it stands."""
    incident = case.incident(command.incident)
    owner = command.owner or command.actor
    _refuse_unless_person(case, incident, owner)
    data: dict[str, Value] = {
        "owner": owner,
        "seen": case.seen_data(incident.groups),
        "clocks": clock_data(case.clocks_on(incident, State.VERIFYING, "acknowledged")),
    }
    return Decision((case.event("acknowledged", incident.id, data),))


def unacknowledge(case: Case, command: Unacknowledge) -> Decision:
    """Nobody owns the incident and it waits for acknowledgement, unless a claim has its verdict already."""
    incident = case.incident(command.incident)
    if any(claim.verdict is not None for claim in incident.claims):
        raise case.refusal(f"incident {incident.id} has a verdict already; hand it over instead", incident)
    data: dict[str, Value] = {
        "owner": incident.owner,
        "clocks": clock_data(case.clocks_on(incident, State.DISCOVERED, "unacknowledged")),
    }
    told = case.notice("unacknowledged", "given_back", "policy:alert", incident)
    return Decision((case.event("unacknowledged", incident.id, data),), (told,))


def offer_handover(case: Case, command: OfferHandover) -> Decision:
    """The person is asked; the owner stays the owner until he accepts."""
    incident = case.incident(command.incident)
    _refuse_unless_person(case, incident, command.to)
    if command.to in (incident.owner, incident.offered_to):
        raise case.refusal(f"incident {incident.id} is owned by or offered to {command.to}", incident, code=ALREADY)
    told = case.notice("handover_offered", "handover", command.to, incident)
    return Decision((case.event("handover_offered", incident.id, {"to": command.to}),), (told,))


def accept_handover(case: Case, command: AcceptHandover) -> Decision:
    """The person to whom the incident was offered owns it."""
    incident = case.incident(command.incident)
    if incident.offered_to != command.actor:
        raise case.refusal(f"incident {incident.id} is not offered to {command.actor}", incident)
    return _owned(case, incident, command.actor)


def decline_handover(case: Case, command: DeclineHandover) -> Decision:
    """The offer is off, declined by the person asked or taken back by the owner."""
    incident = case.incident(command.incident)
    if incident.offered_to is None or command.actor not in (incident.offered_to, incident.owner):
        raise case.refusal(f"incident {incident.id} is not offered to or by {command.actor}", incident)
    event = case.event("handover_declined", incident.id, {"to": incident.offered_to})
    return Decision((event,), case.told("handover_declined", "handover", incident, incident.owner, incident.offered_to))


def assign_owner(case: Case, command: AssignOwner) -> Decision:
    """The person owns the incident at once and is told."""
    incident = case.incident(command.incident)
    _refuse_unless_person(case, incident, command.to)
    if incident.owner == command.to:
        raise case.refusal(f"{command.to} owns incident {incident.id} already", incident, code=ALREADY)
    return _owned(case, incident, command.to)


def _owned(case: Case, incident: Incident, owner: str) -> Decision:
    event = case.event("owner_changed", incident.id, {"owner": owner, "from": incident.owner})
    return Decision((event,), case.told("owner_changed", "handover", incident, owner, incident.owner))


def _refuse_unless_person(case: Case, incident: Incident, owner: str) -> None:
    if not owner.startswith("account:"):
        raise case.refusal(f"only a person can own incident {incident.id}, not {owner}", incident)
