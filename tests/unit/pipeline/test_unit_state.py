"""The fold of a unit's log: order, replay, and incidents as one with what they absorbed."""

from dataclasses import replace

import pytest

from pipeline.domain.command import Acknowledge, SetLevel
from pipeline.domain.errors import MalformedEvent
from pipeline.domain.event import Batch, Event
from pipeline.domain.incident import State
from pipeline.domain.merge_command import Merge
from pipeline.domain.unit_state import empty, evolve, evolve_batch, replay
from tests.matters import DUTY, HOUR, NOON, UNIT, a_desk, a_note, of_incident, stand


def test_replay_gives_the_state_that_lived() -> None:
    """The log alone is the truth: folding it again gives the same incidents and marks."""
    desk, _ = stand(State.CLOSED)
    desk.opens("g2")
    assert replay(UNIT, desk.log) == desk.state


def test_a_batch_out_of_order_or_of_another_unit_is_refused() -> None:
    """A gap in the sequence is never folded over."""
    desk, _ = stand(State.VERIFYING)
    with pytest.raises(MalformedEvent, match="cannot follow"):
        evolve_batch(empty(UNIT), desk.log[1])
    with pytest.raises(MalformedEvent, match="cannot follow"):
        evolve_batch(empty("other-unit"), desk.log[0])


def test_events_one_by_one_give_the_incidents_of_the_batch() -> None:
    """A batch is its events in order; only taking back needs to know where it began."""
    desk, incident = stand(State.DISCOVERED)
    (event,) = desk.log[0].events
    assert evolve(empty(UNIT), event).incidents[incident] == desk.state.incidents[incident]


def test_the_given_state_stays_as_it_was() -> None:
    """Evolving makes a new state; whoever holds the old one still sees the old one."""
    desk, incident = stand(State.DISCOVERED)
    before = desk.state
    desk.acknowledges(incident)
    assert before.incidents[incident].state is State.DISCOVERED
    assert desk.state.incidents[incident].state is State.VERIFYING


def an_event(kind: str, incident: str = "i1") -> Event:
    """Return an event that stands where it cannot."""
    return Event(kind, 1, NOON, incident, DUTY, {})


def test_an_event_before_its_incident_was_opened_is_malformed() -> None:
    """The log's order cannot be like that; verify finds it."""
    with pytest.raises(MalformedEvent, match="before `opened`"):
        evolve(empty(UNIT), an_event("commented"))


def test_an_event_of_an_unknown_type_is_malformed() -> None:
    """A newer version wrote it; guessing would be inventing."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(MalformedEvent, match="newer version"):
        evolve(desk.state, an_event("teleported", incident))


def test_taking_back_a_step_that_was_not_the_last_is_malformed() -> None:
    """Only the last batch on an incident can be taken back; anything else was never written by the decider."""
    desk, incident = stand(State.DISCOVERED)
    event = replace(an_event("undone", incident), data={"seq": 7, "types": []})
    with pytest.raises(MalformedEvent, match="no step of batch 7"):
        evolve(desk.state, event)


def test_an_incident_as_one_has_the_graver_level_until_a_person_sets_it() -> None:
    """What was absorbed at Ⅱ makes the whole a Ⅱ; a person's word afterwards counts alone."""
    desk = a_desk()
    one, other = desk.opens("g1"), desk.opens("g2")
    desk.does(SetLevel(command_id="c", actor=DUTY, incident=other, level=2, note=a_note()))
    desk.does(Merge(command_id="m", actor=DUTY, incident=one, others=(other,)))
    assert desk.incident().level == 2
    desk.does(SetLevel(command_id="c", actor=DUTY, incident=one, level=3, note=a_note()))
    assert desk.incident().level == 3


def test_what_an_absorbed_incident_had_absorbed_comes_along() -> None:
    """Merging is associative: whoever was merged into one of them belongs to the last one."""
    desk = a_desk()
    a, b, c = desk.opens("g1"), desk.opens("g2"), desk.opens("g3")
    desk.does(Merge(command_id="m1", actor=DUTY, incident=b, others=(c,)))
    desk.does(Merge(command_id="m2", actor=DUTY, incident=a, others=(b,)))
    assert set(desk.state.as_one(a).groups) == {"g1", "g2", "g3"}
    assert desk.incident("g3").id == a
    assert [one.id for one in desk.state.family(a)] == [a, b, c]


def test_a_batch_carries_what_it_was_before_for_those_it_touched() -> None:
    """The point to return to is the state before the batch, not before its last event."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident)
    point = desk.state.incidents[incident].undo
    assert point is not None
    assert point.types == ("verdict_given", "verified")
    assert point.before.state is State.VERIFYING
    assert point.before.undo is None


def test_the_trail_of_an_incident_stays_short() -> None:
    """An incident carries its recent past only; the log has the whole."""
    desk, incident = stand(State.DISCOVERED)
    for number in range(30):
        note = a_note(f"n{number}")
        desk.does(SetLevel(command_id="c", actor=DUTY, incident=incident, level=3 + number % 2, note=note))
    assert len(desk.incident().trail) == 20
    assert desk.incident().revision == 31


def test_the_time_of_each_step_is_measured() -> None:
    """From the publication to the reply; a step that was not made, or not needed, is no interval of its own."""
    desk = a_desk()
    incident = desk.opens(first_at=NOON - 3 * HOUR)
    desk.now += HOUR
    desk.acknowledges(incident)
    assert desk.incident().times.intervals() == {"published→discovered": 3 * HOUR, "discovered→acknowledged": HOUR}
    desk.now += 2 * HOUR
    desk.judges(incident)
    desk.now += 4 * HOUR
    desk.replies(incident)
    measured = desk.incident().times.intervals()
    assert measured["acknowledged→verified"] == 2 * HOUR
    assert (measured["verified→handled"], measured["handled→responded"]) == (4 * HOUR, 0)


def test_acknowledging_again_after_giving_back_counts_from_the_second_time() -> None:
    """The clock of acknowledgement is about the person who works the matter now."""
    desk, incident = stand(State.DISCOVERED)
    desk.does(Acknowledge(command_id="c", actor=DUTY, incident=incident))
    assert desk.incident().times.acknowledged_at == NOON
    assert of_incident("g1") == incident
    assert isinstance(desk.log[0], Batch)
