"""Verification and the work of offices: claims, evidence, verdicts, and who may not judge himself."""

import pytest

from pipeline.domain.errors import Refused
from pipeline.domain.incident import State, Verdict
from pipeline.domain.incident_command import (
    Assess,
    Consult,
    GiveVerdict,
    LeaderNote,
    RecordClaim,
    RecordEvidence,
    ReportUpward,
)
from pipeline.domain.office_command import AssignOffice, Chase, OfficeAnswer
from tests.matters import DAY, DUTY, LEADER, NOON, Desk, a_note, stand


def claimed(*offices: str) -> tuple[Desk, str]:
    """Return a desk in verification with one claim, perhaps about the conduct of offices."""
    desk, incident = stand(State.VERIFYING)
    note = a_note("claim-1")
    desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident, note=note, offices=offices))
    return desk, incident


def verdict(incident: str, value: Verdict, claim: str = "claim-1", *, noted: bool = True) -> GiveVerdict:
    """Return the command that judges a claim."""
    note = a_note("why") if noted else None
    return GiveVerdict(command_id="v", actor=DUTY, incident=incident, claim=claim, verdict=value, note=note)


@pytest.mark.parametrize("value", [Verdict.TRUE, Verdict.PARTLY_TRUE, Verdict.UNTRUE])
def test_the_last_verdict_begins_the_handling(value: Verdict) -> None:
    """属实, 部分属实 and 不属实 all lead to handling; 不属实 must be clarified there."""
    desk, incident = claimed()
    batch = desk.does(verdict(incident, value))
    assert desk.incident().state is State.HANDLING
    assert desk.incident().times.verified_at == NOON
    assert desk.incident().must_clarify is (value is Verdict.UNTRUE)
    assert batch.events[-1].data["must_clarify"] == int(value is Verdict.UNTRUE)


def test_what_cannot_be_verified_stays_in_verification() -> None:
    """暂无法核实 alone handles nothing."""
    desk, incident = claimed()
    desk.does(verdict(incident, Verdict.UNVERIFIABLE))
    assert desk.incident().state is State.VERIFYING


def test_handling_waits_for_the_verdict_of_every_claim() -> None:
    """One of two claims judged is half a verification."""
    desk, incident = claimed()
    desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident, note=a_note("claim-2")))
    desk.does(verdict(incident, Verdict.TRUE))
    assert desk.incident().state is State.VERIFYING
    desk.does(verdict(incident, Verdict.UNVERIFIABLE, "claim-2"))
    assert desk.incident().state is State.HANDLING


def test_a_verdict_can_be_corrected_while_it_is_handled() -> None:
    """New evidence changes the conclusion; the state stays."""
    desk, incident = claimed()
    desk.does(verdict(incident, Verdict.TRUE))
    desk.does(verdict(incident, Verdict.UNTRUE))
    assert desk.incident().must_clarify
    with pytest.raises(Refused, match="INC-304"):
        desk.does(verdict(incident, Verdict.UNTRUE))


def test_a_verdict_rests_on_evidence_or_a_note() -> None:
    """Nothing is concluded from nothing."""
    desk, incident = claimed()
    with pytest.raises(Refused, match="INC-221"):
        desk.does(verdict(incident, Verdict.TRUE, noted=False))
    evidence = RecordEvidence(
        command_id="e", actor=DUTY, incident=incident, claim="claim-1", post="g1-p1", version="v1"
    )
    desk.does(evidence)
    assert desk.incident().claims[0].evidence == ("g1-p1",)
    with pytest.raises(Refused, match="INC-304"):
        desk.does(evidence)
    desk.does(verdict(incident, Verdict.TRUE, noted=False))
    assert desk.incident().state is State.HANDLING


def test_evidence_is_a_post_or_a_note_of_a_claim_that_exists() -> None:
    """An empty hand is no evidence, and evidence proves something that was claimed."""
    desk, incident = claimed()
    with pytest.raises(Refused, match="INC-221"):
        desk.does(RecordEvidence(command_id="e", actor=DUTY, incident=incident, claim="claim-1"))
    with pytest.raises(Refused, match="INC-301"):
        desk.does(RecordEvidence(command_id="e", actor=DUTY, incident=incident, claim="claim-9", post="p"))
    memo = a_note("photo")
    batch = desk.does(RecordEvidence(command_id="e", actor=DUTY, incident=incident, claim="claim-1", note=memo))
    assert desk.incident().claims[0].evidence == ("photo",)
    assert batch.memos == ("photo",)


