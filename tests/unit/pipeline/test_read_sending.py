"""Whom a unit tells and when, as settings: typed, with every problem named at once."""

import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from pipeline.domain.errors import BadInput
from pipeline.domain.escalation import DEFAULT_REMINDERS, EscalationPolicy
from pipeline.domain.read_sending import read_escalation, read_sending
from pipeline.domain.send_policy import DEFAULT_SENDING, Hours, SendPolicy
from pipeline.domain.working_calendar import Span
from tests.builders import HOUR


def test_nothing_set_is_the_one_person_office() -> None:
    """Shipped figures hold until somebody writes others."""
    assert read_sending({}) == DEFAULT_SENDING
    assert read_escalation({}) == DEFAULT_REMINDERS


def test_every_key_is_read() -> None:
    """As the module's own example writes them."""
    policy = read_sending(
        {
            "alerts": ["always", "always", "day", "working"],
            "reminders": ["always", "day", "day", "queue"],
            "day": "06:30-24:00",
            "budget": 20,
            "roll_up_at": "16:30",
            "feeds": ["journal"],
            "quotes": False,
            "alert_roles": [["leader"], ["duty"], ["duty"], ["account:zhiban"]],
            "step_roles": [["duty"], ["leader"]],
            "digest_roles": ["leader", "monitor"],
        }
    )

    assert policy.alerts == (Hours.ALWAYS, Hours.ALWAYS, Hours.DAY, Hours.WORKING)
    assert (policy.day, policy.roll_up_at, policy.budget) == (Span(390, 1440), 990, 20)
    assert (policy.feeds, policy.quotes) == (frozenset({"journal"}), False)
    assert (policy.alert_roles[3], policy.step_roles[1]) == (("account:zhiban",), ("leader",))


def test_the_example_shows_what_holds_without_it() -> None:
    """Every key with the shipped value, so that whoever copies it changes nothing by that."""
    folder = Path(__file__).parents[3] / "deploy" / "settings.example"
    shown = tomllib.loads((folder / "notices.toml").read_text(encoding="utf-8"))

    assert read_sending(shown) == DEFAULT_SENDING
    assert set(shown) == {field.name for field in fields(SendPolicy)}
    climbing = tomllib.loads((folder / "escalation.toml").read_text(encoding="utf-8"))
    assert read_escalation(climbing) == DEFAULT_REMINDERS


def test_escalation_is_read_in_hours() -> None:
    """The step at the due time itself is 0."""
    read = read_escalation({"after_hours": [0, 2, 48], "gives_back_after_hours": 24})

    assert read == EscalationPolicy((0, 2 * HOUR, 48 * HOUR), 24 * HOUR)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("alerts", ["always"], "expected four of"),
        ("alerts", ["always", "day", "working", "never"], "expected four of"),
        ("alerts", ["queue", "day", "working", "queue"], "level 1 is always told"),
        ("day", "22:00-07:00", "run forward"),
        ("day", "7 bis 22", "expected a time"),
        ("roll_up_at", "25:00", "expected a time"),
        ("budget", 0, "from 1 to 100"),
        ("budget", True, "from 1 to 100"),
        ("feeds", "journal", "list of names"),
        ("quotes", "yes", "true or false"),
        ("alert_roles", [["duty"]], "expected 4 lists"),
        ("step_roles", [[]], "nobody would be told"),
        ("digest_roles", ["boss"], "no such role 'boss'"),
        ("bugdet", 3, "did you mean budget?"),
    ],
)
def test_a_mistake_is_named_with_what_is_expected(key: str, value: object, said: str) -> None:
    """Nothing of the table is used."""
    with pytest.raises(BadInput, match=said):
        read_sending({key: value})


@pytest.mark.parametrize("hours", [[], [4, 0], [0, 0], ["0"], [-1], list(range(10))])
def test_reminders_must_climb(hours: list[object]) -> None:
    """Whole hours that grow, at most nine of them."""
    with pytest.raises(BadInput, match="after_hours"):
        read_escalation({"after_hours": hours})
