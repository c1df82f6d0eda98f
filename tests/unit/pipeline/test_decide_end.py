"""How a matter ends, begins again, or goes to another unit; and what an ending must agree with."""

import pytest

from pipeline.domain.command import Reopen, SetLevel
from pipeline.domain.errors import Refused
from pipeline.domain.incident import Disposition, State, Verdict
from pipeline.domain.incident_command import BounceBack, Close, RecordClaim, Sign, Transfer
from pipeline.domain.merge_command import Merge
from tests.matters import DAY, DUTY, HOUR, LEADER, NOON, OTHER, Desk, a_note, a_row, stand


def close(incident: str, disposition: Disposition, *, second: str | None = None, offline: bool = False) -> Close:
    """Return the command that ends the matter so."""
    note = a_note("end")
    return Close(
        command_id="k",
        actor=DUTY,
        incident=incident,
        disposition=disposition,
        second=second,
        offline=offline,
        note=note,
        signed_by=a_note("post") if offline else None,
        signed_how="phone" if offline else "",
    )


def judged(verdict: Verdict) -> tuple[Desk, str]:
    """Return a desk whose incident has this verdict."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, verdict)
    return desk, incident


def test_what_was_answered_is_resolved() -> None:
    """已办结 from 已回应, with its moment."""
    desk, incident = stand(State.RESPONDED)
    desk.does(close(incident, Disposition.RESOLVED))
    now = desk.incident()
    assert (now.state, now.disposition, now.times.closed_at) == (State.CLOSED, Disposition.RESOLVED, NOON)


def test_what_was_found_untrue_is_never_irrelevant() -> None:
    """不属实 leads to 澄清: it can be neither called irrelevant nor filed unanswered."""
    desk, incident = judged(Verdict.UNTRUE)
    for wrong in (Disposition.IRRELEVANT, Disposition.FILED, Disposition.CLARIFIED):
        with pytest.raises(Refused) as refusal:
            desk.does(close(incident, wrong))
        assert refusal.value.code in ("INC-224", "INC-201")
    desk.replies(incident, "public")
    desk.does(close(incident, Disposition.CLARIFIED))
    assert desk.incident().disposition is Disposition.CLARIFIED


def test_only_what_was_found_untrue_is_clarified() -> None:
    """Nothing to clarify where all was true."""
    desk, incident = judged(Verdict.TRUE)
    desk.replies(incident)
    with pytest.raises(Refused, match="INC-224"):
        desk.does(close(incident, Disposition.CLARIFIED))


def test_what_was_found_true_is_not_irrelevant_either() -> None:
    """A matter that was verified concerns the unit."""
    desk, incident = judged(Verdict.PARTLY_TRUE)
    with pytest.raises(Refused, match="INC-224"):
        desk.does(close(incident, Disposition.IRRELEVANT))


def test_a_claim_without_a_verdict_keeps_the_matter_open() -> None:
    """Filing does not skip the verification."""
    desk, incident = stand(State.VERIFYING)
    desk.does(RecordClaim(command_id="c", actor=DUTY, incident=incident, note=a_note("claim-1")))
    with pytest.raises(Refused, match="INC-223"):
        desk.does(close(incident, Disposition.FILED))


def test_what_cannot_be_verified_is_filed_with_a_second_person() -> None:
    """暂无法核实: work goes on at once, and the gap shows until the person named has signed."""
    desk, incident = judged(Verdict.UNVERIFIABLE)
    for nobody in (None, DUTY):
        with pytest.raises(Refused, match="INC-222"):
            desk.does(close(incident, Disposition.FILED, second=nobody))
    batch = desk.does(close(incident, Disposition.FILED, second=OTHER))
    assert desk.incident().state is State.CLOSED
    assert [(gap.what, gap.of) for gap in desk.incident().gaps] == [("close", OTHER)]
    assert [notice.to for notice in batch.notices] == [OTHER]
    desk.does(Sign(command_id="s", actor=OTHER, incident=incident, what="close"))
    assert desk.incident().gaps == ()


def test_an_offline_sign_off_leaves_no_gap() -> None:
    """线下审签: the memo names the post, the event says how and when."""
    desk, incident = judged(Verdict.UNVERIFIABLE)
    batch = desk.does(close(incident, Disposition.FILED, offline=True))
    assert desk.incident().gaps == ()
    assert batch.notices == ()
    assert batch.memos == ("end", "post")
    assert (batch.events[0].data["signed_how"], batch.events[0].data["signed_at"]) == ("phone", NOON)


def test_a_grave_matter_is_irrelevant_only_to_four_eyes() -> None:
    """At Ⅱ and Ⅰ a second person is named; at Ⅲ and Ⅳ one is enough."""
    desk, incident = stand(State.VERIFYING)
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=incident, level=2, note=a_note("l")))
    with pytest.raises(Refused, match="INC-222"):
        desk.does(close(incident, Disposition.IRRELEVANT))
    desk.does(close(incident, Disposition.IRRELEVANT, second=LEADER))
    assert desk.incident().state is State.CLOSED


def test_an_unanswered_matter_is_not_resolved() -> None:
    """Resolved comes after a reply, however it was handled."""
    desk, incident = judged(Verdict.TRUE)
    with pytest.raises(Refused, match="not from handling"):
        desk.does(close(incident, Disposition.RESOLVED))
    desk.does(close(incident, Disposition.FILED))
    assert desk.incident().disposition is Disposition.FILED


def test_reopening_starts_verification_and_reply_from_now() -> None:
    """What was promised then was kept or missed then; the new work has new deadlines and the same owner."""
    desk, incident = stand(State.CLOSED)
    desk.now += 30 * DAY
    desk.does(Reopen(command_id="o", actor=LEADER, incident=incident, note=a_note("o")))
    now = desk.incident()
    assert (now.state, now.owner, now.disposition, now.times.closed_at) == (State.VERIFYING, DUTY, None, None)
    assert {clock.kind: clock.due_at for clock in now.clocks} == {
        "reply": desk.now + 2 * DAY,
        "verify": desk.now + 2 * DAY,
    }


def test_an_answer_that_did_not_hold_is_handled_again() -> None:
    """From 已回应 the way back leads to handling, with a reason."""
    desk, incident = stand(State.RESPONDED)
    with pytest.raises(Refused, match="INC-221"):
        desk.does(Reopen(command_id="o", actor=DUTY, incident=incident))
    desk.does(Reopen(command_id="o", actor=DUTY, incident=incident, note=a_note("o")))
    assert desk.incident().state is State.HANDLING


def test_a_closed_matter_opens_again_by_rule_only_when_something_happened() -> None:
    """Growth below double changes nothing; a rule that asks all the same is refused."""
    desk, incident = stand(State.CLOSED)
    rule = Reopen(command_id="o", actor="rule:growth@1", incident=incident, reason="growth")
    with pytest.raises(Refused, match="INC-304"):
        desk.does(rule)
    desk.rows.clear()
    with pytest.raises(Refused, match="INC-304"):
        desk.does(rule)
    desk.has(a_row(posts=8))
    batch = desk.does(
        Reopen(
            command_id=f"reopen:{incident}:{desk.incident().revision}:growth",
            actor="rule:growth@1",
            incident=incident,
            reason="growth",
        )
    )
    assert desk.incident().state is State.VERIFYING
    assert [notice.what for notice in batch.notices] == ["reopened"]


def test_reopening_forgets_the_old_clocks_of_what_was_absorbed() -> None:
    """An absorbed matter's missed deadline is not missed again by the new work."""
    desk, incident = stand(State.HANDLING)
    other = desk.opens("g2")
    desk.does(Merge(command_id="m", actor=DUTY, incident=incident, others=(other,)))
    desk.replies(incident)
    desk.does(close(incident, Disposition.RESOLVED))
    desk.now += 30 * DAY
    desk.does(Reopen(command_id="o", actor=DUTY, incident=incident, note=a_note("o")))
    assert {clock.start_at for clock in desk.incident().clocks} == {desk.now}


def test_a_transferred_matter_comes_back_or_is_closed() -> None:
    """转办 needs a receipt; bounced back it is verified anew and the owner is told."""
    desk, incident = stand(State.VERIFYING)
    with pytest.raises(Refused, match="INC-221"):
        desk.does(Transfer(command_id="t", actor=DUTY, incident=incident, to="unit-2"))
    desk.does(Transfer(command_id="t", actor=DUTY, incident=incident, to="unit-2", note=a_note("t")))
    assert (desk.incident().state, desk.incident().outside) == (State.TRANSFERRED, "unit-2")
    desk.now += HOUR
    batch = desk.does(BounceBack(command_id="b", actor=OTHER, incident=incident, note=a_note("b")))
    now = desk.incident()
    assert (now.state, now.outside, now.owner) == (State.VERIFYING, None, DUTY)
    assert [notice.to for notice in batch.notices] == [DUTY]
    assert {clock.kind: clock.start_at for clock in now.clocks}["verify"] == desk.now
