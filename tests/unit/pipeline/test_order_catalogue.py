"""The catalogue of forms is the commands' own: complete, and nothing in it that a command does not take."""

import re
from dataclasses import MISSING, Field, fields

import pytest

from pipeline.domain.command import Command, GroupCommand, IncidentCommand, NeedContacted, NeedOutcome
from pipeline.domain.decide_answer import REPLIES
from pipeline.domain.decide_group import HOWS
from pipeline.domain.decide_need import OUTCOMES
from pipeline.domain.incident import Disposition, Verdict
from pipeline.domain.moves import MOVES, NEEDS_NOTE
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import FieldKind, OrderForm, Target
from pipeline.domain.read_order import COMMANDS
from pipeline.domain.roles import MACHINES, ROLES

FORMS = order_forms()
AROUND = {"command_id", "actor", "note", "attached", "expected_revision"}
"""What an order gives beside its fields."""
NOT_ASKED = {("open", "level"), ("open", "reason"), ("reopen", "reason")}
"""What only alert rules say: a person opens by hand, at level Ⅳ."""
ALL = [pytest.param(form, id=form.name) for form in FORMS.values()]


def own_fields(form: OrderForm) -> dict[str, Field[object]]:
    """Return the command's own fields, without what no person fills in."""
    left_out = AROUND | {name for command, name in NOT_ASKED if command == form.name}
    return {one.name: one for one in fields(COMMANDS[form.name]) if one.name not in left_out}


def test_there_is_a_form_for_every_command_that_a_role_may_ask_for() -> None:
    """And none for what only machines ask."""
    assert FORMS.keys() == ROLES.keys()
    assert MOVES.keys() - FORMS.keys() <= frozenset().union(*MACHINES.values())


@pytest.mark.parametrize("form", ALL)
def test_a_form_has_the_fields_of_its_command_and_no_other(form: OrderForm) -> None:
    """A field that the command gains is missed here first."""
    assert {one.name for one in form.fields} == own_fields(form).keys()
    assert len({one.name for one in form.fields}) == len(form.fields)


@pytest.mark.parametrize("form", ALL)
def test_what_the_command_needs_is_required(form: OrderForm) -> None:
    """A field without a default is required; one with a default may be, where the default says nothing."""
    needed = {name for name, one in own_fields(form).items() if one.default is MISSING}
    assert needed <= {one.name for one in form.fields if one.required}


@pytest.mark.parametrize("form", ALL)
def test_a_list_is_a_list_and_a_choice_has_choices(form: OrderForm) -> None:
    """The kinds are those that the command's types ask for."""
    for one in form.fields:
        told = str(own_fields(form)[one.name].type)
        assert one.many == ("tuple" in told)
        assert bool(one.choices) == (one.kind is FieldKind.CHOICE)
        assert (one.kind is FieldKind.BOOL) == ("bool" in told)
        assert (one.kind in (FieldKind.TIME, FieldKind.NUMBER) or one.name == "level") == ("int" in told)
        assert (one.kind is FieldKind.TIME) == one.name.endswith(("until", "_at"))


@pytest.mark.parametrize("form", ALL)
def test_the_target_is_what_the_command_is_asked_of(form: OrderForm) -> None:
    """Undo alone is asked of the unit."""
    command = COMMANDS[form.name]
    targets: dict[type[Command], Target] = {
        IncidentCommand: Target.INCIDENT,
        GroupCommand: Target.GROUP,
        NeedContacted: Target.NEED,
        NeedOutcome: Target.NEED,
    }
    expected = next(target for kind, target in targets.items() if issubclass(command, kind))
    assert form.target is (Target.UNIT if form.name == "undo" else expected)
    assert form.target_field is None or next(one for one in form.fields if one.name == form.target_field).required
    assert form.has_revision == ("expected_revision" in {one.name for one in fields(command)})


@pytest.mark.parametrize("form", ALL)
def test_a_form_asks_for_a_text_where_the_decider_does(form: OrderForm) -> None:
    """And every label is Chinese."""
    assert form.needs_text == (form.name in NEEDS_NOTE)
    labels = [form.label, *(one.label for one in form.fields)]
    labels += [choice.label for one in form.fields for choice in one.choices]
    assert all(re.search(r"[\u4e00-\u9fff]", label) for label in labels)


def test_no_two_commands_have_the_same_label() -> None:
    """A person tells them apart by it."""
    labels = [form.label for form in FORMS.values()]
    assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("command", "field", "allowed"),
    [
        ("give_verdict", "verdict", tuple(Verdict)),
        ("settle", "verdict", tuple(Verdict)),
        ("close", "disposition", tuple(Disposition)),
        ("settle", "disposition", tuple(Disposition)),
        ("reply", "kind", REPLIES),
        ("settle", "reply", REPLIES),
        ("need_outcome", "outcome", OUTCOMES),
        ("group_set_aside", "how", HOWS),
        ("set_level", "level", ("1", "2", "3", "4")),
    ],
)
def test_choices_are_those_that_the_decider_takes(command: str, field: str, allowed: tuple[str, ...]) -> None:
    """None is offered that would be refused, and none is missing."""
    (one,) = (one for one in FORMS[command].fields if one.name == field)
    assert one.values == tuple(str(value) for value in allowed)
