"""Who owns an incident: exactly one person from acknowledgement on."""

import pytest

from pipeline.domain.command import Acknowledge
from pipeline.domain.errors import Refused
from pipeline.domain.incident import State, Verdict
from pipeline.domain.incident_command import (
    AcceptHandover,
    AssignOwner,
    DeclineHandover,
    OfferHandover,
    Unacknowledge,
)
from tests.matters import DUTY, HOUR, LEADER, NOON, OTHER, Desk, a_row, stand


def test_acknowledging_makes_the_person_the_owner() -> None:
    """签收: the incident is verified by the one who took it."""
    desk, incident = stand(State.DISCOVERED)
    desk.does(Acknowledge(command_id="c", actor=DUTY, incident=incident))
    assert (desk.incident().owner, desk.incident().state) == (DUTY, State.VERIFYING)
    assert desk.incident().times.acknowledged_at == NOON


def test_acknowledging_for_somebody_else_makes_that_person_the_owner() -> None:
    """A leader may hand out what comes in."""
    desk, incident = stand(State.DISCOVERED)
    desk.does(Acknowledge(command_id="c", actor=LEADER, incident=incident, owner=OTHER))
    assert desk.incident().owner == OTHER


def test_only_a_person_owns() -> None:
    """An office or a rule cannot be asked why nothing happened."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="only a person"):
        desk.does(Acknowledge(command_id="c", actor=DUTY, incident=incident, owner="office:welfare"))


def test_whoever_acknowledges_has_seen_the_matter_as_it_stands() -> None:
    """Growth is counted from what the owner saw, not from what the opener saw."""
    desk, incident = stand(State.DISCOVERED)
    desk.has(a_row(posts=5))
    desk.acknowledges(incident)
    assert desk.incident().seen["g1"].posts == 5


def test_giving_back_starts_the_clock_of_acknowledgement_again() -> None:
    """Nobody owns it, the alert goes out once more, and the two hours begin anew."""
    desk, incident = stand(State.VERIFYING)
    desk.now += 3 * HOUR
    batch = desk.does(Unacknowledge(command_id="c", actor="clock:unacknowledge", incident=incident))
    now = desk.incident()
    assert (now.owner, now.state, now.times.acknowledged_at) == (None, State.DISCOVERED, None)
    assert [clock.due_at for clock in now.clocks if clock.kind == "acknowledge"] == [NOON + 5 * HOUR]
    assert [notice.what for notice in batch.notices] == ["unacknowledged"]


def test_what_has_a_verdict_is_handed_over_not_given_back() -> None:
    """Work that was done does not fall back to nobody."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident)
    with pytest.raises(Refused, match="INC-201"):
        desk.does(Unacknowledge(command_id="c", actor=DUTY, incident=incident))


def test_a_claim_with_a_verdict_in_verification_keeps_its_owner() -> None:
    """暂无法核实 leaves the state, but it is a verdict."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, Verdict.UNVERIFIABLE)
    with pytest.raises(Refused, match="hand it over"):
        desk.does(Unacknowledge(command_id="c", actor=DUTY, incident=incident))


def test_a_handover_takes_two_steps_so_that_there_is_always_one_owner() -> None:
    """The offer changes nothing; the acceptance changes everything at once."""
    desk, incident = stand(State.VERIFYING)
    batch = desk.does(OfferHandover(command_id="c", actor=DUTY, incident=incident, to=OTHER))
    assert (desk.incident().owner, desk.incident().offered_to) == (DUTY, OTHER)
    assert [notice.to for notice in batch.notices] == [OTHER]
    batch = desk.does(AcceptHandover(command_id="c", actor=OTHER, incident=incident))
    assert (desk.incident().owner, desk.incident().offered_to) == (OTHER, None)
    assert [notice.to for notice in batch.notices] == [DUTY]


def test_only_the_person_who_was_asked_accepts() -> None:
    """Nobody takes over what was offered to another."""
    desk, incident = stand(State.VERIFYING)
    desk.does(OfferHandover(command_id="c", actor=DUTY, incident=incident, to=OTHER))
    with pytest.raises(Refused, match="not offered"):
        desk.does(AcceptHandover(command_id="c", actor=LEADER, incident=incident))


def test_a_declined_offer_leaves_the_owner() -> None:
    """The person asked says no, or the owner takes the offer back; a third one does neither."""
    desk, incident = stand(State.VERIFYING)
    desk.does(OfferHandover(command_id="c", actor=DUTY, incident=incident, to=OTHER))
    with pytest.raises(Refused, match="not offered"):
        desk.does(DeclineHandover(command_id="c", actor=LEADER, incident=incident))
    batch = desk.does(DeclineHandover(command_id="c", actor=OTHER, incident=incident))
    assert (desk.incident().owner, desk.incident().offered_to) == (DUTY, None)
    assert [notice.to for notice in batch.notices] == [DUTY]
    with pytest.raises(Refused, match="not offered"):
        desk.does(DeclineHandover(command_id="c", actor=DUTY, incident=incident))


def test_an_offer_to_the_owner_or_twice_is_already_so() -> None:
    """Asking twice changes nothing."""
    desk, incident = stand(State.VERIFYING)
    for _ in range(2):
        with pytest.raises(Refused, match="INC-304"):
            desk.does(OfferHandover(command_id="c", actor=DUTY, incident=incident, to=DUTY))
    desk.does(OfferHandover(command_id="c", actor=DUTY, incident=incident, to=OTHER))
    with pytest.raises(Refused, match="INC-304"):
        desk.does(OfferHandover(command_id="c", actor=DUTY, incident=incident, to=OTHER))


def test_a_leader_gives_the_matter_to_another_at_once() -> None:
    """The new owner and the old one are told, the leader knows it."""
    desk, incident = stand(State.HANDLING)
    batch = desk.does(AssignOwner(command_id="c", actor=LEADER, incident=incident, to=OTHER))
    assert desk.incident().owner == OTHER
    assert [notice.to for notice in batch.notices] == [OTHER, DUTY]
    with pytest.raises(Refused, match="INC-304"):
        desk.does(AssignOwner(command_id="c", actor=LEADER, incident=incident, to=OTHER))


def test_the_desk_of_one_person_tells_nobody_of_his_own_steps() -> None:
    """Who asks knows it already."""
    desk: Desk
    desk, incident = stand(State.VERIFYING)
    batch = desk.does(AssignOwner(command_id="c", actor=OTHER, incident=incident, to=OTHER))
    assert [notice.to for notice in batch.notices] == [DUTY]
