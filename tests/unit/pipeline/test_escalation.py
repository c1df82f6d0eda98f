"""Reminders: what the clocks want of an incident now, however late they are asked."""

from pipeline.domain.command import Command, SetLevel
from pipeline.domain.escalation import EscalationPolicy, ask_clocks, wanted_by_clocks
from pipeline.domain.incident import State, Verdict
from pipeline.domain.incident_command import Escalate, Hold, Resume, Snooze, Unacknowledge, Unsnooze
from tests.matters import DAY, DUTY, HOUR, NOON, Desk, a_note, stand

POLICY = EscalationPolicy(steps=(0, 4 * HOUR, 24 * HOUR))


def asked(desk: Desk, policy: EscalationPolicy = POLICY) -> tuple[Command, ...]:
    """Return what the clocks ask for now."""
    return ask_clocks(desk.state, policy, desk.now)


def steps(commands: tuple[Command, ...]) -> list[tuple[str, int]]:
    """Return the kinds and steps of the reminders among the commands."""
    return [(one.kind, one.step) for one in commands if isinstance(one, Escalate)]


def test_a_reminder_comes_before_the_due_time_then_after_it_step_by_step() -> None:
    """Each once, however often the clock asks."""
    desk, _ = stand(State.DISCOVERED)
    told = []
    for hours in (0, 1, 1, 2, 3, 6, 26):
        desk.now = NOON + hours * HOUR
        commands = asked(desk)
        told += steps(commands)
        desk.do_all(commands)
        assert asked(desk) == ()
    assert told == [("acknowledge", step) for step in (0, 1, 2, 3)]


def test_a_clock_that_slept_tells_the_last_step_only() -> None:
    """After a night without power one reminder comes, not three."""
    desk, _ = stand(State.DISCOVERED)
    desk.now = NOON + 7 * HOUR
    assert steps(asked(desk)) == [("acknowledge", 2)]
    desk.do_all(asked(desk))
    assert asked(desk) == ()


def test_a_snooze_and_a_hold_end_by_the_clock_and_are_silent_until_then() -> None:
    """Both at once end one after the other."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + DAY))
    desk.does(Hold(command_id="h", actor=DUTY, incident=incident, until=NOON + 4 * DAY, note=a_note()))
    desk.now = NOON + 3 * DAY
    (command,) = asked(desk)
    assert isinstance(command, Unsnooze)
    desk.does(command)
    assert asked(desk) == ()
    desk.now = NOON + 4 * DAY
    (command,) = asked(desk)
    assert isinstance(command, Resume)
    desk.does(command)
    assert steps(asked(desk)) == [("reply", 3), ("verify", 3)]


def test_by_default_the_next_people_are_told_at_once_then_after_four_hours_and_a_day() -> None:
    """Three steps after the due time, and nobody loses a matter for resting on it."""
    assert EscalationPolicy().steps == (0, 14_400_000, 86_400_000)
    assert EscalationPolicy().gives_back_after is None


def test_a_snooze_ends_at_its_very_moment() -> None:
    """Not a tick later."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + HOUR))
    desk.now = NOON + HOUR - 1
    assert asked(desk) == ()
    desk.now += 1
    assert [command.name for command in asked(desk)] == ["unsnooze"]


def test_a_verdict_is_work_that_is_not_given_back() -> None:
    """Nothing could be verified, but somebody tried: the matter stays with him."""
    desk, incident = stand(State.VERIFYING)
    desk.judges(incident, Verdict.UNVERIFIABLE)
    desk.now += 9 * HOUR
    assert asked(desk, EscalationPolicy(steps=(), gives_back_after=HOUR)) == ()


def test_a_snooze_that_outlived_its_level_disturbs_nothing_grave() -> None:
    """A matter that became Ⅰ is reminded of."""
    desk, incident = stand(State.VERIFYING)
    desk.does(Snooze(command_id="z", actor=DUTY, incident=incident, until=NOON + 9 * DAY))
    desk.now = NOON + 3 * DAY
    assert asked(desk) == ()
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=incident, level=1, note=a_note()))
    assert len(asked(desk)) == 2


def test_an_owner_who_did_nothing_gives_the_matter_back_where_the_unit_wants_it() -> None:
    """Off by default; a step of the owner starts the time anew."""
    desk, incident = stand(State.VERIFYING)
    gives_back = EscalationPolicy(steps=(), gives_back_after=HOUR)
    desk.now = NOON + HOUR
    assert asked(desk, EscalationPolicy(steps=())) == ()
    (command,) = asked(desk, gives_back)
    assert isinstance(command, Unacknowledge)
    desk.does(SetLevel(command_id="l", actor=DUTY, incident=incident, level=3, note=a_note()))
    assert asked(desk, gives_back) == ()
    desk.judges(incident)
    desk.now = NOON + 9 * HOUR
    assert asked(desk, gives_back) == ()


def test_what_is_closed_asks_for_nothing() -> None:
    """Its clocks have stopped."""
    desk, incident = stand(State.CLOSED)
    assert wanted_by_clocks(desk.state.incidents[incident], POLICY, NOON + 99 * DAY) == ()
