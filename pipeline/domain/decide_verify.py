"""Decisions while a matter is verified and worked: claims, evidence, verdicts, assessment, reports."""

from dataclasses import replace

from .case import ALREADY, UNKNOWN, Case, clock_data
from .event import Event, Value
from .facts import Decision
from .incident import DESK, Claim, Incident, State, Verdict
from .incident_command import (
    Assess,
    Consult,
    GiveVerdict,
    LeaderNote,
    RecordClaim,
    RecordEvidence,
    ReportUpward,
)


def record_claim(case: Case, command: RecordClaim) -> Decision:
    """The claim waits for its verdict; offices complained about may not work on it before a leader decided."""
    incident = case.incident(command.incident)
    claim = case.noted
    if any(one.id == claim for one in incident.claims):
        raise case.refusal(f"claim {claim} is recorded already", incident, code=ALREADY)
    data: dict[str, Value] = {"claim": claim, "offices": list(command.offices)}
    return Decision((case.event("claim_recorded", incident.id, data),))


def record_evidence(case: Case, command: RecordEvidence) -> Decision:
    """The evidence stands beside the claim: a post in the version that was read, or a memo."""
    incident = case.incident(command.incident)
    evidence = command.post or case.noted
    if not evidence:
        raise case.refusal("evidence is a post or a note; give one", incident, code="INC-221")
    if evidence in _claim(case, incident, command.claim).evidence:
        raise case.refusal(f"{evidence} is evidence of this claim already", incident, code=ALREADY)
    data: dict[str, Value] = {"claim": command.claim, "evidence": evidence, "version": command.version}
    return Decision(case.on_holder(incident, _holder_of(case, incident, command.claim), "evidence_recorded", data))


def give_verdict(case: Case, command: GiveVerdict) -> Decision:
    """
    The claim has its verdict. With the last one the matter is verified and handling begins.

    Where nothing could be verified it stays in verification: it may end as filed, with a second signature.
    """
    incident = case.incident(command.incident)
    claim = _claim(case, incident, command.claim)
    if claim.verdict is command.verdict:
        raise case.refusal(f"the verdict of claim {claim.id} is {claim.verdict} already", incident, code=ALREADY)
    if command.note is None and not claim.evidence:
        raise case.refusal("a verdict rests on evidence or a note; give one", incident, code="INC-221")
    data: dict[str, Value] = {"claim": claim.id, "verdict": command.verdict.value}
    events = case.on_holder(incident, _holder_of(case, incident, claim.id), "verdict_given", data)
    verdicts = [command.verdict if one.id == claim.id else one.verdict for one in incident.claims]
    if incident.state is not State.VERIFYING or None in verdicts or set(verdicts) == {Verdict.UNVERIFIABLE}:
        return Decision(events)
    return Decision((*events, _verified(case, incident, verdicts)))


def _verified(case: Case, incident: Incident, verdicts: list[Verdict | None]) -> Event:
    data: dict[str, Value] = {
        "must_clarify": int(Verdict.UNTRUE in verdicts),
        "clocks": clock_data(case.clocks_on(incident, State.HANDLING, "verified")),
    }
    return case.event("verified", incident.id, data)


def _claim(case: Case, incident: Incident, claim: str) -> Claim:
    found = next((one for one in incident.claims if one.id == claim), None)
    if found is None:
        raise case.refusal(f"incident {incident.id} has no claim {claim}", incident, code=UNKNOWN)
    return found


def _holder_of(case: Case, incident: Incident, claim: str) -> str:
    family = case.state.family(incident.id)
    return next(one.id for one in family if any(own.id == claim for own in one.claims))


def assess(case: Case, command: Assess) -> Decision:
    """The assessment is kept; its text is the note."""
    return Decision((case.event("assessed", command.incident, {}),))


def report_upward(case: Case, command: ReportUpward) -> Decision:
    """The report to the superior is kept; its text is the note."""
    return Decision((case.event("reported", command.incident, {"to": command.to}),))


def leader_note(case: Case, command: LeaderNote) -> Decision:
    """
    The leader's note is kept, the owner is told, and the offices that it permits may work on the matter.

    A complaint about staff is handed to the desk (`DESK`) by a leader himself; then whom its alerts reach is told.
    """
    incident = case.incident(command.incident)
    permits = tuple(dict.fromkeys((*command.permits, *((DESK,) if command.to_desk else ()))))
    hands_over = DESK in permits and case.is_kept_for_leader(incident)
    if hands_over and "leader" not in case.facts.roles:
        raise case.refusal("only a leader lets the desk work a complaint about its own staff", incident, code="INC-403")
    event = case.event("leader_noted", incident.id, {"permits": list(permits)})
    told = case.told("leader_noted", "leader", incident, incident.owner)
    if not hands_over:
        return Decision((event,), told)
    permitted = replace(incident, permitted=incident.permitted | {DESK})
    return Decision((event,), (*told, case.notice("leader_noted", "leader", "policy:alert", permitted)))


def consult(case: Case, command: Consult) -> Decision:
    """The consultation is kept: who took part, and its outcome as the note."""
    return Decision((case.event("consulted", command.incident, {"attended": list(command.attended)}),))
