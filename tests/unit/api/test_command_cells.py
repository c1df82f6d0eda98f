"""Command × role over HTTP: who may ask for what, and what he is told else, with a body that can be read."""

import pytest

from api.accounts.account import ROLES_OF_PEOPLE
from api.accounts.permissions import may
from api.http.order_schema import example_of
from pipeline.domain.order_catalogue import order_forms
from pipeline.domain.order_form import Target
from pipeline.domain.roles import ROLES
from tests.desk_house import INCIDENT, LETTER, at, desk_house

FOLDERS = {
    Target.INCIDENT: f"incidents/{INCIDENT}/",
    Target.GROUP: f"groups/{LETTER}/",
    Target.NEED: "needs/p3/",
    Target.UNIT: "",
}


@pytest.mark.parametrize("role", ROLES_OF_PEOPLE)
def test_each_role_may_ask_for_its_own_commands_and_is_told_of_the_others(role: str) -> None:
    """403 with the moves that he may make; whoever may ask gets an answer of the decider, never a 403."""
    house = desk_house()
    house.opens()
    program = house.officer("somebody", role)
    for number, form in enumerate(order_forms().values()):
        path = at(FOLDERS[form.target] + form.name)
        answer = program.post(path, json=example_of(form), headers={"Idempotency-Key": f"k{number}"})
        body = answer.json()
        if role in ROLES[form.name]:
            assert answer.status_code in (200, 201, 404, 409, 422), (form.name, body)
            assert body.get("code", "") not in ("HTP-403", "INC-403", "ORD-101"), (form.name, body)
        else:
            code = "INC-403" if may("decide", frozenset({role})) else "HTP-403"
            assert (answer.status_code, body["code"]) == (403, code), form.name
            assert all(role in ROLES[move] for move in body["legal_moves"]), form.name


def test_a_refusal_for_the_role_names_what_he_may_ask_for_instead() -> None:
    """A reviewer who cannot close may still assess, sign and comment."""
    house = desk_house()
    house.opens()
    reviewer = house.officer("reviewer-1", "reviewer")
    headers = {"Idempotency-Key": "k"}
    body = reviewer.post(at(f"incidents/{INCIDENT}/close"), json={"disposition": "filed"}, headers=headers).json()

    assert body["legal_moves"] == ["assess", "sign", "comment", "undo"]
