"""What the events of people's work make of an incident: verification, offices, replies, waiting, signatures."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from .errors import MalformedEvent
from .event import Event
from .event_data import number, text, texts
from .evolve_office import APPLY_OFFICE
from .incident import AnswerLine, Claim, Disposition, Gap, Incident, State, Verdict

Apply: TypeAlias = Callable[[Incident, Event], Incident]


def _claim_recorded(incident: Incident, event: Event) -> Incident:
    claim = Claim(id=text(event.data, "claim"), by=event.actor)
    offices = frozenset(texts(event.data, "offices"))
    return replace(incident, claims=(*incident.claims, claim), complained_of=incident.complained_of | offices)


def _evidence_recorded(incident: Incident, event: Event) -> Incident:
    evidence = text(event.data, "evidence")
    return _with_claim(incident, event, lambda claim: replace(claim, evidence=(*claim.evidence, evidence)))


def _verdict_given(incident: Incident, event: Event) -> Incident:
    verdict = Verdict(text(event.data, "verdict"))
    return _with_claim(incident, event, lambda claim: replace(claim, verdict=verdict, by=event.actor))


def _with_claim(incident: Incident, event: Event, change: Callable[[Claim], Claim]) -> Incident:
    wanted = text(event.data, "claim")
    return replace(incident, claims=tuple(change(one) if one.id == wanted else one for one in incident.claims))


def _verified(incident: Incident, event: Event) -> Incident:
    return replace(incident, state=State.HANDLING, times=replace(incident.times, verified_at=event.at))


def _assessed(incident: Incident, _event: Event) -> Incident:
    return replace(incident, assessed=True)


def _reported(incident: Incident, _event: Event) -> Incident:
    return replace(incident, reports=incident.reports + 1)


def _leader_noted(incident: Incident, event: Event) -> Incident:
    return replace(incident, permitted=incident.permitted | frozenset(texts(event.data, "permits")))


def _consulted(incident: Incident, _event: Event) -> Incident:
    return replace(incident, consulted=incident.consulted + 1)


def _replied(incident: Incident, event: Event) -> Incident:
    times = incident.times
    times = replace(times, handled_at=times.handled_at or event.at, responded_at=times.responded_at or event.at)
    return replace(incident, state=State(text(event.data, "state")), times=times)


def _line_answered(incident: Incident, event: Event) -> Incident:
    how, ended_at = text(event.data, "how"), number(event.data, "answered_at")
    return _with_line(incident, event, lambda line: replace(line, outcome="answered", how=how, ended_at=ended_at))


def _line_declined(incident: Incident, event: Event) -> Incident:
    return _with_line(incident, event, lambda line: replace(line, outcome="declined", ended_at=event.at))


def _with_line(incident: Incident, event: Event, change: Callable[[AnswerLine], AnswerLine]) -> Incident:
    post = text(event.data, "post")
    return replace(incident, lines=tuple(change(line) if line.post == post else line for line in incident.lines))


def _closed(incident: Incident, event: Event) -> Incident:
    return replace(
        incident,
        state=State.CLOSED,
        disposition=Disposition(text(event.data, "disposition")),
        offered_to=None,
        snoozed_until=None,
        held_until=None,
        times=replace(incident.times, closed_at=event.at),
    )


def _reopened(incident: Incident, event: Event) -> Incident:
    return replace(
        incident,
        state=State(text(event.data, "state")),
        disposition=None,
        outlived=frozenset(incident.absorbed),
        times=replace(incident.times, closed_at=None),
    )


def _transferred(incident: Incident, event: Event) -> Incident:
    return replace(incident, state=State.TRANSFERRED, outside=text(event.data, "to"))


def _bounced_back(incident: Incident, _event: Event) -> Incident:
    return replace(incident, state=State.VERIFYING, outside=None)


def _snoozed(incident: Incident, event: Event) -> Incident:
    return replace(incident, snoozed_until=number(event.data, "until"))


def _unsnoozed(incident: Incident, _event: Event) -> Incident:
    return replace(incident, snoozed_until=None)


def _held(incident: Incident, event: Event) -> Incident:
    return replace(incident, held_until=number(event.data, "until"))


def _resumed(incident: Incident, _event: Event) -> Incident:
    return replace(incident, held_until=None)


def _emergency_declared(incident: Incident, event: Event) -> Incident:
    return replace(incident, emergency_at=event.at)


def _emergency_ended(incident: Incident, _event: Event) -> Incident:
    return replace(incident, emergency_at=None)


def _escalated(incident: Incident, event: Event) -> Incident:
    data = event.data
    told = (text(data, "kind"), text(data, "subject"), number(data, "due_at"), number(data, "step"))
    return replace(incident, rung=incident.rung | {told})


def _sign_asked(incident: Incident, event: Event) -> Incident:
    gap = Gap(what=text(event.data, "what"), of=text(event.data, "of"), at=event.at)
    return replace(incident, gaps=(*incident.gaps, gap))


def _signed(incident: Incident, event: Event) -> Incident:
    what = text(event.data, "what")
    return replace(incident, gaps=tuple(gap for gap in incident.gaps if gap.what != what))


def _sign_passed(incident: Incident, event: Event) -> Incident:
    what, old, new = (text(event.data, name) for name in ("what", "of", "to"))
    gaps = (replace(gap, of=new) if (gap.what, gap.of) == (what, old) else gap for gap in incident.gaps)
    return replace(incident, gaps=tuple(gaps))


def _commented(incident: Incident, _event: Event) -> Incident:
    return incident


def _undone(incident: Incident, event: Event) -> Incident:
    point = incident.undo
    if point is None or point.seq != number(event.data, "seq"):
        raise MalformedEvent(f"incident {incident.id} has no step of batch {event.data['seq']} to undo")
    return replace(point.before, revision=incident.revision, trail=incident.trail)


APPLY_WORK: Mapping[str, Apply] = {
    "claim_recorded": _claim_recorded,
    "evidence_recorded": _evidence_recorded,
    "verdict_given": _verdict_given,
    "verified": _verified,
    "assessed": _assessed,
    "reported": _reported,
    "leader_noted": _leader_noted,
    "consulted": _consulted,
    **APPLY_OFFICE,
    "replied": _replied,
    "line_answered": _line_answered,
    "line_declined": _line_declined,
    "closed": _closed,
    "reopened": _reopened,
    "transferred": _transferred,
    "bounced_back": _bounced_back,
    "snoozed": _snoozed,
    "unsnoozed": _unsnoozed,
    "held": _held,
    "resumed": _resumed,
    "emergency_declared": _emergency_declared,
    "emergency_ended": _emergency_ended,
    "escalated": _escalated,
    "sign_asked": _sign_asked,
    "signed": _signed,
    "sign_passed": _sign_passed,
    "commented": _commented,
    "undone": _undone,
}
