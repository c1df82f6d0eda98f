"""Budget, roll-up, gaps in running: simulated weeks by a clock of our own, and kills around a roll-up."""

import os
import random
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.domain.event import Notice
from pipeline.domain.post import Millis
from pipeline.domain.send_policy import DEFAULT_SENDING, ROLLED_UP, Hours, Why
from pipeline.domain.unit_settings import Recipient
from pipeline.domain.working_calendar import DAY
from pipeline.ports import Attempt
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.running import Gap
from tests.builders import HOUR, MINUTE, MONDAY, HeldClock
from tests.sending import ZHIBAN, Postbox, Sending, an_alert

MIDNIGHT: Millis = (MONDAY + 8 * HOUR) // DAY * DAY - 8 * HOUR
"""The midnight in the unit's zone with which that Monday began."""
NINE = MIDNIGHT + 9 * HOUR


def at(hours: float) -> Millis:
    """Return so many hours after Monday's midnight."""
    return MIDNIGHT + int(hours * HOUR)


def an_office(*recipients: Recipient, hours: float = 9, per_minute: int = 0) -> tuple[Sending, Postbox]:
    """Return an office with the shipped policy, and the postbox over which its people are told."""
    clock = HeldClock(at(hours))
    box = Postbox(clock, per_minute=per_minute)
    return Sending(box, clock, practice=SendPractice(recipients or (ZHIBAN,))), box


def test_what_is_too_much_for_a_day_is_one_message_at_five() -> None:
    """Seven at once, then nothing until the roll-up, which is the eighth and tells the other thirteen."""
    office, box = an_office()
    office.tells(*(an_alert(number, NINE) for number in range(20)))
    office.beats(at(24))

    assert [at_ for at_, _, _ in box.got] == [NINE] * 7 + [at(17) + MINUTE]
    assert box.got[-1][1].notice.what == ROLLED_UP
    assert Counter(office.states()) == {"delivered": 8, "rolled": 13}
    assert len(office.outbox.in_roll_up(box.got[-1][1].id)) == 13


def test_one_message_too_many_goes_out_as_itself() -> None:
    """A roll-up of one would only hide what it is about."""
    office, box = an_office()
    office.tells(*(an_alert(number, NINE) for number in range(8)))
    office.beats(at(18))

    assert [send.notice.what for _, send, _ in box.got] == ["opened"] * 8
    assert box.got[-1][0] == at(17)


def test_level_one_is_told_at_night_and_over_the_budget() -> None:
    """Ⅳ stands in the queue, with that reason, and is never sent."""
    office, box = an_office(hours=2)
    office.tells(*(an_alert(number, at(2), level=1) for number in range(12)), an_alert(99, at(2), level=4))
    office.beats(at(3))

    assert len(box.got) == 12
    assert [(send.state, send.reason) for send in office.outbox.in_state("queued", 9)] == [("queued", Why.QUEUE)]


def test_a_matter_of_friday_evening_is_told_on_monday_morning_however_old() -> None:
    """What waited for its hour is not given up for its age."""
    friday = -3 * 24 + 18.0
    office, box = an_office(hours=friday)
    office.tells(an_alert(1, at(friday)))
    office.beats(at(friday + 1))
    assert [(one.reason, one.next_at) for one in office.outbox.in_state("waiting", 9)] == [(Why.CLOSED, at(9))]
    office.beats(at(10))

    assert [at_ for at_, _, _ in box.got] == [at(9)]


def test_a_person_with_two_channels_counts_the_messages_of_both() -> None:
    """What is too much is told once, over the channel that is named first."""
    office, box = an_office(ZHIBAN, replace(ZHIBAN, channel="robot"))
    robot = Postbox(office.clock, name="robot")
    office.dispatcher = office.with_channel(box, robot)
    office.tells(*(an_alert(number, NINE) for number in range(10)))
    office.beats(at(24))

    assert len(box.got) + len(robot.got) == 8
    assert [send.notice.what for _, send, _ in (*box.got, *robot.got)].count(ROLLED_UP) == 1


def test_a_robot_gets_no_more_than_it_takes_in_a_minute() -> None:
    """Half of its pace is kept for level Ⅰ; the others wait with that reason, and all arrive."""
    office, box = an_office(per_minute=20)
    always = (Hours.ALWAYS,) * 4
    office.practice = replace(office.practice, policy=replace(DEFAULT_SENDING, alerts=always, budget=100))
    office.tells(*(an_alert(number, NINE, level=1 + number % 2) for number in range(60)))
    office.beats(NINE + 20 * MINUTE, each=1_000)
    moments = [moment for moment, _, _ in box.got]

    assert len(box.got) == 60
    assert max(sum(start <= other < start + MINUTE for other in moments) for start in moments) <= 20
    assert [send.notice.level for _, send, _ in box.got[:20]] == [1] * 20


