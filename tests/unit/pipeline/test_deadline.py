"""When something is due: rules and calendar applied to a matter."""

from dataclasses import replace

import pytest

from pipeline.domain.clock import EMERGENCY, ClockKind, ClockRule, Counting, Length, Start
from pipeline.domain.deadline import SUPERIOR, Matter, clocks_from, due, due_times, rule_for
from pipeline.domain.holidays import ANNOUNCED
from pipeline.domain.post import Origin
from pipeline.domain.shipped_clocks import SHIPPED_CLOCKS
from pipeline.domain.working_calendar import Deadline, working_calendar

HOUR = 3_600_000
CALENDAR = working_calendar()
FRIDAY_EVENING = 1_795_176_600_000
"""2026-11-20 20:10 in China."""
MONDAY_NINE = 1_795_395_600_000
"""2026-11-23 09:00 in China."""
ORDINARY = Matter(level=3, origin=Origin.MONITORED, line="养老服务")
HOTLINE_REPLY = ClockRule(
    "hotline-reply",
    ClockKind.REPLY,
    "云汐县12345工单办理办法",
    Start.ASSIGNED,
    Counting.WORKING,
    Length(days=3),
    origins=frozenset({Origin.HOTLINE}),
)


def due_at(kind: str, start_at: int, matter: Matter = ORDINARY) -> int | None:
    """Return when a kind is due by the shipped rules."""
    deadline = due(SHIPPED_CLOCKS, CALENDAR, kind, start_at, matter)
    return deadline.at if deadline else None


def test_a_post_found_on_friday_evening_is_acknowledged_on_monday_morning() -> None:
    """Two working hours from 20:10 are up on Monday at 11:00."""
    assert due_at("acknowledge", FRIDAY_EVENING) == MONDAY_NINE + 2 * HOUR


def test_the_first_verification_is_due_after_two_working_days() -> None:
    """From Friday evening: all of Monday and all of Tuesday, until 17:30."""
    assert due_at("verify", FRIDAY_EVENING) == MONDAY_NINE + 32 * HOUR + HOUR // 2


def test_a_reply_is_due_after_48_hours_whatever_day_it_is() -> None:
    """The statutory clock never pauses, so Friday evening means Sunday evening."""
    assert due_at("reply", FRIDAY_EVENING) == FRIDAY_EVENING + 48 * HOUR


@pytest.mark.parametrize(("kind", "hours"), [("statement", 5), ("press_conference", 24)])
def test_the_short_clocks_run_for_switched_on_emergencies_only(kind: str, hours: int) -> None:
    """Neither the level alone nor the switch alone starts them."""
    emergency = Matter(2, Origin.MONITORED, switches=frozenset({EMERGENCY}))
    assert due_at(kind, FRIDAY_EVENING, emergency) == FRIDAY_EVENING + hours * HOUR
    assert due_at(kind, FRIDAY_EVENING, replace(emergency, level=3)) is None
    assert due_at(kind, FRIDAY_EVENING, replace(emergency, switches=frozenset())) is None


