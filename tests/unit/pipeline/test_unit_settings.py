"""Who the unit is and whom it tells: read as a whole, every problem named at once."""

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.event import Event
from pipeline.domain.event_types import refuse_malformed
from pipeline.domain.office import read_offices
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
        read_profile({"id": "云汐", "name": "云汐县民政局"})


@pytest.mark.parametrize("account", ["值班员", "zhi ban", "zhiban\n", "-zhiban", "z" * 65])
def test_an_account_that_could_not_stand_in_the_log_is_refused(account: str) -> None:
    """An event's strings are printable ASCII; who cannot be written there would fail at the first acknowledgement."""
    with pytest.raises(BadInput, match=r"recipient 1: account: .* cannot stand in the log"):
        read_recipients({"recipient": [ZHIBAN | {"account": account}]})


def test_every_id_that_settings_take_is_one_that_the_log_takes() -> None:
    """Read here, then written by the decider without a refusal."""
    (office,) = read_offices({"office": [{"id": "Jiuzhu-1.gu_a@mz", "name": "社会救助股"}]})
    event = Event("office_assigned", 1, 0, "i", "account:a", {"office": office.id, "due_at": 0})

    refuse_malformed(event)
    assert office.name == "社会救助股"


def test_every_problem_of_the_offices_is_named_at_once() -> None:
    """A Chinese id, an id twice, a missing name, an unknown key."""
    rows = [{"id": "救助股", "name": "救助"}, {"id": "a", "name": "甲"}, {"id": "a", "nam": "乙"}]
    with pytest.raises(BadInput) as refused:
        read_offices({"office": rows})

    said = str(refused.value)
    assert "4 problem(s)" in said
    assert "office 1: id: '救助股' cannot stand in the log" in said
    assert "office 3: nam: no such setting; did you mean name?" in said
    assert "office 3: name: expected a name in quotes" in said
    assert "office 3: id: another office is called 'a'" in said


def test_offices_that_are_no_tables_are_refused() -> None:
    """One bracket where two are needed."""
    with pytest.raises(BadInput, match=r"office: write \[\[office\]\] tables"):
        read_offices({"office": {"id": "a", "name": "甲"}})
