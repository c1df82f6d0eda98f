"""State × command × role, each cell asked of the clerk: done, or refused with its code and the moves that are legal."""

from collections import Counter
from itertools import groupby

import pytest

from api.accounts.account import ROLES_OF_PEOPLE
from pipeline.domain.bad_order import BadOrder
from pipeline.domain.errors import Refused
from pipeline.domain.incident import State
from pipeline.domain.moves import MOVES
from pipeline.domain.order import Order
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.roles import ROLES
from pipeline.workflow.clerk import Clerk
from tests.matters import UNIT
from tests.move_cells import (
    DONE,
    NAMES_A_GROUP,
    NO_FORM,
    NOT_HIS,
    NOT_NOW,
    OF_A_GROUP,
    OF_GROUPS,
    Cell,
    GroupCell,
    Scene,
    cells,
    group_cells,
    group_scene,
    is_asked_of_an_incident,
    scene,
)

OF_NEEDS = ("need_contacted", "need_outcome")
GROUP_CELLS = list(group_cells())
CELLS = list(cells())
ROWS = [list(row) for _, row in groupby(CELLS, key=lambda cell: (cell.command, cell.state))]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0].command}-{row[0].state}")
def test_each_role_gets_what_the_tables_say(row: list[Cell]) -> None:
    """Allowed, or refused with code and legal moves; what is refused writes nothing."""
    here = scene(row[0].command, row[0].state)
    refusing = here.clerk()
    for cell in row:
        if cell.expected == DONE:
            assert_is_done(here, cell)
        else:
            assert_is_refused(refusing, here, cell)


def assert_is_done(here: Scene, cell: Cell) -> None:
    """The clerk carries it out, every incident is where the table says, and the next moves are this role's."""
    clerk = here.clerk()
    head = clerk.desk.log.head(UNIT)[0]
    outcome = clerk.carry_out(here.order(cell.role))
    state = clerk.desk.state(UNIT)
    assert (outcome.seq, clerk.desk.log.head(UNIT)[0], outcome.repeated) == (head + 1, head + 1, False), cell
    for one, before in here.kept.state.incidents.items():
        came_back = cell.command == "unmerge" and before.state is State.MERGED
        now = state.incidents[one].state
        assert now is before.state or came_back or now in MOVES[cell.command][before.state], cell
    if is_asked_of_an_incident(cell.command):
        assert outcome.incident is not None
        assert outcome.moves == cell.moves(state.incidents[outcome.incident].state), cell


def assert_is_refused(clerk: Clerk, here: Scene, cell: Cell) -> None:
    """The code says why, the moves are those that this role may make, and the log is as it was."""
    head = clerk.desk.log.head(UNIT)
    with pytest.raises((Refused, BadOrder)) as told:
        clerk.carry_out(here.order(cell.role))
    if cell.expected == NOT_NOW and cell.command in NAMES_A_GROUP:
        assert told.value.code in OF_A_GROUP, cell
    else:
        assert told.value.code == cell.expected, cell
    if isinstance(told.value, Refused) and is_asked_of_an_incident(cell.command):
        assert told.value.allowed == cell.moves(), cell
    assert clerk.desk.log.head(UNIT) == head, cell


def test_every_cell_is_in_the_table() -> None:
    """All commands, states and roles: nothing is left out, and each kind of answer occurs."""
    asked = {(cell.command, cell.state, cell.role) for row in ROWS for cell in row}
    assert asked == {(command, state, role) for command in MOVES for state in State for role in ROLES_OF_PEOPLE}
    assert len(asked) == len(CELLS) == len(MOVES) * len(State) * len(ROLES_OF_PEOPLE)
    assert set(Counter(cell.expected for cell in CELLS)) == {DONE, NO_FORM, NOT_HIS, NOT_NOW}


def test_every_command_that_a_person_may_ask_for_has_its_cells() -> None:
    """Those that need no incident have theirs below."""
    assert order_forms().keys() - MOVES.keys() == {"open", "group_set_aside", *OF_NEEDS}
    assert {cell.command for cell in GROUP_CELLS} == {"open", "group_set_aside", *OF_GROUPS}


@pytest.mark.parametrize("cell", GROUP_CELLS, ids=str)
def test_each_role_gets_of_a_free_group_what_the_tables_say(cell: GroupCell) -> None:
    """A group that is free, set aside, or part of an incident: done, or refused with what may be asked of it."""
    clerk = group_scene(cell.mark)
    head = clerk.desk.log.head(UNIT)
    if cell.expected == DONE:
        assert clerk.carry_out(cell.order()).seq == head[0] + 1
        return
    with pytest.raises(Refused) as told:
        clerk.carry_out(cell.order())
    assert told.value.code == cell.expected
    assert told.value.allowed == cell.moves()
    assert clerk.desk.log.head(UNIT) == head


@pytest.mark.parametrize("role", ROLES_OF_PEOPLE)
@pytest.mark.parametrize("command", OF_NEEDS)
def test_each_role_gets_of_a_plea_what_the_table_says(command: str, role: str) -> None:
    """Somebody who meets the person may say what became of the plea."""
    clerk = group_scene("free")
    fields = {"post": "g1-p1", **({"outcome": "helped"} if command == "need_outcome" else {})}
    order = Order(UNIT, command, fields, "somebody", frozenset({role}), "cell")
    if role in ROLES[command]:
        assert clerk.carry_out(order).events == (command,)
        return
    with pytest.raises(Refused) as told:
        clerk.carry_out(order)
    assert (told.value.code, clerk.desk.log.head(UNIT)[0]) == ("INC-403", 1)
