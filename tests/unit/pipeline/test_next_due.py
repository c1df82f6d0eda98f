"""What an incident is due for next, or why it waits: never neither."""

import pytest

from pipeline.domain.incident import OPEN_STATES, State
from pipeline.domain.incident_command import Hold, Resume, Snooze
from pipeline.domain.next_due import NextDue, dues, next_due
from pipeline.domain.office_command import AssignOffice
from tests.matters import DAY, DUTY, HOUR, NOON, Desk, a_desk, a_letter, a_note, stand


@pytest.mark.parametrize("state", OPEN_STATES)
@pytest.mark.parametrize("has_clocks", [True, False])
def test_an_open_incident_is_always_due_for_something(state: State, has_clocks: bool) -> None:
    """With the shipped clocks or with none at all, in every state."""
    desk, _ = stand(state, a_desk() if has_clocks else Desk())
    due = next_due(desk.incident())
    assert due is not None
    assert due.at > NOON


@pytest.mark.parametrize("state", [State.CLOSED, State.MERGED])
def test_what_is_closed_or_merged_owes_nothing_by_itself(state: State) -> None:
    """Its work is done, or is that of another."""
    desk, incident = stand(state)
    assert next_due(desk.state.incidents[incident]) is None
    assert dues(desk.state.incidents[incident]) == ()


def test_the_earliest_of_clocks_messages_and_offices_is_next() -> None:
    """Whatever must be done first is shown first."""
    desk = a_desk(addressed={"g1": (a_letter("g1-p1", due_at=NOON + 3 * HOUR),)})
    incident = desk.opens(addressed_posts=1)
    assert next_due(desk.incident()) == NextDue(NOON + 2 * HOUR, "acknowledge", warn_at=NOON + HOUR)
    desk.acknowledges(incident)
    assert next_due(desk.incident()) == NextDue(NOON + 3 * HOUR, "answer", "g1-p1")
    desk.does(AssignOffice(command_id="o", actor=DUTY, incident=incident, office="welfare", due_at=NOON + HOUR))
    assert next_due(desk.incident()) == NextDue(NOON + HOUR, "assignment", "welfare", NOON + HOUR // 2)


def test_a_hold_or_a_snooze_is_the_stated_reason_with_its_end() -> None:
    """It waits, and one sees until when and why."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + HOUR))
    assert next_due(desk.incident()) == NextDue(NOON + HOUR, "snoozed")
    desk.does(Hold(command_id="h", actor=DUTY, incident=incident, until=NOON + DAY, note=a_note()))
    assert next_due(desk.incident()) == NextDue(NOON + DAY, "on_hold")
    desk.does(Resume(command_id="r", actor=DUTY, incident=incident))
    assert next_due(desk.incident()) == NextDue(NOON + HOUR, "snoozed")
