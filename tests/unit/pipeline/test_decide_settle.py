"""一屏办结: one screen, one batch, every rule of its steps."""

import pytest

from pipeline.domain.command import SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.incident import Disposition, State, Verdict
from pipeline.domain.incident_command import RecordClaim, Settle
from tests.matters import DUTY, LEADER, a_desk, a_letter, a_note, stand


def settle(incident: str, disposition: Disposition, verdict: Verdict | None = None, **more: object) -> Settle:
    """Return what the filled-in screen asks for."""
    return Settle(
        command_id="s",
        actor=DUTY,
        incident=incident,
        disposition=disposition,
        verdict=verdict,
        note=a_note("found-and-done"),
        **more,  # type: ignore[arg-type]  # the fields of Settle
    )


def test_a_small_matter_is_settled_in_one_batch() -> None:
    """From 待签收 to 已办结, with owner, verdict, reply and every letter answered."""
    desk = a_desk(addressed={"g1": (a_letter("g1-p1"), a_letter("g1-p2"))})
    incident = desk.opens(posts=2, addressed_posts=2)
    batch = desk.does(settle(incident, Disposition.RESOLVED, Verdict.TRUE))
    assert [event.type for event in batch.events] == [
        "acknowledged",
        "claim_recorded",
        "verdict_given",
        "verified",
        "replied",
        "line_answered",
        "line_answered",
        "closed",
    ]
    now = desk.incident()
    assert (now.state, now.owner, now.disposition, now.waiting_lines) == (State.CLOSED, DUTY, Disposition.RESOLVED, ())
    assert batch.memos == ("found-and-done",)


def test_settling_judges_the_claims_that_still_wait() -> None:
    """What was recorded before gets the same verdict."""
    desk, incident = stand(State.VERIFYING)
    desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident, note=a_note("claim-1")))
    desk.does(settle(incident, Disposition.CLARIFIED, Verdict.UNTRUE, reply="public"))
    assert {claim.id: claim.verdict for claim in desk.incident().claims} == {
        "claim-1": Verdict.UNTRUE,
        "found-and-done": Verdict.UNTRUE,
    }


def test_an_irrelevant_matter_is_settled_without_verdict_or_reply() -> None:
    """无关信息 in one key press."""
    desk, incident = stand(State.DISCOVERED)
    batch = desk.does(settle(incident, Disposition.IRRELEVANT))
    assert [event.type for event in batch.events] == ["acknowledged", "closed"]


def test_settling_obeys_the_rules_of_its_steps() -> None:
    """Nothing of it is written where one step is refused: here the second person is missing."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="INC-222"):
        desk.does(settle(incident, Disposition.FILED, Verdict.UNVERIFIABLE))
    assert desk.incident().state is State.DISCOVERED
    batch = desk.does(settle(incident, Disposition.FILED, Verdict.UNVERIFIABLE, second=LEADER))
    assert [notice.to for notice in batch.notices] == [LEADER]


def test_grave_matters_are_worked_step_by_step() -> None:
    """Ⅱ and Ⅰ are not for one screen; and a screen says what was found and done."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="INC-221"):
        desk.does(Settle(command_id="s", actor=DUTY, incident=incident, disposition=Disposition.IRRELEVANT))
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=incident, level=2, note=a_note("l")))
    with pytest.raises(Refused, match="step by step"):
        desk.does(settle(incident, Disposition.IRRELEVANT))
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=incident, level=3, note=a_note("l")))
    desk.does(settle(incident, Disposition.IRRELEVANT))
    assert desk.incident().state is State.CLOSED


@pytest.mark.parametrize("state", [State.DISCOVERED, State.VERIFYING])
@pytest.mark.parametrize("ended", [Disposition.RESOLVED, Disposition.CLARIFIED])
def test_what_was_answered_is_settled_with_a_verdict(state: State, ended: Disposition) -> None:
    """The refusal names the field that is missing, not a state that the reader cannot see."""
    desk, incident = stand(state)
    with pytest.raises(Refused, match="INC-226"):
        desk.does(settle(incident, ended))
    assert desk.incident().state is state
