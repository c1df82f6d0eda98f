"""Assignments: what an office may ask for, how each ends, and whose they are again."""

from typing import Any

import pytest

from pipeline.domain.errors import Refused
from pipeline.domain.incident import State
from pipeline.domain.incident_command import Comment, LeaderNote, RecordClaim, Reply
from pipeline.domain.merge_command import Merge
from pipeline.domain.next_due import NextDue, dues
from pipeline.domain.office_command import AssignOffice, Chase, OfficeAnswer, OfficeReceive, OfficeReturn, RecallOffice
from tests.matters import DAY, DUTY, HOUR, LEADER, NOON, Desk, a_note, a_row, stand

OFFICE: Any = {"command_id": "o", "actor": "office:welfare"}
WHO: Any = {"command_id": "c", "actor": DUTY}


def assigned(**fields: Any) -> tuple[Desk, str]:
    """Return a desk whose matter was given to an office, due in four hours."""
    desk, incident = stand(State.VERIFYING)
    desk.does(AssignOffice(incident=incident, office="welfare", due_at=NOON + 4 * HOUR, **WHO, **fields))
    return desk, incident


def of_office(desk: Desk) -> list[NextDue]:
    """Return what is due of offices, or came back from them."""
    return [due for due in dues(desk.incident()) if due.subject]


def test_an_office_receives_answers_and_returns_what_it_was_given() -> None:
    """Its acts stand in the log under its own name, without a means."""
    desk, incident = assigned()
    received = desk.does(OfficeReceive(incident=incident, office="welfare", **OFFICE))
    answered = desk.does(OfficeAnswer(incident=incident, office="welfare", how="phone", note=a_note(), **OFFICE))

    assert [batch.events[0].actor for batch in (received, answered)] == ["office:welfare"] * 2
    assert "how" not in answered.events[0].data
    assert received.notices == ()
    assert [(notice.what, notice.to) for notice in answered.notices] == [("office_answered", DUTY)]


@pytest.mark.parametrize("command", [OfficeReceive, OfficeAnswer, OfficeReturn])
def test_an_office_asks_for_its_own_assignment_only(command: Any) -> None:
    """Another's is refused, whoever guesses its id."""
    desk, incident = assigned()
    with pytest.raises(Refused) as refused:
        desk.does(command(incident=incident, office="welfare", command_id="x", actor="office:other", note=a_note()))

    assert refused.value.code == "INC-403"


@pytest.mark.parametrize(
    "command",
    [
        AssignOffice(incident="i", office="welfare", **OFFICE),
        Chase(incident="i", office="welfare", **OFFICE),
        RecallOffice(incident="i", office="welfare", **OFFICE),
        Reply(incident="i", kind="answered", **OFFICE),
    ],
    ids=lambda command: command.name,
)
def test_an_office_may_ask_for_nothing_of_the_desks(command: Any) -> None:
    """Whatever it names."""
    desk, _ = assigned()
    with pytest.raises(Refused) as refused:
        desk.does(command)

    assert refused.value.code == "INC-403"


def test_an_answer_or_a_return_needs_words() -> None:
    """An office is a person too, where a reason is asked for."""
    desk, incident = assigned()
    for command in (OfficeAnswer, OfficeReturn):
        with pytest.raises(Refused) as refused:
            desk.does(command(incident=incident, office="welfare", **OFFICE))
        assert refused.value.code == "INC-221"


def test_what_was_received_is_not_received_again() -> None:
    """A second 签收 is no news."""
    desk, incident = assigned()
    desk.does(OfficeReceive(incident=incident, office="welfare", **OFFICE))
    with pytest.raises(Refused) as refused:
        desk.does(OfficeReceive(incident=incident, office="welfare", **WHO))

    assert refused.value.code == "INC-304"


def test_an_office_is_reminded_when_half_of_its_time_is_gone() -> None:
    """A time that a person set says nothing of reminders."""
    desk, _ = assigned()

    assert of_office(desk) == [NextDue(NOON + 4 * HOUR, "assignment", "welfare", NOON + 2 * HOUR)]


