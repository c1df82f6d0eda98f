"""What people do with an opened incident, as typed values (DESIGN §3 "Incidents"). Rules and clocks use few of them."""

from dataclasses import dataclass
from typing import ClassVar

from .command import IncidentCommand, Note
from .incident import Disposition, Verdict
from .post import Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacknowledge(IncidentCommand):
    """The owner gives the incident back, or a clock takes it from an owner who did nothing."""

    name: ClassVar[str] = "unacknowledge"


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferHandover(IncidentCommand):
    """The owner offers the incident to another person and owns it until that one accepts."""

    name: ClassVar[str] = "offer_handover"
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptHandover(IncidentCommand):
    """The person to whom it was offered owns the incident from now on."""

    name: ClassVar[str] = "accept_handover"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineHandover(IncidentCommand):
    """The offer is off; the owner stays."""

    name: ClassVar[str] = "decline_handover"


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignOwner(IncidentCommand):
    """The incident is given to a person at once, without an offer."""

    name: ClassVar[str] = "assign_owner"
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordClaim(IncidentCommand):
    """反映问题: the note says what is claimed. `offices` are those whose conduct is complained about (回避)."""

    name: ClassVar[str] = "record_claim"
    offices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordEvidence(IncidentCommand):
    """证据 for a claim: a stored post with its version, or the note."""

    name: ClassVar[str] = "record_evidence"
    claim: str
    post: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveVerdict(IncidentCommand):
    """核实结论 of one claim, on evidence or with a note."""

    name: ClassVar[str] = "give_verdict"
    claim: str
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess(IncidentCommand):
    """研判: the note is the assessment."""

    name: ClassVar[str] = "assess"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportUpward(IncidentCommand):
    """报告 to a superior; the note is what was reported."""

    name: ClassVar[str] = "report_upward"
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderNote(IncidentCommand):
    """
    批示: the note is what the leader wrote. `permits` are offices that may work on a complaint about themselves.

    `to_desk`: the desk may see and work a complaint about its own staff; only a leader himself says so.
    """

    name: ClassVar[str] = "leader_note"
    permits: tuple[str, ...] = ()
    to_desk: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult(IncidentCommand):
    """会商: who took part; the note is the outcome."""

    name: ClassVar[str] = "consult"
    attended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(IncidentCommand):
    """
    The matter is answered. `kind`: public, answered, unified, in_writing, none.

    A public reply's link or picture is the note. `how` says by which means a person was answered. None, by decision,
    needs a reason (the note) and the `leader` who decided.
    """

    name: ClassVar[str] = "reply"
    kind: str
    how: str = ""
    leader: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine(IncidentCommand):
    """
    One message addressed to the unit is answered: how, and when if not now.

    A superior's is answered by the 反馈: the note says what, `to` which superior, where not the one that sent it.
    """

    name: ClassVar[str] = "answer_line"
    post: str
    how: str
    answered_at: Millis | None = None
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineLine(IncidentCommand):
    """One message addressed to the unit is not answered; the note says why."""

    name: ClassVar[str] = "decline_line"
    post: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(IncidentCommand):
    """办结. A second person, where one is required, is named by `second`, or signs `offline` (see sign_off)."""

    name: ClassVar[str] = "close"
    disposition: Disposition
    second: str | None = None
    offline: bool = False
    signed_by: Note | None = None
    signed_at: Millis | None = None
    signed_how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settle(IncidentCommand):
    """一屏办结: acknowledge to close in one batch, for Ⅲ and Ⅳ. The note says what was found and done."""

    name: ClassVar[str] = "settle"
    disposition: Disposition
    verdict: Verdict | None = None
    reply: str = "answered"
    how: str = "phone"
    second: str | None = None
    offline: bool = False
    signed_by: Note | None = None
    signed_at: Millis | None = None
    signed_how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(IncidentCommand):
    """转办: another unit has accepted the matter; the note is its receipt."""

    name: ClassVar[str] = "transfer"
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BounceBack(IncidentCommand):
    """The other unit has sent the matter back."""

    name: ClassVar[str] = "bounce_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze(IncidentCommand):
    """稍后提醒: no reminders until then."""

    name: ClassVar[str] = "snooze"
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsnooze(IncidentCommand):
    """The snooze has ended."""

    name: ClassVar[str] = "unsnooze"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold(IncidentCommand):
    """暂缓 until then, for the reason in the note."""

    name: ClassVar[str] = "hold"
    until: Millis


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(IncidentCommand):
    """The hold has ended."""

    name: ClassVar[str] = "resume"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareEmergency(IncidentCommand):
    """A person switches on the clocks of 5 h and 24 h, for Ⅰ and Ⅱ."""

    name: ClassVar[str] = "declare_emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class EndEmergency(IncidentCommand):
    """The clocks of an emergency are off."""

    name: ClassVar[str] = "end_emergency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate(IncidentCommand):
    """Step 0 warns before a due time, steps 1, 2 … tell the next people after it. `subject`: a message or an office."""

    name: ClassVar[str] = "escalate"
    kind: str
    step: int
    due_at: Millis
    subject: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign(IncidentCommand):
    """The second person signs a step, or (`offline`) a sign-off beside the system is recorded, as in Close."""

    name: ClassVar[str] = "sign"
    what: str
    offline: bool = False
    signed_by: Note | None = None
    signed_at: Millis | None = None
    signed_how: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(IncidentCommand):
    """The note stands beside the incident."""

    name: ClassVar[str] = "comment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(IncidentCommand):
    """
    The person's own last step is taken back, within 10 minutes, if nothing came after it.

    It is the step of batch `seq`, else the last one on the incident, else his last in the unit (`incident` "").
    """

    name: ClassVar[str] = "undo"
    incident: str = ""
    seq: int | None = None
