"""When a person is told: hours by level, a daily budget, and whom a notice reaches."""

from datetime import datetime, timedelta, timezone

import pytest

from pipeline.domain.event import Notice
from pipeline.domain.post import Millis
from pipeline.domain.send_policy import DEFAULT_SENDING, ROLLED_UP, Ruling, SendPolicy, Way, Why, reached, rule_on
from pipeline.domain.working_calendar import working_calendar

CHINA = timezone(timedelta(hours=8))
CALENDAR = working_calendar()


def at(moment: str) -> Millis:
    """Return a moment of November 2026 in the unit's zone; the 23rd is a Monday."""
    return int(datetime.fromisoformat(f"2026-11-{moment}").replace(tzinfo=CHINA).timestamp() * 1_000)


def ruled(moment: str, level: int, told: int = 0, *, to: str = "policy:alert", what: str = "opened") -> Ruling:
    notice = Notice(what, "2026-W47" if what == "digest" else "new_matter", to, "i", level, at(moment))
    return rule_on(notice, DEFAULT_SENDING, CALENDAR, told=told, now=at(moment))


@pytest.mark.parametrize(
    ("moment", "level", "way", "again"),
    [
        pytest.param("23 03:00", 1, Way.NOW, "", id="red-at-night"),
        pytest.param("23 03:00", 2, Way.LATER, "23 07:00", id="orange-at-night-waits-for-the-morning"),
        pytest.param("23 21:59", 2, Way.NOW, "", id="orange-until-ten"),
        pytest.param("23 22:00", 2, Way.LATER, "24 07:00", id="orange-from-ten-on"),
        pytest.param("22 12:00", 2, Way.NOW, "", id="orange-on-a-sunday"),
        pytest.param("23 09:00", 3, Way.NOW, "", id="yellow-in-working-hours"),
        pytest.param("23 12:30", 3, Way.LATER, "23 14:30", id="yellow-at-noon"),
        pytest.param("20 17:30", 3, Way.LATER, "23 09:00", id="yellow-on-friday-evening-waits-for-monday"),
        pytest.param("23 10:00", 4, Way.NEVER, "", id="blue-stands-in-the-queue"),
        pytest.param("23 10:00", 0, Way.NEVER, "", id="without-a-level-as-blue"),
    ],
)
def test_the_level_says_when_an_alert_goes_out(moment: str, level: int, way: Way, again: str) -> None:
    """The policy of a one-person office, by the unit's working calendar."""
    ruling = ruled(moment, level)

    assert (ruling.way, ruling.at) == (way, at(again) if again else 0)
    assert bool(ruling.why) is (way is not Way.NOW)


def test_what_is_due_and_what_concerns_one_person_is_told_at_level_four_too() -> None:
    """A deadline that passes in silence is worse than a message."""
    assert ruled("23 10:00", 4, to="policy:escalation:1", what="overdue").way is Way.NOW
    assert ruled("23 10:00", 4, to="account:zhiban", what="office_assigned").way is Way.NOW
    assert ruled("23 20:00", 4, to="account:zhiban") == Ruling(Way.LATER, Why.CLOSED, at("24 09:00"))


def test_one_message_of_the_budget_is_kept_for_the_roll_up_until_its_hour() -> None:
    """So that the roll-up itself is never the ninth."""
    assert ruled("23 10:00", 3, told=6).way is Way.NOW
    assert ruled("23 10:00", 3, told=7) == Ruling(Way.LATER, Why.BUDGET, at("23 17:00"))
    assert ruled("23 17:00", 3, told=7).way is Way.NOW
    assert ruled("23 17:00", 3, told=8) == Ruling(Way.LATER, Why.BUDGET, at("24 09:00"))
    assert ruled("23 18:00", 2, told=8) == Ruling(Way.LATER, Why.BUDGET, at("24 07:00"))
    assert ruled("23 10:00", 3, told=8) == Ruling(Way.LATER, Why.BUDGET, at("24 09:00"))


def test_a_roll_up_takes_the_message_that_was_kept_for_it() -> None:
    """Its hours are those of the highest level in it."""
    assert ruled("23 16:59", 3, told=7, to="account:zhiban", what=ROLLED_UP).way is Way.NOW
    assert ruled("23 16:59", 3, told=8, to="account:zhiban", what=ROLLED_UP).way is Way.LATER
    assert ruled("23 23:00", 2, to="account:zhiban", what=ROLLED_UP).why == Why.NIGHT


def test_level_one_and_the_digest_know_no_budget() -> None:
    """A grave matter is told however many messages there were."""
    assert ruled("23 03:00", 1, told=99).way is Way.NOW
    assert ruled("23 08:30", 4, told=99, to="policy:digest", what="digest").way is Way.NOW


def test_the_digest_waits_for_half_past_eight_of_the_first_working_day() -> None:
    """Its week was closed at midnight; a feed for a system has no hours and is not asked."""
    closed = ruled("23 00:00", 4, to="policy:digest", what="digest")
    assert closed == Ruling(Way.LATER, Why.CLOSED, at("23 08:30"))
    assert ruled("26 23:00", 4, to="policy:digest", what="digest").way is Way.NOW


def test_a_budget_of_one_is_one_roll_up_a_day() -> None:
    """Everything of a day in one message."""
    notice = Notice("opened", "new_matter", "policy:alert", "i", 3, at("23 10:00"))
    ruling = rule_on(notice, SendPolicy(budget=1), CALENDAR, told=0, now=at("23 10:00"))

    assert ruling == Ruling(Way.LATER, Why.BUDGET, at("23 17:00"))


def test_a_policy_reaches_its_roles_and_another_notice_the_one_that_it_names() -> None:
    """An alert by its level, a reminder by its step; steps beyond the last are as the last."""

    def reaches(to: str, level: int = 3) -> tuple[str, ...]:
        return tuple(reached(DEFAULT_SENDING, Notice("x", "y", to, "i", level, 0)))

    assert reaches("policy:alert", 1) == ("duty", "monitor", "leader")
    assert reaches("policy:alert", 3) == ("duty", "monitor")
    assert [len(reaches(f"policy:escalation:{step}")) for step in range(9)] == [1, 1, 2, 2, 2, 2, 2, 2, 2]
    assert (reaches("role:leader"), reaches("account:zhiban")) == (("leader",), ("account:zhiban",))
    assert (reaches("policy:alert", 0), reaches("policy:other")) == ((), ())