def test_what_was_returned_is_due_of_the_desk_until_somebody_else_has_it() -> None:
    """By the same time; a new assignment, or the answer to the matter, ends that."""
    desk, incident = assigned()
    desk.does(OfficeReturn(incident=incident, office="welfare", note=a_note(), **OFFICE))
    assert of_office(desk) == [NextDue(NOON + 4 * HOUR, "returned", "welfare")]
    desk.now += 1
    desk.does(AssignOffice(incident=incident, office="other", due_at=NOON + DAY, **WHO))

    assert [due.what for due in of_office(desk)] == ["assignment"]


def test_a_returned_assignment_can_be_given_to_the_same_office_again() -> None:
    """With more words, say; the first one stays ended."""
    desk, incident = assigned()
    desk.does(OfficeReturn(incident=incident, office="welfare", note=a_note(), **OFFICE))
    desk.now += 1
    desk.does(AssignOffice(incident=incident, office="welfare", **WHO))
    desk.does(OfficeAnswer(incident=incident, office="welfare", note=a_note("m2"), **OFFICE))
    first, second = desk.incident().assignments

    assert (first.returned_at, first.answered_at) == (NOON, None)
    assert second.answered_at == NOON + 1


def test_what_was_recalled_is_owed_by_nobody_and_the_office_is_told() -> None:
    """The desk took it back on purpose."""
    desk, incident = assigned()
    batch = desk.does(RecallOffice(incident=incident, office="welfare", **WHO))

    assert of_office(desk) == []
    assert [(notice.what, notice.to) for notice in batch.notices] == [("office_recalled", "office:welfare")]


def test_an_office_complained_about_asks_for_nothing_until_a_leader_permits_it() -> None:
    """Also where it was given the matter before."""
    desk, incident = assigned()
    desk.does(RecordClaim(incident=incident, note=a_note("k"), offices=("welfare",), **WHO))
    answer = OfficeAnswer(incident=incident, office="welfare", note=a_note(), **OFFICE)
    with pytest.raises(Refused) as refused:
        desk.does(answer)
    assert refused.value.code == "INC-231"
    desk.does(LeaderNote(incident=incident, permits=("welfare",), note=a_note("p"), command_id="l", actor=LEADER))

    desk.does(answer)
    assert not desk.incident().assignments[0].waits


def test_of_a_matter_kept_for_the_leader_only_the_office_that_he_chose_asks() -> None:
    """The complaint about staff came to light later: whom it is about is not known, so nobody else sees it."""
    desk, incident = assigned()
    desk.has(a_row(conduct=True))
    with pytest.raises(Refused) as refused:
        desk.does(OfficeReceive(incident=incident, office="welfare", **OFFICE))
    assert refused.value.code == "INC-231"
    desk.does(AssignOffice(incident=incident, office="discipline", command_id="l", actor=LEADER))

    desk.does(OfficeReceive(incident=incident, office="discipline", command_id="d", actor="office:discipline"))
    assert desk.incident().assignments[1].by_leader


def test_what_an_office_adds_late_is_a_note_of_which_the_owner_is_told() -> None:
    """Only of a matter that it was given."""
    desk, incident = assigned()
    desk.does(OfficeAnswer(incident=incident, office="welfare", note=a_note(), **OFFICE))
    batch = desk.does(Comment(incident=incident, note=a_note("late"), **OFFICE))
    assert [(notice.what, notice.to) for notice in batch.notices] == [("office_noted", DUTY)]
    with pytest.raises(Refused) as refused:
        desk.does(Comment(incident=incident, note=a_note("x"), command_id="x", actor="office:other"))

    assert refused.value.code == "INC-403"


def test_an_assignment_of_a_merged_matter_is_answered_where_it_goes_on() -> None:
    """And comes back with it at an unmerge, since the fact is the holder's."""
    desk, incident = assigned()
    other = desk.opens("g2")
    desk.acknowledges(other)
    desk.does(Merge(incident=other, others=(incident,), **WHO))
    batch = desk.does(OfficeAnswer(incident=other, office="welfare", note=a_note(), **OFFICE))

    assert {event.incident for event in batch.events} == {incident, other}
    assert desk.state.incidents[incident].assignments[0].answered_at is not None
