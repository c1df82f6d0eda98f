"""上级交办: their due time wins, and no way leads out of the matter but a recorded 反馈."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.command import Acknowledge, Command, GroupJoined, GroupSetAside, GroupSplit, Reopen
from pipeline.domain.errors import Refused
from pipeline.domain.escalation import EscalationPolicy, next_look, wanted_by_clocks
from pipeline.domain.facts import AddressedPost
from pipeline.domain.incident import Disposition, State
from pipeline.domain.incident_command import AnswerLine, Close, DeclineLine, Escalate, Settle, Undo
from pipeline.domain.merge_command import Merge, Split
from pipeline.domain.moves import MOVES
from pipeline.domain.next_due import next_due
from pipeline.domain.office_command import AssignOffice
from pipeline.domain.people import is_todo
from pipeline.domain.post import Origin
from tests.matters import DAY, DUTY, HOUR, LEADER, MINUTE, NOON, Desk, a_desk, a_note, a_row, of_incident
from tests.properties.desk_moves import any_command

PAPER = AddressedPost("g1-p1", NOON, Origin.SUPERIOR, NOON + 3 * HOUR, whom="county")
WHO: dict[str, Any] = {"command_id": "c", "actor": DUTY}
MINE = of_incident("g1")


def with_paper(paper: AddressedPost = PAPER) -> Desk:
    """Return a desk that has opened a paper from the county, and another matter in g2."""
    desk = a_desk()
    desk.addressed = {"g1": (paper,)}
    desk.has(a_row("g1", posts=2), a_row("g2", posts=2), a_row("g3"))
    desk.opens("g1")
    return desk


def fed_back(desk: Desk, incident: str = MINE, **changes: Any) -> None:
    """The 反馈 is recorded."""
    command = AnswerLine(incident=incident, post="g1-p1", how="letter", note=a_note("fb"), **WHO)
    desk.does(replace(command, **changes))


def refused(desk: Desk, command: Command) -> Refused:
    """Return the refusal; nothing was written."""
    with pytest.raises(Refused) as told:
        desk.does(command)
    return told.value


def worked(desk: Desk, state: State) -> Desk:
    """The matter stands in the state."""
    if state is not State.DISCOVERED:
        desk.acknowledges(MINE)
    if state in (State.HANDLING, State.RESPONDED):
        desk.judges(MINE)
    if state is State.RESPONDED:
        desk.replies(MINE)
    return desk


ENDS: tuple[Callable[[], Command], ...] = (
    *(lambda end=end: Close(incident=MINE, disposition=end, second=LEADER, **WHO) for end in Disposition),
    *(
        lambda end=end: Settle(incident=MINE, disposition=end, note=a_note(), second=LEADER, **WHO)
        for end in Disposition
    ),
    lambda: DeclineLine(incident=MINE, post="g1-p1", note=a_note(), **WHO),
)
WORKED = (State.DISCOVERED, State.VERIFYING, State.HANDLING, State.RESPONDED)


@pytest.mark.parametrize("state", WORKED)
@pytest.mark.parametrize("end", ENDS)
def test_no_end_is_reached_without_feedback(end: Callable[[], Command], state: State) -> None:
    """In every state in which the step itself is legal: refused by one code, with the legal next move."""
    command = end()
    if state not in MOVES[command.name]:
        return
    refusal = refused(worked(with_paper(), state), command)
    assert refusal.code == "INC-225"
    assert "反馈" in str(refusal)
    assert ("acknowledge" if state is State.DISCOVERED else "answer_line") in refusal.allowed


def test_with_the_feedback_it_closes() -> None:
    """What was said is a memo, to whom is who sent the paper."""
    desk = worked(with_paper(), State.RESPONDED)
    fed_back(desk)
    event = desk.log[-1].events[0]
    assert (event.data["to"], event.data["how"]) == ("county", "letter")
    assert desk.log[-1].memos == ("fb",)
    desk.does(Close(incident=MINE, disposition=Disposition.RESOLVED, **WHO))
    assert desk.incident().state is State.CLOSED


def test_a_feedback_without_words_or_addressee_is_none() -> None:
    """It says what was fed back and to whom; a letter's answer has no addressee above."""
    desk = worked(with_paper(replace(PAPER, whom="")), State.VERIFYING)
    answer = AnswerLine(incident=MINE, post="g1-p1", how="phone", **WHO)
    assert refused(desk, replace(answer, to="city")).code == "INC-221"
    assert refused(desk, replace(answer, note=a_note())).code == "INC-221"
    desk.does(replace(answer, note=a_note(), to="city"))
    other = worked(with_paper(replace(PAPER, origin=Origin.LETTER)), State.VERIFYING)
    assert refused(other, replace(answer, to="city")).code == "INC-201"


def test_a_paper_that_was_merged_keeps_the_other_open() -> None:
    """Merged, then closed: refused as well; merged the other way round too."""
    desk = with_paper()
    other = desk.opens("g2")
    desk.acknowledges(other)
    desk.does(Merge(incident=other, others=(MINE,), **WHO))
    assert refused(desk, Close(incident=other, disposition=Disposition.FILED, **WHO)).code == "INC-225"
    assert refused(desk, DeclineLine(incident=other, post="g1-p1", note=a_note(), **WHO)).code == "INC-225"
    fed_back(desk, other)
    desk.does(Close(incident=other, disposition=Disposition.FILED, **WHO))


def test_a_paper_that_arrived_a_moment_ago_is_waited_for() -> None:
    """Its line is not written yet, and closing is refused all the same."""
    desk = with_paper()
    fed_back(worked(desk, State.RESPONDED))
    desk.addressed = {"g1": (PAPER, replace(PAPER, post="g1-p2"))}
    assert refused(desk, Close(incident=MINE, disposition=Disposition.RESOLVED, **WHO)).code == "INC-225"