def test_a_deadline_names_its_rule_and_when_to_remind() -> None:
    """The basis is the rule's id; the warning counts in the rule's own time."""
    reply = due(SHIPPED_CLOCKS, CALENDAR, "reply", FRIDAY_EVENING, ORDINARY)
    acknowledge = due(SHIPPED_CLOCKS, CALENDAR, "acknowledge", FRIDAY_EVENING, ORDINARY)
    assert reply is not None
    assert acknowledge is not None
    assert (reply.basis, reply.warn_at) == ("reply", FRIDAY_EVENING + 36 * HOUR)
    assert (acknowledge.basis, acknowledge.warn_at) == ("acknowledge", MONDAY_NINE + 3 * HOUR // 2)


def test_only_working_time_in_an_unannounced_year_is_provisional() -> None:
    """48 hours are 48 hours in every year; working days are not."""
    new_years_eve = FRIDAY_EVENING + 41 * 24 * HOUR
    reply = due(SHIPPED_CLOCKS, CALENDAR, "reply", new_years_eve, ORDINARY)
    verify = due(SHIPPED_CLOCKS, CALENDAR, "verify", new_years_eve, ORDINARY)
    assert reply is not None
    assert verify is not None
    assert (reply.provisional, verify.provisional) == (False, True)


@pytest.mark.parametrize("hours", [1, 300])
def test_a_superiors_due_time_wins_over_the_rule_for_a_reply(hours: int) -> None:
    """Whether it is sooner or later than the rule's."""
    matter = replace(ORDINARY, superior_due_at=FRIDAY_EVENING + hours * HOUR)
    deadline = due(SHIPPED_CLOCKS, CALENDAR, "reply", FRIDAY_EVENING, matter)
    assert deadline is not None
    assert (deadline.at, deadline.basis) == (FRIDAY_EVENING + hours * HOUR, SUPERIOR)
    assert deadline.warn_at == FRIDAY_EVENING + hours * HOUR // 2


def test_nothing_is_due_after_a_superiors_due_time() -> None:
    """Verification is due no later than what the superior waits for, and no later than before."""
    soon = replace(ORDINARY, superior_due_at=FRIDAY_EVENING + HOUR)
    late = replace(ORDINARY, superior_due_at=FRIDAY_EVENING + 900 * HOUR)
    assert due_at("verify", FRIDAY_EVENING, soon) == FRIDAY_EVENING + HOUR
    assert due_at("verify", FRIDAY_EVENING, late) == due_at("verify", FRIDAY_EVENING)


def test_a_superiors_time_counts_where_no_rule_does() -> None:
    """An assignment has no shipped rule; a time that has passed already is due then, with the reminder at once."""
    matter = replace(ORDINARY, superior_due_at=FRIDAY_EVENING - HOUR)
    deadline = due(SHIPPED_CLOCKS, CALENDAR, "assignment", FRIDAY_EVENING, matter)
    assert deadline is not None
    assert (deadline.at, deadline.warn_at) == (FRIDAY_EVENING - HOUR, FRIDAY_EVENING - HOUR)
    assert due_at("assignment", FRIDAY_EVENING) is None
    assert due_at("statement", FRIDAY_EVENING, matter) is None


def test_the_first_rule_that_applies_counts() -> None:
    """Hotline orders have their own time, everything else the general one."""
    rules = (HOTLINE_REPLY, *SHIPPED_CLOCKS)
    hotline = replace(ORDINARY, origin=Origin.HOTLINE)
    assert rule_for(rules, "reply", hotline) is HOTLINE_REPLY
    assert due(rules, CALENDAR, "reply", MONDAY_NINE, hotline) == Deadline(
        MONDAY_NINE + 56 * HOUR + HOUR // 2, basis="hotline-reply"
    )
    assert rule_for(rules, "reply", ORDINARY) is SHIPPED_CLOCKS[2]


def test_a_rule_for_a_line_needs_that_line() -> None:
    """A matter without a line is in no line."""
    rule = replace(HOTLINE_REPLY, origins=frozenset(), lines=frozenset({"养老服务"}))
    assert rule_for([rule], "reply", ORDINARY) is rule
    assert rule_for([rule], "reply", replace(ORDINARY, line=None)) is None


def test_a_warning_longer_than_the_days_of_the_unit_begins_with_the_clock() -> None:
    """Thirty hours before the end of two six-hour days is before the start, so the reminder is at the start."""
    rule = replace(HOTLINE_REPLY, length=Length(days=2), warning=Length(minutes=1800), origins=frozenset())
    deadline = due([rule], CALENDAR, "reply", MONDAY_NINE, ORDINARY)
    assert deadline is not None
    assert deadline.warn_at == MONDAY_NINE


def test_the_decider_asks_by_position_and_asking_is_the_switch() -> None:
    """For a statement a person has switched the emergency on, or nobody asks; its level still counts."""
    times = due_times(SHIPPED_CLOCKS, CALENDAR)
    reply = times("reply", FRIDAY_EVENING, 3, Origin.MONITORED, None)
    statement = times("statement", FRIDAY_EVENING, 1, Origin.MONITORED, None)
    assert reply == due(SHIPPED_CLOCKS, CALENDAR, "reply", FRIDAY_EVENING, ORDINARY)
    assert statement is not None
    assert statement.at == FRIDAY_EVENING + 5 * HOUR
    assert times("statement", FRIDAY_EVENING, 3, Origin.MONITORED, None) is None
    assert times("no such kind", FRIDAY_EVENING, 3, Origin.MONITORED, None) is None


def test_the_rules_say_which_clock_starts_when() -> None:
    """Emergency clocks start by a switch and are listed apart."""
    assert clocks_from((HOTLINE_REPLY, *SHIPPED_CLOCKS)) == {
        "published": (),
        "discovered": ("acknowledge", "verify"),
        "acknowledged": (),
        "assigned": ("reply",),
        "emergency": ("statement", "press_conference"),
    }


def test_the_shipped_years_are_those_that_are_announced() -> None:
    """2027 is not: a deadline in it is provisional until the notice is entered."""
    assert [notice.year for notice in ANNOUNCED] == [2023, 2024, 2025, 2026]
