"""One account takes the place of another in a matter: what is open and named the one names the other (换人)."""

from .case import ALREADY, Case
from .event import Event, Notice
from .facts import Decision
from .incident import Incident
from .replace_command import ReplaceAccount
from .sign_off import LEADER, taken_by


def names_account(incident: Incident, account: str) -> bool:
    """Whether something open of the matter names the account: owner, somebody to whom it is offered, or who signs."""
    owns = incident.is_open and incident.owner == account
    return owns or incident.offered_to == account or any(gap.of == account for gap in incident.gaps)


def replace_account(case: Case, command: ReplaceAccount) -> Decision:
    """Nothing open of the matter names the old account any more; whoever takes over is told."""
    incident = case.incident(command.incident)
    if command.old == command.new or not names_account(incident, command.old):
        raise case.refusal(f"nothing open of incident {incident.id} names {command.old}", incident, code=ALREADY)
    events, notices = _owner(case, incident, command)
    signs, asked = _signatures(case, incident, command)
    return Decision((*events, *signs), (*notices, *asked))


def _owner(case: Case, incident: Incident, command: ReplaceAccount) -> tuple[list[Event], tuple[Notice, ...]]:
    """An offer stays one: from the new owner, or to the new account, unless he owns the matter himself."""
    old, new, events = command.old, command.new, list[Event]()
    is_owner = incident.is_open and incident.owner == old
    owner = new if is_owner else incident.owner
    if is_owner:
        events.append(case.event("owner_changed", incident.id, {"owner": new, "from": old}))
    offered = incident.offered_to
    to = new if offered == old else offered
    if to is not None and to != owner and (is_owner or offered == old):
        events.append(case.event("handover_offered", incident.id, {"to": to}))
    elif offered == old and not is_owner:
        events.append(case.event("handover_declined", incident.id, {"to": old}))
    if is_owner:
        return events, case.told("owner_changed", "handover", incident, new)
    return events, case.told("handover_offered", "handover", incident, new if to == new != owner else None)


def _signatures(case: Case, incident: Incident, command: ReplaceAccount) -> tuple[list[Event], tuple[Notice, ...]]:
    """The new account is asked to sign what the old one was, but never his own step: that is for whoever leads."""
    events: list[Event] = []
    notices: list[Notice] = []
    for gap in incident.gaps:
        if gap.of != command.old:
            continue
        to = LEADER if taken_by(case.state, incident.id, gap) == command.new else command.new
        holder = next(one.id for one in case.state.family(incident.id) if gap in one.gaps)
        events += case.on_holder(incident, holder, "sign_passed", {"what": gap.what, "of": gap.of, "to": to})
        notices += case.told("sign_asked", gap.what, incident, to)
    return events, tuple(notices)
