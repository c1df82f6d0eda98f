"""Doing and undoing leaves everything that counts as it was: incidents, groups, pleas for help; only the log grows."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.domain.command import Command, NeedContacted, NeedOutcome
from pipeline.domain.decide_need import OUTCOMES
from pipeline.domain.errors import Refused
from pipeline.domain.incident import State
from pipeline.domain.incident_command import Undo
from pipeline.domain.incident_json import bytes_of_incident
from pipeline.domain.moves import MOVES
from pipeline.domain.people import MarkState, Need, fold_marks, is_todo
from pipeline.domain.roles import ROLES
from pipeline.domain.undoing import ANSWERED_BY, undoable
from pipeline.domain.unit_state import replay
from tests.matters import DUTY, MINUTE, UNIT, Desk, a_desk, a_letter, a_row
from tests.properties.desk_moves import any_command
from tests.ready_commands import ready

STEPS = 12


def what_counts(desk: Desk) -> dict[str, Any]:
    """Return everything that people can see of a desk, without what counts or dates its steps."""
    state = desk.state
    absorbed = {name for one in state.incidents.values() for name in one.absorbed}
    standing = {name: one for name, one in state.incidents.items() if one.into is None or name in absorbed}
    incidents = {name: replace(one, revision=0, trail=(), undo=None) for name, one in standing.items()}
    marks = {group: mark for group in desk.rows if (mark := state.mark_of(group)) is not None}
    return {
        "incidents": incidents,
        "as one": {name: replace(state.as_one(name), revision=0, trail=(), undo=None) for name in incidents},
        "owners": {group: mark.owner for group, mark in marks.items() if mark.owner},
        "aside": {group: (mark.how, mark.seen) for group, mark in marks.items() if mark.state == MarkState.SET_ASIDE},
        "todos": [group for group, row in desk.rows.items() if is_todo(state.mark_of(group), row)],
        "needs": {post: need for post, need in state.needs.items() if need != Need(post)},
        "moved": dict(state.moved),
    }


def of_a_need(draw: Any, number: int) -> Command:
    """Return what a person notes of a plea for help."""
    if draw(st.booleans()):
        return NeedContacted(command_id=f"n{number}", actor=DUTY, post="plea")
    return NeedOutcome(command_id=f"n{number}", actor=DUTY, post="plea", outcome=draw(st.sampled_from(OUTCOMES)))


def any_of_all(draw: Any, desk: Desk, number: int) -> Command:
    """Return any command of a person, whatever it is asked of."""
    return of_a_need(draw, number) if draw(st.integers(0, 9)) == 0 else any_command(draw, desk, number)


def taken_back(desk: Desk, actor: str, before: dict[str, Any]) -> None:
    """The last step was taken back and everything is as before, or it is one that another command answers."""
    (*_, step) = desk.state.recent
    can = undoable(desk.state, actor.removeprefix("account:"), desk.now)
    assert can is not None
    assert can.seq == desk.state.seq
    if set(step.types) & ANSWERED_BY.keys() and "split_off" not in step.types:
        assert can.means == ()
        return
    batch = desk.does(Undo(command_id=f"undo-{can.seq}", actor=actor, seq=can.seq))
    assert what_counts(desk) == before
    assert tuple(dict.fromkeys(event.type for event in batch.events)) == can.means
    assert {(notice.what, notice.why, notice.to, notice.level) for notice in batch.notices} == {
        ("undone", notice.what, notice.to, notice.level) for notice in step.notices
    }


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_doing_and_undoing_is_as_if_nothing_was_done(data: st.DataObject) -> None:
    """At each point of a random day, any legal step is taken back; then the day goes on."""
    desk = a_desk()
    desk.addressed = {"g2": (a_letter("g2-p1"),), "g4": (a_letter("g4-p1"),)}
    desk.has(*(a_row(f"g{number}", posts=2) for number in range(1, 5)))
    for group in data.draw(st.sampled_from([(), ("g1", "g2"), ("g2", "g3", "g4")])):
        desk.acknowledges(desk.opens(group))
    for number in range(STEPS):
        command = any_of_all(data.draw, desk, number)
        before = what_counts(desk)
        aside = replace(desk, log=list(desk.log))
        try:
            aside.does(command)
        except Refused:
            continue
        taken_back(aside, command.actor, before)
        assert replay(UNIT, aside.log) == aside.state
        stays_projected(aside)
        desk.does(command)
        desk.now += MINUTE


def stays_projected(desk: Desk) -> None:
    """What stores keep beside the log, folded from it alone, is what the state says."""
    marks: dict[str, Any] = {}
    for batch in desk.log:
        marks = fold_marks(marks, batch)
    assert marks == desk.state.marks
    assert all(bytes_of_incident(one) for one in desk.state.incidents.values())


CELLS = [(name, state) for name in MOVES if name in ROLES and name != "undo" for state in MOVES[name]]


@pytest.mark.parametrize(("name", "state"), CELLS)
def test_each_step_of_the_table_is_taken_back_or_says_what_answers_it(name: str, state: State) -> None:
    """Every command of a person in every state in which it is legal."""
    desk, command = ready(name, state)
    before = what_counts(desk)
    desk.does(command)
    taken_back(desk, command.actor, before)
    assert replay(UNIT, desk.log) == desk.state
    stays_projected(desk)


def test_every_command_of_a_person_stands_in_the_proof() -> None:
    """Those that need no incident are drawn at random above; none is left out but undo itself."""
    drawn = {"open", "group_set_aside", "need_contacted", "need_outcome", "undo"}
    assert ROLES.keys() == {name for name, _ in CELLS} | drawn
