"""The decider at its door: who may ask, and on which screen; and what a decision carries."""

import inspect
import typing

import pytest

from pipeline.domain import decide as decider
from pipeline.domain.command import Acknowledge, GroupSetAside, SetLevel
from pipeline.domain.decide import DECIDERS
from pipeline.domain.errors import Refused
from pipeline.domain.incident import State
from pipeline.domain.incident_command import Comment
from pipeline.domain.moves import MOVES, NEEDS_NOTE, legal_moves
from pipeline.domain.roles import MACHINES, ROLES, may_ask
from tests.matters import DUTY, LEADER, Desk, a_note, a_row, of_incident, stand

PEOPLE = ("monitor", "duty", "reviewer", "leader", "liaison", "admin", "auditor")


def test_a_person_whose_screen_was_older_is_told_what_happened_since() -> None:
    """The loser of a race sees the winner's step, and nothing of his own is written."""
    desk, incident = stand(State.DISCOVERED)
    desk.does(SetLevel(command_id="l", actor=LEADER, incident=incident, level=2, note=a_note(), expected_revision=1))
    with pytest.raises(Refused) as refusal:
        desk.does(Acknowledge(command_id="a", actor=DUTY, incident=incident, expected_revision=1))
    assert refusal.value.code == "INC-409"
    assert f"since then: level_changed by {LEADER};" in str(refusal.value)
    assert refusal.value.allowed == legal_moves(State.DISCOVERED)
    desk.does(Acknowledge(command_id="a", actor=DUTY, incident=incident, expected_revision=2))


def test_a_screen_from_the_future_is_refused_too() -> None:
    """A revision that never was means that something else is wrong."""
    desk, incident = stand(State.DISCOVERED)
    with pytest.raises(Refused, match="since then: nothing"):
        desk.does(Acknowledge(command_id="a", actor=DUTY, incident=incident, expected_revision=9))


def test_growth_never_moves_the_revision() -> None:
    """A post that arrives while a person types does not refuse him."""
    desk, incident = stand(State.DISCOVERED)
    desk.has(a_row(posts=2))
    desk.does(Acknowledge(command_id="a", actor=DUTY, incident=incident, expected_revision=1))
    assert desk.incident().revision == 2


def test_a_command_without_a_role_is_refused() -> None:
    """Nobody is somebody by default."""
    desk = Desk(roles=frozenset()).has(a_row())
    with pytest.raises(Refused, match="no role") as refusal:
        desk.does(GroupSetAside(command_id="c", actor=DUTY, group="g1"))
    assert refusal.value.code == "INC-403"


def test_a_refusal_says_where_a_merged_incident_went() -> None:
    """The person is sent to the one that absorbed it."""
    desk, incident = stand(State.MERGED)
    with pytest.raises(Refused, match=f"is merged into {of_incident('g9')}: acknowledge"):
        desk.does(Acknowledge(command_id="a", actor=DUTY, incident=incident))


def test_a_note_is_named_in_every_event_and_once_among_the_memos() -> None:
    """The workflow stores with the batch what the batch names."""
    desk, incident = stand(State.DISCOVERED)
    batch = desk.does(Comment(command_id="c", actor=DUTY, incident=incident, note=a_note("m7")))
    assert batch.memos == ("m7",)


@pytest.mark.parametrize("command", DECIDERS)
def test_each_command_is_decided_by_the_function_that_takes_it(command: type) -> None:
    """The table of functions is not checked by types; this checks it."""
    hints = typing.get_type_hints(DECIDERS[command])
    assert hints["command"] is command
    assert list(inspect.signature(DECIDERS[command]).parameters) == ["case", "command"]
    assert decider.decide.__doc__


def test_every_command_has_its_roles_or_its_machine() -> None:
    """What nobody may ask for is a mistake of the table."""
    machines = {name for names in MACHINES.values() for name in names}
    names = {command.name for command in DECIDERS} | {"settle"}
    assert names == ROLES.keys() | machines
    assert ROLES.keys() >= NEEDS_NOTE
    assert MOVES.keys() <= names


@pytest.mark.parametrize("role", PEOPLE)
def test_roles_may_do_what_is_theirs(role: str) -> None:
    """Auditors and administrators decide nothing about incidents; duty staff and leaders everything that people do."""
    allowed = {name for name in ROLES if may_ask(name, DUTY, frozenset({role}))}
    if role in ("admin", "auditor"):
        assert allowed == set()
    elif role in ("duty", "leader"):
        assert allowed == ROLES.keys()
    else:
        assert {"comment", "undo"} <= allowed < ROLES.keys()


@pytest.mark.parametrize(
    ("actor", "command", "may"),
    [
        ("rule:growth@1", "raise_level", True),
        ("rule:growth@1", "close", False),
        ("clock:acknowledge", "escalate", True),
        ("clock:digest", "week_closed", True),
        ("clock:digest", "set_level", False),
        ("account:duty-1", "raise_level", False),
        ("account:", "comment", False),
        ("duty-1", "comment", False),
        ("system:x", "escalate", False),
    ],
)
def test_machines_ask_only_for_what_they_are_there_for(actor: str, command: str, may: bool) -> None:
    """A rule never closes, a clock never judges, and who is neither is nobody."""
    assert may_ask(command, actor, frozenset({"duty"})) is may
