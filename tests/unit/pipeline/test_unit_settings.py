"""Who the unit is and whom it tells: read as a whole, every problem named at once."""

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.unit_settings import ROLE_NAMES, Recipient, read_profile, read_recipients

ZHIBAN = {"account": "zhiban", "role": "duty", "channel": "journal"}


@pytest.mark.parametrize("role", ROLE_NAMES)
def test_every_role_can_be_told(role: str) -> None:
    """One account may hold several, each with a row of its own."""
    assert read_recipients({"recipient": [ZHIBAN | {"role": role}]}) == (Recipient("zhiban", role, "journal"),)


def test_a_role_that_is_none_is_refused_with_the_one_that_was_meant() -> None:
    """An alert to a misspelt role would reach nobody, in silence."""
    with pytest.raises(BadInput, match=r"recipient 1: role: no such role 'dutty'; did you mean duty\? \[CFG-201\]"):
        read_recipients({"recipient": [ZHIBAN | {"role": "dutty"}]})


def test_every_problem_of_a_recipient_is_named_at_once() -> None:
    """A missing account, an unknown key, an unknown role."""
    with pytest.raises(BadInput) as refused:
        read_recipients({"recipient": [{"role": "boss", "channel": "journal", "chanel": "x"}]})

    said = str(refused.value)
    assert "3 problem(s)" in said
    assert "chanel: no such setting; did you mean channel?" in said
    assert "account: expected a name in quotes" in said
    assert "no such role 'boss'; known here: monitor" in said


def test_a_unit_needs_an_id_that_can_stand_in_every_key() -> None:
    """Small letters, digits and hyphens; it never changes."""
    with pytest.raises(BadInput, match=r"id: expected 2 to 41 lower-case letters"):
        read_profile({"id": "云溪", "name": "云溪县民政局"})
