"""For each legal cell of the table: a desk on which everything is so that the command can be decided now."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from pipeline.domain.alert_policy import DEFAULT_POLICY
from pipeline.domain.alert_rule import ask
from pipeline.domain.command import Command, GroupJoined, GroupRestored, GroupSplit, Reopen, SetLevel
from pipeline.domain.incident import Disposition, State, Verdict
from pipeline.domain.incident_command import (
    AcceptHandover,
    AnswerLine,
    Close,
    Comment,
    DeclareEmergency,
    DeclineHandover,
    DeclineLine,
    Escalate,
    GiveVerdict,
    Hold,
    OfferHandover,
    RecordClaim,
    Settle,
    Sign,
    Snooze,
)
from pipeline.domain.merge_command import DeclineMerge, Merge, Split, Unmerge
from pipeline.domain.next_due import dues
from pipeline.domain.office_command import AssignOffice
from pipeline.domain.replace_command import ReplaceAccount
from tests.command_samples import SAMPLES, WHO
from tests.matters import DAY, DUTY, LEADER, NOON, OTHER, Desk, a_desk, a_letter, a_note, a_row, of_incident, stand


def ready(name: str, state: State) -> tuple[Desk, Command]:
    """Return a desk with an incident in the state, and a command of this name that is legal and complete there."""
    desk = a_desk()
    if name == "unmerge":
        desk, incident = stand(state, _with_merged(desk))
    elif name in ("sign", "replace_account"):
        desk, incident = stand(state, _GapDesk(due=desk.due))
    else:
        desk, incident = stand(state, desk)
    make = READY.get(name)
    return desk, SAMPLES[name](incident) if make is None else make(desk, incident)


def _with_merged(desk: Desk) -> Desk:
    other = desk.opens("g8")
    incident = desk.opens()
    desk.does(Merge(incident=incident, others=(other,), **WHO))
    return _Opened(desk.state, desk.log, desk.rows, due=desk.due)


class _Opened(Desk):
    """A desk whose incident is open already."""

    def opens(self, group: str = "g1", **row: object) -> str:
        return of_incident(group)


class _GapDesk(Desk):
    """A desk where a signature is missing since the matter was closed once before."""

    def acknowledges(self, incident: str, owner: str = DUTY) -> None:
        super().acknowledges(incident, owner)
        self.judges(incident, Verdict.UNVERIFIABLE, "claim-0")
        filed = Disposition.FILED
        self.does(Close(incident=incident, disposition=filed, second=OTHER, note=a_note("why"), **WHO))
        self.does(Reopen(incident=incident, note=a_note("again"), **WHO))


def _offered(desk: Desk, incident: str) -> None:
    desk.does(OfferHandover(incident=incident, to=OTHER, **WHO))


def _accept(desk: Desk, incident: str) -> Command:
    _offered(desk, incident)
    return AcceptHandover(incident=incident, command_id="a", actor=OTHER)


def _decline(desk: Desk, incident: str) -> Command:
    _offered(desk, incident)
    return DeclineHandover(incident=incident, command_id="a", actor=OTHER)


def _evidence(desk: Desk, incident: str) -> Command:
    if desk.incident().state is State.VERIFYING:
        desk.does(RecordClaim(incident=incident, note=a_note("claim-1"), **WHO))
    return SAMPLES["record_evidence"](incident)


def _verdict(desk: Desk, incident: str) -> Command:
    verdict = Verdict.UNTRUE
    if desk.incident().state is State.VERIFYING:
        desk.does(RecordClaim(incident=incident, note=a_note("claim-1"), **WHO))
    return GiveVerdict(incident=incident, claim="claim-1", verdict=verdict, note=a_note("v"), **WHO)


def _office(name: str) -> Callable[[Desk, str], Command]:
    def make(desk: Desk, incident: str) -> Command:
        state = desk.incident().state
        if state is State.DISCOVERED:
            desk.acknowledges(incident)
        elif state is State.TRANSFERRED:
            desk.does(SAMPLES["bounce_back"](incident))
        desk.does(AssignOffice(incident=incident, office="welfare", **WHO))
        back = {State.DISCOVERED: "unacknowledge", State.TRANSFERRED: "transfer"}
        if state in back:
            desk.does(SAMPLES[back[state]](incident))
        return SAMPLES[name](incident)

    return make


def _settle(desk: Desk, incident: str) -> Command:
    judged = bool(desk.incident().claims)
    verdict = None if judged else Verdict.TRUE
    return Settle(incident=incident, disposition=Disposition.RESOLVED, verdict=verdict, note=a_note("s"), **WHO)


def _close(desk: Desk, incident: str) -> Command:
    ends = {State.VERIFYING: Disposition.IRRELEVANT, State.HANDLING: Disposition.FILED}
    disposition = ends.get(desk.incident().state, Disposition.RESOLVED)
    return Close(incident=incident, disposition=disposition, note=a_note("end"), **WHO)


def _merge(desk: Desk, incident: str) -> Command:
    return Merge(incident=incident, others=(desk.opens("g3"),), **WHO)


def _unmerge(_desk: Desk, incident: str) -> Command:
    return Unmerge(incident=incident, released=of_incident("g8"), **WHO)


def _decline_merge(desk: Desk, incident: str) -> Command:
    return DeclineMerge(incident=incident, other=desk.opens("g3"), **WHO)


def _joined(desk: Desk, incident: str) -> None:
    desk.has(a_row("g2", posts=2)).addressed["g2"] = (a_letter("g2-p1"),)
    desk.does(GroupJoined(incident=incident, group="g2", **WHO))


def _split(desk: Desk, incident: str) -> Command:
    _joined(desk, incident)
    return Split(incident=incident, groups=("g2",), **WHO)


def _join(desk: Desk, incident: str) -> Command:
    desk.has(a_row("g2"))
    return GroupJoined(incident=incident, group="g2", **WHO)


def _restore(desk: Desk, incident: str) -> Command:
    _joined(desk, incident)
    return GroupRestored(group="g2", **WHO)


def _split_group(desk: Desk, _incident: str) -> Command:
    desk.has(a_row(posts=2))
    return GroupSplit(group="g1", posts=("g1-p2",), **WHO)


def _unsnooze(desk: Desk, incident: str) -> Command:
    desk.does(Snooze(incident=incident, until=NOON + DAY, **WHO))
    return SAMPLES["unsnooze"](incident)


def _resume(desk: Desk, incident: str) -> Command:
    desk.does(Hold(incident=incident, until=NOON + DAY, note=a_note("h"), **WHO))
    return SAMPLES["resume"](incident)


def _asked(desk: Desk, **row: object) -> Command:
    desk.has(replace(desk.rows["g1"], **row))  # type: ignore[arg-type]  # the fields of GroupRow
    (command,) = ask(desk.state, [desk.rows["g1"]], DEFAULT_POLICY, desk.now)
    return command


def _raise(desk: Desk, _incident: str) -> Command:
    return _asked(desk, posts=8)


def _lines(desk: Desk, _incident: str) -> Command:
    desk.addressed["g1"] = (a_letter("g1-p1"),)
    return _asked(desk, addressed_posts=1)


def _grave(desk: Desk, incident: str) -> None:
    desk.does(SetLevel(incident=incident, level=2, note=a_note("l"), **WHO))


def _emergency(desk: Desk, incident: str) -> Command:
    _grave(desk, incident)
    return SAMPLES["declare_emergency"](incident)


def _no_emergency(desk: Desk, incident: str) -> Command:
    _grave(desk, incident)
    desk.does(DeclareEmergency(incident=incident, **WHO))
    return SAMPLES["end_emergency"](incident)


def _escalate(desk: Desk, incident: str) -> Command:
    due = dues(desk.incident())[0]
    return Escalate(incident=incident, kind=due.what, step=1, due_at=due.at, subject=due.subject, **WHO)


def _sign(_desk: Desk, incident: str) -> Command:
    return Sign(incident=incident, what="close", command_id="s", actor=OTHER)


def _replace(desk: Desk, incident: str) -> Command:
    """A matter that waits for acknowledgement has a signature missing where it was closed and given back before."""
    if desk.incident().state is State.DISCOVERED:
        Desk.acknowledges(desk, incident)
        _grave(desk, incident)
        desk.does(Close(incident=incident, disposition=Disposition.IRRELEVANT, second=OTHER, **WHO))
        desk.does(Reopen(incident=incident, note=a_note("again"), **WHO))
        desk.does(SAMPLES["unacknowledge"](incident))
    return ReplaceAccount(incident=incident, old=OTHER, new=LEADER, command_id="r", actor="operator:admin-1")


def _answer(desk: Desk, incident: str) -> Command:
    _joined(desk, incident)
    return AnswerLine(incident=incident, post="g2-p1", how="phone", **WHO)


def _decline_line(desk: Desk, incident: str) -> Command:
    _joined(desk, incident)
    return DeclineLine(incident=incident, post="g2-p1", note=a_note("d"), **WHO)


def _undo(desk: Desk, incident: str) -> Command:
    desk.does(Comment(incident=incident, note=a_note("oops"), **WHO))
    return SAMPLES["undo"](incident)


READY: Mapping[str, Callable[[Desk, str], Command]] = {
    "accept_handover": _accept,
    "decline_handover": _decline,
    "record_evidence": _evidence,
    "give_verdict": _verdict,
    "chase": _office("chase"),
    "recall_office": _office("recall_office"),
    "office_receive": _office("office_receive"),
    "office_answer": _office("office_answer"),
    "office_return": _office("office_return"),
    "settle": _settle,
    "close": _close,
    "merge": _merge,
    "unmerge": _unmerge,
    "decline_merge": _decline_merge,
    "split": _split,
    "group_joined": _join,
    "group_restored": _restore,
    "group_split": _split_group,
    "unsnooze": _unsnooze,
    "resume": _resume,
    "raise_level": _raise,
    "add_lines": _lines,
    "declare_emergency": _emergency,
    "end_emergency": _no_emergency,
    "escalate": _escalate,
    "sign": _sign,
    "replace_account": _replace,
    "answer_line": _answer,
    "decline_line": _decline_line,
    "undo": _undo,
}
"""Command → what must be so first; commands that are not named need nothing."""
