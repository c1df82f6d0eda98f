"""Notices become sends once, and a send's row is written before the I/O; a failure is never a success."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.outbox import MemoryOutbox
from pipeline.domain.event import GENESIS, Batch, Notice
from pipeline.domain.unit_settings import Recipient
from pipeline.ports import Attempt, Delivery, Send
from pipeline.workflow.dispatch import GIVE_UP_AFTER, RETRY_AFTER, Dispatcher, sends_of
from tests.builders import MONDAY, UNIT, HeldClock

DUTY = Recipient("zhiban", "duty", "robot")
LEADER = Recipient("fenguan", "leader", "robot")


@dataclass
class Robot:
    """A channel that answers by a script, and remembers what it was given."""

    answers: list[Delivery | OSError] = field(default_factory=list)
    given: list[tuple[str, bool]] = field(default_factory=list)
    name: str = "robot"

    def deliver(self, send: Send, *, repeated: bool) -> Delivery:
        self.given.append((send.recipient, repeated))
        answer = self.answers.pop(0) if self.answers else Delivery("delivered")
        if isinstance(answer, OSError):
            raise answer
        return answer


class Office:
    """A log with one alert of a level, an outbox, and a dispatcher over a robot."""

    def __init__(self, level: int = 3, *answers: Delivery | OSError) -> None:
        self.clock = HeldClock()
        self.log, self.outbox, self.robot = MemoryIncidentLog(), MemoryOutbox(), Robot(list(answers))
        notice = Notice("opened", "new_matter", "policy:alert", "i", level, MONDAY)
        self.batch = Batch(UNIT, 1, GENESIS, "c", (), (notice,))
        self.log.append(self.batch, [])
        self.dispatcher = Dispatcher(self.log, self.outbox, {"robot": self.robot}, self.clock)

    def told(self, *recipients: Recipient) -> Sequence[Send]:
        """The sends were created and attempted once; returns them."""
        self.dispatcher.create_sends({UNIT: recipients})
        self.dispatcher.attempt_due()
        return self.outbox.sends(UNIT)


def test_an_alert_of_level_three_reaches_duty_and_not_the_leader() -> None:
    """The policy says whom a level reaches."""
    office = Office(3)
    office.told(DUTY, LEADER)

    assert office.robot.given == [("zhiban", False)]


def test_an_alert_of_level_one_reaches_the_leader_too() -> None:
    """Grave matters go up at once."""
    office = Office(1)
    office.told(DUTY, LEADER)

    assert {recipient for recipient, _ in office.robot.given} == {"zhiban", "fenguan"}


def test_a_person_with_two_roles_is_told_once() -> None:
    """One account may hold several roles."""
    office = Office(1)
    office.told(DUTY, Recipient("zhiban", "leader", "robot"))

    assert office.robot.given == [("zhiban", False)]


def told(to: str, *recipients: Recipient) -> list[tuple[str, str]]:
    """Return who is told of a notice to this one, and in which state the send is."""
    notice = Notice("leader_noted", "leader", to, "i", 4, MONDAY)
    return [(send.recipient, send.state) for send in sends_of(Batch(UNIT, 1, GENESIS, "c", (), (notice,)), recipients)]


def test_a_notice_to_a_person_or_an_office_reaches_that_one_alone() -> None:
    """Who must act is told himself; where nobody has that account, the send is held."""
    office = Recipient("office:welfare", "liaison", "robot")
    assert told("account:zhiban", DUTY, LEADER, office) == [("zhiban", "waiting")]
    assert told("office:welfare", DUTY, LEADER, office) == [("office:welfare", "waiting")]
    assert told("account:somebody", DUTY, LEADER) == [("nobody", "held")]


def test_an_overdue_matter_climbs_from_the_duty_staff_to_the_leader() -> None:
    """The warning and the first step are for duty alone, whatever the level."""
    steps = [[who for who, _ in told(f"policy:escalation:{step}", DUTY, LEADER)] for step in range(4)]
    assert steps == [["zhiban"], ["zhiban"], ["zhiban", "fenguan"], ["zhiban", "fenguan"]]


def test_a_notice_that_reaches_nobody_is_held_with_that_reason() -> None:
    """Every suppression has its reason on record."""
    (send,) = Office(3).told()

    assert (send.state, send.reason) == ("held", "nobody is named for duty or monitor")


def test_creating_sends_twice_makes_none_twice() -> None:
    """Their ids come from unit, seq, number, recipient and channel."""
    office = Office(3)
    office.told(DUTY)
    office.dispatcher.create_sends({UNIT: [DUTY]})

    assert [send.id for send in office.outbox.sends(UNIT)] == [send.id for send in sends_of(office.batch, [DUTY])]


def test_a_refused_delivery_waits_and_is_tried_again() -> None:
    """The pauses grow; the attempts and what was answered are kept."""
    office = Office(3, Delivery("retry", "rate limit"), OSError(111, "Connection refused"))
    office.told(DUTY)
    assert office.dispatcher.attempt_due() == 0

    office.clock.at += RETRY_AFTER[0]
    assert office.dispatcher.attempt_due() == 0
    office.clock.at += RETRY_AFTER[1]
    assert office.dispatcher.attempt_due() == 1
    (send,) = office.outbox.sends(UNIT)
    assert [attempt.outcome for attempt in send.attempts] == ["retry", "retry", "delivered"]
    assert "Connection refused" in send.attempts[1].detail


def test_a_permanent_refusal_is_a_failure() -> None:
    """It is not tried again, and it is not counted as delivered."""
    office = Office(3, Delivery("permanent", "no such group"))
    (send,) = office.told(DUTY)

    assert (send.state, send.reason) == ("failed", "no such group")


def test_after_a_day_without_success_a_send_has_failed() -> None:
    """What is a day old is no news; it is shown as failed, with the last answer."""
    office = Office(3, Delivery("retry", "down"), Delivery("retry", "still down"))
    office.told(DUTY)
    office.clock.at += GIVE_UP_AFTER + 1
    office.dispatcher.attempt_due()

    assert "still down" in office.outbox.sends(UNIT)[0].reason


def test_a_channel_that_is_not_configured_is_a_failure() -> None:
    """Nothing pretends that it was sent."""
    office = Office(3)
    (send,) = office.told(Recipient("zhiban", "duty", "pigeon"))

    assert send.state == "failed"
    assert "no channel 'pigeon'" in send.reason


class Killed(BaseException):
    """What the process feels when it is killed."""


class Deadly(Robot):
    """A channel in whose hands the process dies."""

    def deliver(self, send: Send, *, repeated: bool) -> Delivery:
        super().deliver(send, repeated=repeated)
        raise Killed


def test_a_send_cut_off_by_a_kill_is_repeated_once_and_marked() -> None:
    """The attempt row says that it was being tried; the second try says that it may be a repeat."""
    office = Office(3)
    office.dispatcher.create_sends({UNIT: [DUTY]})
    with contextlib.suppress(Killed):
        Dispatcher(office.log, office.outbox, {"robot": Deadly()}, office.clock).attempt_due()
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", True)]
    assert [attempt.outcome for attempt in office.outbox.sends(UNIT)[0].attempts] == ["unclear", "delivered"]


def test_a_send_cut_off_twice_waits_for_a_person() -> None:
    """Two kills make one repeat, never two."""
    office = Office(3)
    office.dispatcher.create_sends({UNIT: [DUTY]})
    for _ in range(2):
        try:
            Dispatcher(office.log, office.outbox, {"robot": Deadly()}, office.clock).attempt_due()
        except Killed:
            continue
    office.dispatcher.attempt_due()

    assert office.outbox.sends(UNIT)[0].state == "unclear"
    assert office.robot.given == []


def test_what_may_have_been_delivered_stays_marked_however_often_it_is_tried() -> None:
    """Cut off, then refused, then tried again: the last try still may be a repeat."""
    office = Office(3, Delivery("retry", "down"))
    office.dispatcher.create_sends({UNIT: [DUTY]})
    with contextlib.suppress(Killed):
        Dispatcher(office.log, office.outbox, {"robot": Deadly()}, office.clock).attempt_due()
    office.dispatcher.attempt_due()
    office.clock.at += RETRY_AFTER[-1]
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", True), ("zhiban", True)]


def test_a_kill_between_the_judgement_and_the_next_attempt_holds_nothing() -> None:
    """Only one try was cut off, so the second is still made."""
    office = Office(3)
    office.dispatcher.create_sends({UNIT: [DUTY]})
    (send,) = office.outbox.due(MONDAY, 1)
    office.outbox.record(send.id, Attempt(1, MONDAY, "unclear"), state="waiting", reason="", next_at=MONDAY)
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", True)]