def test_what_became_stale_while_nothing_ran_is_one_message_at_start() -> None:
    """Level Ⅰ is told by itself; so is what is new since the start."""
    office, box = an_office(hours=22.5)
    office.tells(*(an_alert(number, at(22.5), level=2) for number in range(3)))
    office.beats(at(23))
    office.clock.at = at(24 + 8.8)
    gap = Gap(at(23), office.clock.at)
    overdue = [Notice("overdue", "verify", "policy:escalation:1", f"j{n}", 4, office.clock.at) for n in range(2)]
    office.tells(an_alert(7, at(22.9), level=1), *overdue, an_alert(8, office.clock.at, level=2))
    office.dispatcher.create_sends()
    assert office.dispatcher.sum_up(gap) == 1
    office.beats(at(24 + 10))

    assert sorted(send.notice.what for _, send, _ in box.got) == ["opened", "opened", ROLLED_UP]
    (roll_up,) = [send for _, send, _ in box.got if send.notice.what == ROLLED_UP]
    assert (roll_up.notice.why, len(office.outbox.in_roll_up(roll_up.id))) == ("gap", 5)


def test_one_stale_message_goes_out_as_itself_and_what_may_have_arrived_is_never_rolled_up() -> None:
    """A roll-up would repeat it without a mark."""
    office, box = an_office(hours=22.5)
    office.tells(*(an_alert(number, at(22.5), level=2) for number in range(2)))
    office.beats(at(23))
    cut = office.outbox.in_state("waiting", 9)[0]
    office.outbox.record(cut.id, Attempt(1, at(21), "trying"), state="waiting", reason="", next_at=cut.next_at)
    office.clock.at = at(24 + 9)

    assert office.dispatcher.sum_up(Gap(at(23), office.clock.at)) == 0
    office.beats(at(24 + 9.2))
    assert sorted(message.repeated for _, _, message in box.got) == [False, True]


@pytest.mark.parametrize("seed", range(4))
def test_in_simulated_weeks_nobody_is_over_budget_and_every_notice_ends_in_one_way(seed: int) -> None:
    """Three weeks of storms, quiet days and an unreachable channel, two people, beat by beat."""
    chance = random.Random(seed)
    office, box = an_office(ZHIBAN, Recipient("fenguan", "leader", "post"), hours=0)
    count = 0
    for quarter in range(21 * 24 * 4):
        box.is_open = chance.random() > 0.05
        for _ in range(chance.choice((0, 0, 0, 0, 1, 1, 12)) if chance.random() < 0.08 else 0):
            count += 1
            to = chance.choice(("policy:alert", "policy:alert", "policy:escalation:2", "account:zhiban"))
            office.tells(an_alert(count, office.clock.at, chance.choice((1, 2, 2, 3, 3, 3, 4)), to=to))
        office.beats(at((quarter + 1) / 4), each=5 * MINUTE)
    box.is_open = True
    office.beats(at(25 * 24), each=5 * MINUTE)

    days = Counter(
        (send.recipient, (moment + 8 * HOUR) // DAY) for moment, send, _ in box.got if send.notice.level != 1
    )
    assert count > 50
    assert max(days.values()) <= 8
    assert set(office.states()) <= {"delivered", "rolled", "queued", "failed"}
    assert len({send.id for _, send, _ in box.got}) == len(box.got)
    for told in office.outbox.in_state("rolled", 1_000):
        roll_up = office.outbox.send(told.reason)
        assert roll_up is not None
        assert roll_up.state in ("delivered", "failed")


class Killed(BaseException):
    """What the process feels when it is killed."""


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_kill_around_a_roll_up_loses_and_doubles_nothing(when: str) -> None:
    """Before the batch it is decided again; after it, the next process makes the send and marks what it tells."""
    office, box = an_office()
    office.tells(*(an_alert(number, NINE) for number in range(12)))
    office.beats(at(16.9))
    honest, office.clock.at = office.dispatcher.roll_up, at(17.1)

    def dying(unit: str, command: object) -> None:
        if when == "after":
            honest(unit, command)  # type: ignore[arg-type]  # what the dispatcher gives is a RollUp
        raise Killed

    office.dispatcher.roll_up = dying
    with pytest.raises(Killed):
        office.dispatcher.attempt_due()
    office.dispatcher = office.with_channel(box)
    office.beats(at(18))

    assert Counter(office.states()) == {"delivered": 8, "rolled": 5}
    assert len(box.got) == 8


def test_the_named_point_of_a_roll_up_ends_the_process(tmp_path: Path) -> None:
    """The point lies between the batch and the send; the case above shows that nothing is lost there."""
    script = (
        "from tests.unit.pipeline.test_dispatch_roll_up import NINE, an_alert, an_office, at\n"
        "office, box = an_office()\n"
        "office.tells(*(an_alert(number, NINE) for number in range(12)))\n"
        "office.beats(at(18))\n"
    )
    environment = {
        **os.environ,
        "HUIYIN_CRASH_AT": "roll_up.after_append_before_create",
        "PYTHONPATH": str(Path(__file__).parents[3]),
    }
    run = subprocess.run([sys.executable, "-c", script], env=environment, cwd=tmp_path, timeout=60, check=False)

    assert run.returncode == 137
