"""Weeks of a unit, by a clock that is moved by hand: what must always hold held at each half hour."""

from tests.simulated_weeks import weeks_in_memory


def test_over_three_weeks_each_open_matter_is_due_owned_by_one_and_nobody_is_told_too_often() -> None:
    """Posts, officers who come or do not, holds, reminders, roll-ups; complaints about staff pass by the leader."""
    weeks = weeks_in_memory(seed=7)
    weeks.live(3)
    weeks.end()

    assert weeks.broken == []
    took = weeks.steps
    assert all(took[name] for name in ("acknowledge", "settle", "hold", "snooze", "group_set_aside", "leader_note"))
    assert took["posts"] > 100
    types = {event.type for batch in weeks.stores.log.read("yunxi-mz", 0, 100_000) for event in batch.events}
    assert {"opened", "escalated", "unsnoozed", "resumed", "closed", "level_raised"} <= types
