"""
The decider: a state and a command in, events and notices out, or a refusal that names the legal moves. Pure.

Codes: INC-201 not legal in this state · INC-301 unknown · INC-304 already so · INC-403 role · INC-409 moved meanwhile.
"""

from collections.abc import Callable, Mapping

from .case import Case
from .command import (
    Acknowledge,
    AddAnswerLines,
    Command,
    GroupJoined,
    GroupRestored,
    GroupSetAside,
    IncidentCommand,
    Open,
    Raise,
    Reopen,
    SetLevel,
)
from .decide_group import join_group, open_group, restore_group, set_aside_group
from .decide_incident import acknowledge, add_answer_lines, raise_level, reopen, set_level
from .errors import Refused
from .facts import Decision, Facts
from .incident import Incident
from .moves import is_legal, legal_moves
from .post import Millis
from .unit_state import UnitState

DECIDERS: Mapping[type[Command], Callable[..., Decision]] = {
    Open: open_group,
    GroupSetAside: set_aside_group,
    GroupJoined: join_group,
    GroupRestored: restore_group,
    Acknowledge: acknowledge,
    SetLevel: set_level,
    Raise: raise_level,
    Reopen: reopen,
    AddAnswerLines: add_answer_lines,
}


def decide(state: UnitState, command: Command, now: Millis, facts: Facts) -> Decision:
    """
    Return what the command causes: events and notices for one batch, and the memos that they name.

    Raises Refused with the reason, a code and the legal moves; then nothing is written.
    """
    case = Case(state, command, now, facts)
    if isinstance(command, IncidentCommand | GroupJoined):
        incident = case.incident(command.incident)
        refuse_if_moved(incident, command)
        refuse_if_illegal(incident, command)
    decision = DECIDERS[type(command)](case, command)
    memos = () if command.note is None else (command.note.memo,)
    return Decision(decision.events, decision.notices, (*memos, *decision.memos))


def refuse_if_moved(incident: Incident, command: IncidentCommand | GroupJoined) -> None:
    """Refuse where the person's screen was older than the incident, and say what has happened since."""
    expected = command.expected_revision
    if expected is None or expected == incident.revision:
        return
    since = ", ".join(f"{step.type} by {step.actor}" for step in incident.trail if step.revision > expected)
    raise Refused(
        f"incident {incident.id} is at revision {incident.revision}, not {expected}; since then: {since or 'nothing'};"
        " look again, then repeat",
        code="INC-409",
        allowed=legal_moves(incident.state),
    )


def refuse_if_illegal(incident: Incident, command: Command) -> None:
    """Refuse what the table does not hold for the incident's state."""
    if is_legal(command.name, incident.state):
        return
    where = f" into {incident.into}" if incident.into else ""
    raise Refused(
        f"incident {incident.id} is {incident.state}{where}: {command.name} is not legal now",
        allowed=legal_moves(incident.state),
    )
