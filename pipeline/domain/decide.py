"""
The decider: a state and a command in, events and notices out, or a refusal that names the legal moves. Pure.

Codes of refusals: INC-201 not legal here · 221 a reason or evidence is missing · 222 a second person is missing ·
223 something still waits · 224 contradicts the verdict · 225 a superior waits for the 反馈 ·
231 the office is complained about (回避) · 232 staff is, and a leader decides first · 301 unknown · 304 already so ·
403 not this role's · 409 moved meanwhile.
"""

from collections.abc import Callable, Mapping

from . import command as c
from . import incident_command as i
from . import office_command as o
from .case import Case
from .command import Command, GroupJoined, IncidentCommand
from .decide_answer import add_answer_lines, answer_line, decline_line, reply
from .decide_end import bounce_back, close, reopen, transfer
from .decide_group import join_group, open_group, restore_group, set_aside_group, split_group
from .decide_level import declare_emergency, end_emergency, raise_level, set_level
from .decide_merge import decline_merge, merge, split, unmerge
from .decide_need import close_week, contact_need, end_need, roll_up
from .decide_office import assign_office, chase, office_answer, office_receive, office_return, recall_office
from .decide_owner import (
    accept_handover,
    acknowledge,
    assign_owner,
    decline_handover,
    offer_handover,
    unacknowledge,
)
from .decide_recused import refuse_recused
from .decide_replace import replace_account
from .decide_settle import refuse_to_settle, steps_to_settle
from .decide_undo import undo
from .decide_verify import (
    assess,
    consult,
    give_verdict,
    leader_note,
    record_claim,
    record_evidence,
    report_upward,
)
from .decide_wait import comment, escalate, hold, resume, sign, snooze, unsnooze
from .errors import Refused
from .event_types import refuse_malformed
from .facts import Decision, Facts
from .incident import Incident
from .merge_command import DeclineMerge, Merge, Split, Unmerge
from .moved import Moved
from .moves import NEEDS_NOTE, is_legal, legal_moves
from .post import Millis
from .replace_command import ReplaceAccount
from .roles import may_ask
from .unit_state import UnitState, evolve

DECIDERS: Mapping[type[Command], Callable[..., Decision]] = {
    c.Open: open_group,
    c.GroupSetAside: set_aside_group,
    c.GroupJoined: join_group,
    c.GroupRestored: restore_group,
    c.GroupSplit: split_group,
    c.Acknowledge: acknowledge,
    c.SetLevel: set_level,
    c.Raise: raise_level,
    c.Reopen: reopen,
    c.AddAnswerLines: add_answer_lines,
    c.NeedContacted: contact_need,
    c.NeedOutcome: end_need,
    c.WeekClosed: close_week,
    c.RollUp: roll_up,
    ReplaceAccount: replace_account,
    i.Unacknowledge: unacknowledge,
    i.OfferHandover: offer_handover,
    i.AcceptHandover: accept_handover,
    i.DeclineHandover: decline_handover,
    i.AssignOwner: assign_owner,
    i.RecordClaim: record_claim,
    i.RecordEvidence: record_evidence,
    i.GiveVerdict: give_verdict,
    i.Assess: assess,
    i.ReportUpward: report_upward,
    i.LeaderNote: leader_note,
    i.Consult: consult,
    o.AssignOffice: assign_office,
    o.Chase: chase,
    o.RecallOffice: recall_office,
    o.OfficeReceive: office_receive,
    o.OfficeAnswer: office_answer,
    o.OfficeReturn: office_return,
    i.Reply: reply,
    i.AnswerLine: answer_line,
    i.DeclineLine: decline_line,
    i.Close: close,
    i.Transfer: transfer,
    i.BounceBack: bounce_back,
    i.Snooze: snooze,
    i.Unsnooze: unsnooze,
    i.Hold: hold,
    i.Resume: resume,
    i.DeclareEmergency: declare_emergency,
    i.EndEmergency: end_emergency,
    i.Escalate: escalate,
    i.Sign: sign,
    i.Comment: comment,
    i.Undo: undo,
    Merge: merge,
    Unmerge: unmerge,
    DeclineMerge: decline_merge,
    Split: split,
}
"""Every command but Settle, which is a chain of others."""


def decide(state: UnitState, command: Command, now: Millis, facts: Facts) -> Decision:
    """
    Return what the command causes: events and notices for one batch, and the memos that they name.

    Raises Refused with the reason, a code and the legal moves; then nothing is written.
    """
    case = Case(state, command, now, facts)
    refuse_stranger(case)
    refuse_recused(case)
    if isinstance(command, IncidentCommand | GroupJoined) and command.incident:
        refuse_if_moved(case.incident(command.incident), command)
    decision = _settled(case, command) if isinstance(command, i.Settle) else _decided(case)
    for event in decision.events:
        refuse_malformed(event)
    notes = (command.note, getattr(command, "signed_by", None))
    memos = (*(note.memo for note in notes if note is not None), *command.attached, *decision.memos)
    return Decision(decision.events, decision.notices, tuple(dict.fromkeys(memos)))


def _decided(case: Case) -> Decision:
    command = case.command
    if isinstance(command, IncidentCommand | GroupJoined) and command.incident:
        refuse_if_illegal(case.incident(command.incident), command)
    if command.by_somebody and command.name in NEEDS_NOTE and command.note is None:
        raise case.refusal(f"{command.name} needs a reason or a text; write one", code="INC-221")
    return DECIDERS[type(command)](case, command)


def _settled(case: Case, command: i.Settle) -> Decision:
    """一屏办结: every step is decided by its own rules, one upon the other, and all stand in one batch."""
    incident = case.incident(command.incident)
    refuse_if_illegal(incident, command)
    refuse_to_settle(case, incident)
    decisions: list[Decision] = []
    state = case.state
    for step in steps_to_settle(incident, command):
        decision = _decided(Case(state, step, case.now, case.facts))
        for event in decision.events:
            state = evolve(state, event)
        decisions.append(decision)
    return Decision(
        tuple(event for decision in decisions for event in decision.events),
        tuple(notice for decision in decisions for notice in decision.notices),
    )


def refuse_stranger(case: Case) -> None:
    """Refuse an actor whose roles, rule or clock may not ask for this."""
    command = case.command
    if not may_ask(command.name, command.actor, case.facts.roles):
        roles = ", ".join(sorted(case.facts.roles)) or "no role"
        raise case.refusal(f"{command.actor} ({roles}) may not ask for {command.name}", code="INC-403")


def refuse_if_moved(incident: Incident, command: IncidentCommand | GroupJoined) -> None:
    """Refuse where the person's screen was older than the incident, and say what has happened since."""
    expected = command.expected_revision
    if expected is not None and expected != incident.revision:
        raise Moved(incident, expected)


def refuse_if_illegal(incident: Incident, command: Command) -> None:
    """Refuse what the table does not hold for the incident's state."""
    if is_legal(command.name, incident.state):
        return
    where = f" into {incident.into}" if incident.into else ""
    raise Refused(
        f"incident {incident.id} is {incident.state}{where}: {command.name} is not legal now",
        allowed=legal_moves(incident.state),
    )
