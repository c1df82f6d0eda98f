"""The state × command table, cell by cell: what it holds is decided, what it does not hold is refused with it."""

import pytest

from pipeline.domain.decide import DECIDERS
from pipeline.domain.errors import Refused
from pipeline.domain.incident import State
from pipeline.domain.moves import MOVES, as_markdown, as_mermaid, is_legal, legal_moves
from tests.command_samples import SAMPLES
from tests.matters import stand
from tests.ready_commands import READY, ready

OF_GROUPS = {"group_restored", "group_split"}
"""Commands that name a group; that its incident is closed is tested with the groups."""
REFUSED = [(name, state) for name in MOVES for state in State if not is_legal(name, state) and name not in OF_GROUPS]


@pytest.mark.parametrize(("name", "state"), REFUSED)
def test_what_the_table_does_not_hold_is_refused_with_the_legal_moves(name: str, state: State) -> None:
    """Each empty cell refuses, changes nothing and names the moves that are legal."""
    desk, incident = stand(state)
    seq = desk.state.seq
    with pytest.raises(Refused) as refusal:
        desk.does(SAMPLES[name](incident))
    assert refusal.value.code == "INC-201"
    assert refusal.value.allowed == legal_moves(state)
    assert desk.state.seq == seq


LEGAL = [(name, state) for name in MOVES for state in MOVES[name]]


@pytest.mark.parametrize(("name", "state"), LEGAL)
def test_what_the_table_holds_is_decided_and_leads_where_it_says(name: str, state: State) -> None:
    """Each filled cell can be carried out, and leaves every incident in a state that the cell names."""
    desk, command = ready(name, state)
    before = {one: incident.state for one, incident in desk.state.incidents.items()}
    desk.does(command)
    for one, was in before.items():
        now = desk.state.incidents[one].state
        came_back = name == "unmerge" and was is State.MERGED
        assert now is was or came_back or now in MOVES[name][was]
    assert name in READY or name in SAMPLES


def test_every_command_stands_in_the_table_or_opens_something() -> None:
    """No command is forgotten: those without a row need no incident that is open already."""
    without_a_row = {command.name for command in DECIDERS} - MOVES.keys()
    assert without_a_row == {"open", "group_set_aside", "need_contacted", "need_outcome", "week_closed", "roll_up"}
    assert MOVES.keys() - {command.name for command in DECIDERS} == {"settle"}


def test_each_command_has_a_name_of_its_own() -> None:
    """Two commands under one name could not be told apart in the table."""
    names = [command.name for command in DECIDERS]
    assert len(names) == len(set(names))
    assert "" not in names


def test_the_table_is_shown_as_markdown_and_as_a_diagram() -> None:
    """The pages of the manual are made from the table that decides."""
    assert "| acknowledge | → verifying |  |" in as_markdown()
    assert len(as_markdown().splitlines()) == len(MOVES) + 2
    assert "    verifying --> handling: give_verdict" in as_mermaid().splitlines()
    assert "undo" not in as_mermaid()


def test_nothing_is_asked_of_a_merged_incident() -> None:
    """What was merged is worked through the incident that absorbed it."""
    assert legal_moves(State.MERGED) == ()
