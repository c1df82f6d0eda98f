"""One plain command of each name, and for each legal cell of the table a command that is ready to be decided."""

from collections.abc import Callable, Mapping
from typing import Any

from pipeline.domain.command import (
    Acknowledge,
    AddAnswerLines,
    Command,
    GroupJoined,
    GroupRestored,
    GroupSplit,
    Raise,
    Reopen,
    SetLevel,
)
from pipeline.domain.incident import Disposition, Verdict
from pipeline.domain.incident_command import (
    AcceptHandover,
    AnswerLine,
    Assess,
    AssignOwner,
    BounceBack,
    Close,
    Comment,
    Consult,
    DeclareEmergency,
    DeclineHandover,
    DeclineLine,
    EndEmergency,
    Escalate,
    GiveVerdict,
    Hold,
    LeaderNote,
    OfferHandover,
    RecordClaim,
    RecordEvidence,
    Reply,
    ReportUpward,
    Resume,
    Settle,
    Sign,
    Snooze,
    Transfer,
    Unacknowledge,
    Undo,
    Unsnooze,
)
from pipeline.domain.merge_command import DeclineMerge, Merge, Split, Unmerge
from pipeline.domain.office_command import AssignOffice, Chase, OfficeAnswer, OfficeReceive, OfficeReturn, RecallOffice
from pipeline.domain.replace_command import ReplaceAccount
from tests.matters import DAY, DUTY, NOON, OTHER, a_note

WHO: Any = {"command_id": "c", "actor": DUTY}
OPERATOR: Any = {"command_id": "c", "actor": "operator:admin-1"}
RULE: Any = {"command_id": "c", "actor": "rule:x@1"}

SAMPLES: Mapping[str, Callable[[str], Command]] = {
    "acknowledge": lambda incident: Acknowledge(incident=incident, **WHO),
    "replace_account": lambda incident: ReplaceAccount(incident=incident, old=DUTY, new=OTHER, **OPERATOR),
    "unacknowledge": lambda incident: Unacknowledge(incident=incident, **WHO),
    "offer_handover": lambda incident: OfferHandover(incident=incident, to=OTHER, **WHO),
    "accept_handover": lambda incident: AcceptHandover(incident=incident, **WHO),
    "decline_handover": lambda incident: DeclineHandover(incident=incident, **WHO),
    "assign_owner": lambda incident: AssignOwner(incident=incident, to=OTHER, **WHO),
    "record_claim": lambda incident: RecordClaim(incident=incident, note=a_note("k"), **WHO),
    "record_evidence": lambda incident: RecordEvidence(incident=incident, claim="claim-1", post="g1-p1", **WHO),
    "give_verdict": lambda incident: GiveVerdict(incident=incident, claim="claim-1", verdict=Verdict.TRUE, **WHO),
    "assess": lambda incident: Assess(incident=incident, note=a_note(), **WHO),
    "report_upward": lambda incident: ReportUpward(incident=incident, to="county", note=a_note(), **WHO),
    "leader_note": lambda incident: LeaderNote(incident=incident, note=a_note(), **WHO),
    "consult": lambda incident: Consult(incident=incident, note=a_note(), **WHO),
    "assign_office": lambda incident: AssignOffice(incident=incident, office="welfare", **WHO),
    "chase": lambda incident: Chase(incident=incident, office="welfare", **WHO),
    "office_answer": lambda incident: OfficeAnswer(incident=incident, office="welfare", note=a_note(), **WHO),
    "recall_office": lambda incident: RecallOffice(incident=incident, office="welfare", **WHO),
    "office_receive": lambda incident: OfficeReceive(incident=incident, office="welfare", **WHO),
    "office_return": lambda incident: OfficeReturn(incident=incident, office="welfare", note=a_note(), **WHO),
    "reply": lambda incident: Reply(incident=incident, kind="answered", **WHO),
    "settle": lambda incident: Settle(incident=incident, disposition=Disposition.RESOLVED, note=a_note(), **WHO),
    "close": lambda incident: Close(incident=incident, disposition=Disposition.RESOLVED, **WHO),
    "reopen": lambda incident: Reopen(incident=incident, note=a_note(), **WHO),
    "transfer": lambda incident: Transfer(incident=incident, to="unit-2", note=a_note(), **WHO),
    "bounce_back": lambda incident: BounceBack(incident=incident, note=a_note(), **WHO),
    "merge": lambda incident: Merge(incident=incident, others=("x",), **WHO),
    "unmerge": lambda incident: Unmerge(incident=incident, released="x", **WHO),
    "decline_merge": lambda incident: DeclineMerge(incident=incident, other="x", **WHO),
    "split": lambda incident: Split(incident=incident, groups=("g2",), **WHO),
    "group_joined": lambda incident: GroupJoined(incident=incident, group="g2", **WHO),
    "group_restored": lambda incident: GroupRestored(group="g2", **WHO),
    "group_split": lambda incident: GroupSplit(group="g1", posts=("g1-p1",), **WHO),
    "snooze": lambda incident: Snooze(incident=incident, until=NOON + DAY, **WHO),
    "unsnooze": lambda incident: Unsnooze(incident=incident, **WHO),
    "hold": lambda incident: Hold(incident=incident, until=NOON + DAY, note=a_note(), **WHO),
    "resume": lambda incident: Resume(incident=incident, **WHO),
    "set_level": lambda incident: SetLevel(incident=incident, level=3, note=a_note(), **WHO),
    "raise_level": lambda incident: Raise(incident=incident, level=3, reason="x", **RULE),
    "declare_emergency": lambda incident: DeclareEmergency(incident=incident, **WHO),
    "end_emergency": lambda incident: EndEmergency(incident=incident, **WHO),
    "escalate": lambda incident: Escalate(incident=incident, kind="reply", step=1, due_at=NOON, **WHO),
    "sign": lambda incident: Sign(incident=incident, what="close", **WHO),
    "add_lines": lambda incident: AddAnswerLines(incident=incident, group="g1", **RULE),
    "answer_line": lambda incident: AnswerLine(incident=incident, post="p", how="phone", **WHO),
    "decline_line": lambda incident: DeclineLine(incident=incident, post="p", note=a_note(), **WHO),
    "comment": lambda incident: Comment(incident=incident, note=a_note(), **WHO),
    "undo": lambda incident: Undo(incident=incident, **WHO),
}
"""Command → how it is asked of an incident, whether or not it would be decided."""