def test_a_group_with_a_paper_is_not_set_aside() -> None:
    """Neither as irrelevant nor as filed, before it was opened or after it was split off."""
    desk = with_paper()
    desk.addressed["g3"] = (replace(PAPER, post="g3-p1"),)
    for how in ("irrelevant", "filed"):
        assert refused(desk, GroupSetAside(group="g3", how=how, **WHO)).code == "INC-225"


def test_undoing_the_feedback_makes_it_owed_again() -> None:
    """And once the matter is closed, undoing goes by the last step first."""
    desk = worked(with_paper(), State.RESPONDED)
    fed_back(desk)
    desk.does(Undo(incident=MINE, **WHO))
    close = Close(incident=MINE, disposition=Disposition.RESOLVED, **WHO)
    assert refused(desk, close).code == "INC-225"
    fed_back(desk)
    answered = desk.state.seq
    desk.does(close)
    assert refused(desk, Undo(seq=answered, **WHO)).code == "INC-201"


def test_their_due_time_is_the_matters() -> None:
    """Sooner or later than ours; the duty staff is reminded of it before."""
    clock = next(one for one in with_paper().incident().clocks if one.kind == "reply")
    assert (clock.due_at, clock.ordered, clock.warn_at) == (NOON + 3 * HOUR, True, NOON + 3 * HOUR - 90 * MINUTE)
    desk = worked(with_paper(), State.VERIFYING)
    due = next_due(desk.incident())
    assert due is not None
    assert (due.at, due.subject) == (NOON + 3 * HOUR, "g1-p1")
    late = with_paper(replace(PAPER, due_at=NOON + 40 * DAY)).incident()
    assert [one.due_at for one in late.clocks if one.kind == "reply"] == [NOON + 40 * DAY]


def test_the_duty_staff_is_reminded_before_and_told_after_their_due_time() -> None:
    """By the same clock check as every due time: first a warning, then the steps."""
    desk = worked(with_paper(), State.VERIFYING)
    for at, step in ((NOON + 2 * HOUR, 0), (NOON + 3 * HOUR, 1)):
        asked = wanted_by_clocks(desk.incident(), EscalationPolicy(), at)
        assert ("reply", NOON + 3 * HOUR, step) in {
            (one.kind, one.due_at, one.step) for one in asked if isinstance(one, Escalate)
        }
    assert next_look(desk.incident(), EscalationPolicy()) == NOON + 90 * MINUTE


def test_no_step_of_ours_puts_their_due_time_off() -> None:
    """Reopened while it waits, split off, joined to another matter: it stands."""
    desk = worked(with_paper(), State.RESPONDED)
    desk.does(Reopen(incident=MINE, note=a_note(), **WHO))
    assert [one.due_at for one in desk.incident().clocks if one.ordered] == [NOON + 3 * HOUR]
    desk = with_paper()
    other = desk.opens("g2")
    desk.addressed["g3"] = (replace(PAPER, post="g3-p1"),)
    desk.does(GroupJoined(incident=other, group="g3", **WHO))
    assert [one.due_at for one in desk.incident("g2").clocks if one.ordered] == [NOON + 3 * HOUR]
    desk.does(Split(incident=other, groups=("g3",), **WHO))
    assert [one.due_at for one in desk.incident("g3").clocks if one.ordered] == [NOON + 3 * HOUR]


def test_an_office_must_answer_before_they_want_the_feedback() -> None:
    """Unless the desk says otherwise; three days are the office's usual time here."""
    desk = worked(with_paper(), State.VERIFYING)
    desk.does(AssignOffice(incident=MINE, office="yanglao", **WHO))
    desk.does(AssignOffice(incident=MINE, office="dibao", due_at=NOON + DAY, **WHO))
    assert [one.due_at for one in desk.incident().assignments] == [NOON + 3 * HOUR, NOON + DAY]


def test_a_paper_that_is_split_from_its_group_stays_a_to_do() -> None:
    """It leaves the matter, and waits in the queue until it is opened again."""
    desk = with_paper()
    desk.does(GroupSplit(group="g1", posts=("g1-p1",), **WHO))
    assert desk.incident().lines == ()
    assert (
        desk.state.moved["g1-p1"] not in desk.state.marks or desk.state.incident_of(desk.state.moved["g1-p1"]) is None
    )


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_people_do_a_paper_without_feedback_is_open_or_in_the_queue(data: st.DataObject) -> None:
    """At each point of a random day of all commands, undo among them."""
    desk = with_paper()
    desk.does(Acknowledge(incident=MINE, **WHO))
    for number in range(14):
        is_undo = data.draw(st.integers(0, 4)) == 0
        command = Undo(command_id=f"u{number}", actor=DUTY) if is_undo else any_command(data.draw, desk, number)
        try:
            desk.does(command)
        except Refused:
            continue
        desk.now += MINUTE
        assert_not_lost(desk)


def assert_not_lost(desk: Desk) -> None:
    """The paper's line waits in an open matter, or its group is free and a to-do."""
    lines = [
        (line, one)
        for one in desk.state.incidents.values()
        if one.into is None
        for line in desk.state.as_one(one.id).lines
    ]
    of_paper = [(line, one) for line, one in lines if line.post == "g1-p1"]
    assert all(line.outcome != "declined" for line, _ in of_paper)
    assert all(line.outcome or one.is_open for line, one in of_paper)
    if not of_paper:
        group = desk.state.moved.get("g1-p1", "g1")
        assert group not in desk.rows or is_todo(desk.state.mark_of(group), desk.rows[group])