def test_a_claim_is_recorded_once_and_says_something() -> None:
    """Its text is its note; the same note is the same claim."""
    desk, incident = claimed()
    with pytest.raises(Refused, match="INC-304"):
        desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident, note=a_note("claim-1")))
    with pytest.raises(Refused, match="INC-221"):
        desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident))


def test_assessment_report_and_consultation_are_facts_beside_the_state() -> None:
    """They are kept and change no state."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Assess(command_id="a", actor=DUTY, incident=incident, note=a_note("a")))
    desk.does(ReportUpward(command_id="r", actor=DUTY, incident=incident, note=a_note("r"), to="county"))
    desk.does(Consult(command_id="k", actor=DUTY, incident=incident, note=a_note("k"), attended=(LEADER,)))
    now = desk.incident()
    assert (now.state, now.assessed, now.reports, now.consulted) == (State.VERIFYING, True, 1, 1)


def test_the_owner_is_told_of_a_leaders_note() -> None:
    """批示 reaches the person who must act on it."""
    desk, incident = stand(State.VERIFYING)
    batch = desk.does(LeaderNote(command_id="l", actor=LEADER, incident=incident, note=a_note("l")))
    assert [(notice.what, notice.to) for notice in batch.notices] == [("leader_noted", DUTY)]


def test_an_office_complained_about_gets_the_matter_only_by_a_leaders_word() -> None:
    """回避: it is not routed there before a leader has decided."""
    desk, incident = claimed("welfare")
    assign = AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare")
    with pytest.raises(Refused, match="INC-231"):
        desk.does(assign)
    desk.does(LeaderNote(command_id="l", actor=LEADER, incident=incident, note=a_note("l"), permits=("welfare",)))
    desk.does(assign)
    assert desk.incident().assignments[0].office == "welfare"


def test_an_office_is_due_by_its_clock_or_by_the_time_it_was_given() -> None:
    """交办 always has an end; where no clock applies it is the review time."""
    desk, incident = stand(State.HANDLING)
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare"))
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="homes", due_at=NOON + DAY))
    assert [task.due_at for task in desk.incident().assignments] == [NOON + 3 * DAY, NOON + DAY]
    with pytest.raises(Refused, match="chase it"):
        desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare"))


def test_an_office_without_a_clock_is_due_for_review() -> None:
    """A unit that has set no time for its offices still gets the matter back."""
    desk = Desk()
    incident = desk.opens()
    desk.acknowledges(incident)
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare"))
    assert desk.incident().assignments[0].due_at == NOON + 7 * DAY


def test_an_office_is_chased_until_it_answers() -> None:
    """催办 counts; 反馈 ends the assignment and is the first handling."""
    desk, incident = stand(State.VERIFYING)
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare"))
    batch = desk.does(Chase(command_id="k", actor=DUTY, incident=incident, office="welfare"))
    assert [notice.to for notice in batch.notices] == ["office:welfare"]
    answer = OfficeAnswer(
        command_id="f", actor="account:liaison-1", incident=incident, office="welfare", note=a_note("f")
    )
    batch = desk.does(answer)
    (task,) = desk.incident().assignments
    assert (task.chased, task.answered_at, desk.incident().times.handled_at) == (1, NOON, NOON)
    assert [notice.to for notice in batch.notices] == [DUTY]
    with pytest.raises(Refused, match="INC-301"):
        desk.does(answer)


def test_an_office_that_is_asked_again_answers_again() -> None:
    """The first answer keeps its moment."""
    desk, incident = stand(State.VERIFYING)
    for _ in range(2):
        desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare"))
        desk.does(OfficeAnswer(command_id="f", actor=DUTY, incident=incident, office="welfare", note=a_note("f")))
        desk.now += DAY
    assert [task.answered_at for task in desk.incident().assignments] == [NOON, NOON + DAY]
    assert desk.incident().times.handled_at == NOON
