"""Notices become sends once, and a send's row is written before the I/O; a failure is never a success."""

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.domain.event import GENESIS, Batch, Notice
from pipeline.domain.unit_settings import Recipient
from pipeline.ports import Attempt, Delivery, Message, Send
from pipeline.workflow.dispatch import GIVE_UP_AFTER, REST, RETRY_AFTER
from pipeline.workflow.notices import SendPractice, sends_of
from tests.builders import MONDAY, UNIT
from tests.sending import AT_ONCE, Sending

DUTY = Recipient("zhiban", "duty", "robot")
LEADER = Recipient("fenguan", "leader", "robot")


@dataclass
class Robot:
    """A channel that answers by a script, and remembers what it was given."""

    answers: list[Delivery | OSError] = field(default_factory=list)
    given: list[tuple[str, bool]] = field(default_factory=list)
    name: str = "robot"
    per_minute: int = 0

    def deliver(self, send: Send, message: Message) -> Delivery:
        self.given.append((send.recipient, message.repeated))
        answer = self.answers.pop(0) if self.answers else Delivery("delivered")
        if isinstance(answer, OSError):
            raise answer
        return answer


class Office:
    """A log with one alert of a level, an outbox, and a dispatcher over a robot that is told everything at once."""

    def __init__(self, level: int = 3, *answers: Delivery | OSError) -> None:
        self.robot = Robot(list(answers))
        self.sending = Sending(self.robot, practice=SendPractice(policy=AT_ONCE))
        self.clock, self.log, self.outbox = self.sending.clock, self.sending.log, self.sending.outbox
        notice = Notice("opened", "new_matter", "policy:alert", "i", level, MONDAY)
        self.batch = Batch(UNIT, 1, GENESIS, "c", (), (notice,))
        self.log.append(self.batch, [])
        self.dispatcher = self.sending.dispatcher

    def told(self, *recipients: Recipient) -> Sequence[Send]:
        """The sends were created and attempted once; returns them."""
        self.created(*recipients)
        self.dispatcher.attempt_due()
        return self.outbox.sends(UNIT)

    def created(self, *recipients: Recipient) -> None:
        """The sends were created for these recipients, who stay named."""
        self.sending.practice = SendPractice(recipients, AT_ONCE)
        self.dispatcher.create_sends()

    def dies(self) -> None:
        """The process ended in the hands of the channel."""
        with contextlib.suppress(Killed):
            self.sending.with_channel(Deadly()).attempt_due()


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
    sends = sends_of(Batch(UNIT, 1, GENESIS, "c", (), (notice,)), SendPractice(recipients))
    return [(send.recipient, send.state) for send in sends]


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
    assert told("policy:alert", DUTY, LEADER) == [("zhiban", "waiting")]
    assert told("policy:digest", DUTY, LEADER) == [("fenguan", "waiting")]
    assert told("policy:unknown", DUTY, LEADER) == [("nobody", "held")]


def test_a_notice_that_reaches_nobody_is_held_with_that_reason() -> None:
    """Every suppression has its reason on record."""
    (send,) = Office(3).told()

    assert (send.state, send.reason) == ("held", "nobody is named for duty or monitor")


def test_creating_sends_twice_makes_none_twice() -> None:
    """Their ids come from unit, seq, number, recipient and channel."""
    office = Office(3)
    office.told(DUTY)
    office.created(DUTY)

    wanted = sends_of(office.batch, SendPractice([DUTY]))
    assert [send.id for send in office.outbox.sends(UNIT)] == [send.id for send in wanted]


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


def test_a_digest_is_not_given_up_before_the_next_one_nor_because_the_pc_was_off() -> None:
    """A day later it is still news, and it has its tries on days on which anything ran; then it fails visibly."""
    office = Office(3, *(Delivery("retry", "down") for _ in range(8)))
    office.sending.practice = SendPractice((LEADER,), AT_ONCE)
    office.sending.tells(Notice("digest", "2026-W40", "policy:digest", "", 4, MONDAY))
    office.dispatcher.create_sends()
    states = []
    for _ in range(7):
        office.dispatcher.attempt_due()
        states.append(next(send.state for send in office.outbox.sends(UNIT) if send.notice.what == "digest"))
        office.clock.at += 7 * GIVE_UP_AFTER

    assert states == ["waiting"] * 6 + ["failed"]


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

    def deliver(self, send: Send, message: Message) -> Delivery:
        super().deliver(send, message)
        raise Killed


def test_a_send_cut_off_by_a_kill_is_repeated_once_and_marked() -> None:
    """The attempt row says that it was being tried; the second try says that it may be a repeat."""
    office = Office(3)
    office.created(DUTY)
    office.dies()
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", True)]
    assert [attempt.outcome for attempt in office.outbox.sends(UNIT)[0].attempts] == ["unclear", "delivered"]


def test_a_send_cut_off_twice_waits_for_a_person() -> None:
    """Two kills make one repeat, never two."""
    office = Office(3)
    office.created(DUTY)
    office.dies()
    office.dies()
    office.dispatcher.attempt_due()

    assert office.outbox.sends(UNIT)[0].state == "unclear"
    assert office.robot.given == []


def test_what_may_have_been_delivered_stays_marked_however_often_it_is_tried() -> None:
    """Cut off, then refused, then tried again: the last try still may be a repeat."""
    office = Office(3, Delivery("retry", "down"))
    office.created(DUTY)
    office.dies()
    office.dispatcher.attempt_due()
    office.clock.at += RETRY_AFTER[-1]
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", True), ("zhiban", True)]


def test_a_kill_between_the_judgement_and_the_next_attempt_holds_nothing() -> None:
    """Only one try was cut off, so the second is still made."""
    office = Office(3)
    office.created(DUTY)
    (send,) = office.outbox.due(MONDAY, 1)
    office.outbox.record(send.id, Attempt(1, MONDAY, "unclear"), state="waiting", reason="", next_at=MONDAY)
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", True)]


def test_a_channel_that_did_not_answer_rests_and_what_it_spares_says_so() -> None:
    """A dead mail server costs one timeout in half a minute, not one per message; nothing is counted as tried."""
    office = Office(3, OSError(111, "Connection refused"))
    office.told(DUTY, Recipient("banshi", "monitor", "robot"))
    spared, refused = office.outbox.sends(UNIT)

    assert office.robot.given == [("zhiban", False)]
    assert [attempt.outcome for attempt in (*refused.attempts, *spared.attempts)] == ["retry", "spared"]
    office.clock.at += REST
    office.dispatcher.attempt_due()
    assert [send.state for send in office.outbox.sends(UNIT)] == ["delivered", "delivered"]


def test_an_answer_that_was_lost_is_repeated_once_marked_and_then_waits_for_a_person() -> None:
    """The whole message was handed over: it may have arrived."""
    office = Office(3, Delivery("unclear", "silence"), Delivery("unclear", "silence"))
    office.told(DUTY)
    office.clock.at += RETRY_AFTER[0]
    office.dispatcher.attempt_due()

    assert office.robot.given == [("zhiban", False), ("zhiban", True)]
    assert office.outbox.sends(UNIT)[0].state == "unclear"


def test_a_day_of_silence_ends_in_a_visible_failure_with_bounded_tries() -> None:
    """Beat by beat through 25 hours in which nobody answers."""
    office = Office(1, *[OSError(111, "Connection refused")] * 200)
    office.created(DUTY)
    for _ in range(25 * 60):
        office.dispatcher.attempt_due()
        office.clock.at += 60_000
    (send,) = office.outbox.sends(UNIT)

    assert (send.state, send.reason.startswith("no success within 24 hours")) == ("failed", True)
    assert 20 < len(send.attempts) < 40


def test_a_channel_that_comes_back_within_the_day_delivers() -> None:
    """Ten hours of silence, then everything that waited goes out once."""
    office = Office(1, *[OSError(111, "Connection refused")] * 14)
    office.created(DUTY)
    for _ in range(20 * 60):
        office.dispatcher.attempt_due()
        office.clock.at += 60_000

    assert office.outbox.sends(UNIT)[0].state == "delivered"
    assert len(office.robot.given) == 15
