"""
Notices become sends, and sends are attempted: the row before the I/O, the answer judged after it (MECHANICS §6).

Hours, budget and roll-up are decided when a send's turn comes, by what the unit has set then; the reason is kept with
it. A send that was being tried when the process died is unclear: it is tried once more, marked as a possible repeat.
So nothing is lost, and a kill makes at most one marked repeat.
"""

import hashlib
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.crash_point import crash_point
from pipeline.domain.command import RollUp
from pipeline.domain.level import HIGHEST, LOWEST
from pipeline.domain.post import Millis
from pipeline.domain.recused import usual
from pipeline.domain.send_policy import DIGEST, ROLLED_UP, Way, Why, is_exempt, midnight_before, rule_on
from pipeline.ports import Attempt, Channel, Clock, Delivery, IncidentLog, Message, Outbox, Send

from .notices import SendPractice, rolled_by, sends_of
from .office_sends import OfficeSends, is_to_office
from .restored import held_if_old
from .running import Gap

log = logging.getLogger(__name__)

RETRY_AFTER: Sequence[Millis] = (5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000)
"""Pauses between attempts (workflow.md §2.6); the last one repeats."""

GIVE_UP_AFTER: Millis = 24 * 3_600_000
"""Counted from the first attempt: what waited for its hour is not old when its hour comes."""
GIVE_UP_DIGEST_AFTER: Millis = 6 * GIVE_UP_AFTER
REST: Millis = 30_000
"""A channel that did not answer is not asked again for so long; what is due meanwhile is spared, and says so."""
MINUTE: Millis = 60_000
BY_HAND = "sent_by_hand"
"""The reason with which a person lets a digest go before its hour."""
TRYING = "trying"
MAY_HAVE_ARRIVED = ("delivered", "unclear", TRYING)
MOST_IN_ONE = 200
"""So many sends one roll-up tells at most."""


@dataclass(slots=True)
class Dispatcher:
    """
    Turns notices into sends and attempts what is due. One dispatcher runs at a time; its lease is the caller's, and one
    that was stopped and replaced tries nothing that the other has begun.

    `compose` writes the message of a send to an address; `roll_up` has the desk decide a roll-up; `is_for_leader`
    says of a unit's incident whether it complains about staff and no leader has decided yet; `restored_at` says when
    the stores were restored last. `offices` says what may still be written to handling offices.
    """

    log: IncidentLog
    outbox: Outbox
    channels: Mapping[str, Channel]
    clock: Clock
    practice: Callable[[str], SendPractice]
    compose: Callable[[Send, str, bool], Message]
    roll_up: Callable[[str, RollUp], object]
    is_for_leader: Callable[[str, str], bool]
    restored_at: Callable[[], Millis]
    offices: OfficeSends | None = None
    _rests: dict[str, Millis] = field(default_factory=dict)
    _dispatched: dict[str, int] = field(default_factory=dict)

    def create_sends(self) -> int:
        """
        Every notice in the logs is a send for each recipient and channel that it reaches; returns new ones.

        Only logs that have moved are read, however many units there are.
        """
        moved = [unit for unit, seq in self.log.heads().items() if seq > self._dispatched.get(unit, -1)]
        return sum(self._create_of(unit) for unit in sorted(moved))

    def _create_of(self, unit: str) -> int:
        self._dispatched[unit] = self.outbox.dispatched(unit)
        batches = self.log.read(unit, self._dispatched[unit], 500)
        if not batches:
            return 0
        sends: list[Send] = []
        rolled: dict[str, str] = {}
        for batch in batches:
            of_batch = held_if_old(sends_of(batch, self.practice(unit)), batch, self.restored_at())
            sends += of_batch
            rolled |= rolled_by(batch, of_batch)
        return self.outbox.create(sends, {unit: batches[-1].seq}, rolled)

    def attempt_due(self, limit: int = 20) -> int:
        """Every send whose time has come had its turn; returns how many were delivered."""
        return self.attempt([due.id for due in self.outbox.due(self.clock.now(), limit)])

    def attempt(self, ids: Iterable[str]) -> int:
        """Each of these sends that waits had its turn; returns how many were delivered."""
        delivered = 0
        for one in ids:
            send = self.outbox.send(one)  # a roll-up of this round may have told it
            if send is not None and send.state == "waiting":
                delivered += self._has_its_turn(send)
        return delivered

    def sum_up(self, gap: Gap) -> int:
        """What became stale while nothing ran is told in one message per person; returns how many messages."""
        by_person: dict[tuple[str, str], list[Send]] = {}
        for send in reversed(self.outbox.in_state("waiting", 10_000)):
            if _is_stale(send, gap) and self._may_be_rolled(send):
                by_person.setdefault((send.unit, send.recipient), []).append(send)
        several = [sends for sends in by_person.values() if len(sends) > 1]
        for sends in several:
            self._roll(sends, "gap")
        return len(several)

    def _has_its_turn(self, send: Send) -> bool:
        is_cut_off, is_unclear = _is_cut_off(send), any(one.outcome == "unclear" for one in send.attempts)
        if is_cut_off and is_unclear:
            return self._hold(send)
        if self._is_kept_from(send):
            self.outbox.put_off(send.id, state="queued", reason=Why.CONDUCT, next_at=0)
            return False
        if self._is_ruled_out(send):
            return False
        if send.channel in self.channels and (self._is_held_back(send) or self._is_told_with_others(send)):
            return False
        if is_cut_off:
            self._record(send, Attempt(send.attempts[-1].number, send.attempts[-1].at, "unclear", _CUT_OFF))
        number, now = len(send.attempts) + 1, self.clock.now()
        if self._rests.get(send.channel, 0) - now in range(1, REST + 1):
            spared = Attempt(number, now, "spared", f"{send.channel} did not answer a moment ago, so it was not asked")
            return self._judge(send, spared)
        return self._try(send, number, now, repeated=is_cut_off or is_unclear)

    def _is_held_back(self, send: Send) -> bool:
        """Whether hours, budget or the channel's pace keep the send for now, or for good; the reason is kept."""
        practice, now = self.practice(send.unit), self.clock.now()
        if practice.reaches_a_person(send) and not _is_wanted_now(send):
            told = 0 if _is_cut_off(send) else self._told_today(send, practice)
            ruling = rule_on(send.notice, practice.policy, practice.calendar, told=told, now=now)
            if ruling.way is not Way.NOW:
                state = "queued" if ruling.way is Way.NEVER else "waiting"
                self.outbox.put_off(send.id, state=state, reason=ruling.why, next_at=ruling.at)
                return True
        most = self.channels[send.channel].per_minute
        share = most if send.notice.level == HIGHEST else most // 2
        if most and self.outbox.count_tries(send.channel, now - MINUTE) >= share:
            self.outbox.put_off(send.id, state="waiting", reason=Why.PACE, next_at=now + MINUTE // 4)
            return True
        return False

    def _is_kept_from(self, send: Send) -> bool:
        """Whether the matter complains about staff, a leader has not decided, and the recipient is none."""
        to = send.notice.to
        if not send.notice.incident or to.startswith("office:") or self.practice(send.unit).leads(send.recipient):
            return False
        return self.is_for_leader(send.unit, send.notice.incident)

    def _is_ruled_out(self, send: Send) -> bool:
        """Whether a send to an office no longer holds, must not be seen there, or has no mailbox to go to."""
        if self.offices is None or not is_to_office(send):
            return False
        has_mailbox = send.channel in self.channels and bool(self._address(send))
        ruling = self.offices.ruling(send, self.clock.now(), has_mailbox=has_mailbox)
        if ruling is not None:
            self.outbox.put_off(send.id, state=ruling.state, reason=ruling.why, next_at=0)
        return ruling is not None

    def _address(self, send: Send) -> str:
        return self.practice(send.unit).address(send, self.clock.now())

    def _told_today(self, send: Send, practice: SendPractice) -> int:
        """Return how many messages that count have reached the person since midnight, or may have."""
        midnight = midnight_before(self.clock.now(), practice.calendar)
        tried = self.outbox.tried(send.unit, send.recipient, midnight)
        counted = (one for one in tried if practice.reaches_a_person(one) and not is_exempt(one.notice))
        attempts = (attempt for one in counted for attempt in one.attempts if attempt.at >= midnight)
        return sum(attempt.outcome in MAY_HAVE_ARRIVED for attempt in attempts)

    def _is_told_with_others(self, send: Send) -> bool:
        """Whether the send was too much for a day, and goes out now in one message with others that were."""
        if send.reason != Why.BUDGET or not self._may_be_rolled(send):
            return False
        due = self.outbox.due_to(send.unit, send.recipient, self.clock.now(), MOST_IN_ONE)
        together = [one for one in due if one.reason == Why.BUDGET and self._may_be_rolled(one)]
        if len(together) < 2:
            return False
        self._roll(together, "budget")
        return True

    def _may_be_rolled(self, send: Send) -> bool:
        """Not what may have arrived already, for then it would be repeated without a mark."""
        may_have_arrived = any(attempt.outcome in MAY_HAVE_ARRIVED for attempt in send.attempts)
        is_one = send.notice.what == ROLLED_UP or is_exempt(send.notice) or send.channel not in self.channels
        is_for_a_person = self.practice(send.unit).reaches_a_person(send)
        return not may_have_arrived and not is_one and is_for_a_person and not self._is_kept_from(send)

    def _roll(self, sends: Sequence[Send], why: str) -> None:
        told = sends[:MOST_IN_ONE]
        ids = tuple(send.id for send in told)
        unit = told[0].unit
        command = RollUp(
            command_id=f"roll-up:{hashlib.sha256(','.join(ids).encode()).hexdigest()[:32]}",
            actor="clock:send",
            account=told[0].recipient,
            channel=told[0].channel,
            why=why,
            level=min((send.notice.level for send in told if send.notice.level), default=LOWEST),
            sends=ids,
        )
        self.roll_up(unit, command)
        crash_point("roll_up.after_append_before_create")
        self._create_of(unit)

    def _try(self, send: Send, number: int, now: Millis, *, repeated: bool) -> bool:
        to = self._address(send)
        message = self.compose(send, to, repeated)
        if not self.outbox.begin(send.id, Attempt(number, now, TRYING, quoted=message.quoted), next_at=now):
            return False  # another has taken over and tries it
        crash_point("dispatch.after_attempt_row")
        delivery = self._deliver(send, message)
        crash_point("dispatch.after_send_before_mark")
        return self._judge(send, Attempt(number, now, delivery.outcome, delivery.detail, message.quoted))

    def _record(self, send: Send, attempt: Attempt) -> None:
        self.outbox.record(send.id, attempt, state="waiting", reason="", next_at=send.next_at)

    def _hold(self, send: Send) -> bool:
        """A second unclear attempt is not tried again: a person looks, so that a kill never makes two repeats."""
        last = send.attempts[-1]
        judged = Attempt(
            last.number, last.at, "unclear", "the process ended again while this was being sent", last.quoted
        )
        self.outbox.record(send.id, judged, state="unclear", reason="sent twice without an answer", next_at=0)
        return False

    def _deliver(self, send: Send, message: Message) -> Delivery:
        channel = self.channels.get(send.channel)
        if channel is None:
            return Delivery("permanent", f"no channel {send.channel!r} is configured on this machine")
        try:
            return channel.deliver(send, message)
        except OSError as failure:
            self._rests[send.channel] = self.clock.now() + REST
            return Delivery("retry", f"{type(failure).__name__}: {failure.strerror or 'no answer'}")

    def _judge(self, send: Send, attempt: Attempt) -> bool:
        state, reason, next_at = _next(send, attempt)
        self.outbox.record(send.id, attempt, state=state, reason=reason, next_at=next_at)
        if state != "delivered":
            log.warning("dispatch.%s channel=%s attempt=%d: %s", state, send.channel, attempt.number, attempt.detail)
        return state == "delivered"


_CUT_OFF = "the process ended while this was being sent"


def _is_cut_off(send: Send) -> bool:
    return bool(send.attempts) and send.attempts[-1].outcome == TRYING


def _is_wanted_now(send: Send) -> bool:
    """Whether a person let the digest go before its hour; a failed try does not put it off to that hour again."""
    return send.notice.what == DIGEST and (send.reason == BY_HAND or bool(send.attempts))


def _is_stale(send: Send, gap: Gap) -> bool:
    """Whether its hour came while nothing ran, or it is a reminder of what came due then."""
    is_reminder = usual(send.notice.to).startswith("policy:escalation")
    return send.notice.at >= gap.until if is_reminder and send.next_at >= gap.until else send.next_at < gap.until


def _is_given_up(send: Send, attempt: Attempt, lasted: Millis) -> bool:
    """What is a day old is no news. A digest is news until the next one, and a PC that was off is no try."""
    if send.notice.what != DIGEST:
        return lasted > GIVE_UP_AFTER
    return lasted > GIVE_UP_DIGEST_AFTER and attempt.number > len(RETRY_AFTER)


def _next(send: Send, attempt: Attempt) -> tuple[str, str, Millis]:
    """Return state, reason and next time: the table by which an answer is judged."""
    if attempt.outcome == "delivered":
        return "delivered", "", 0
    if attempt.outcome == "permanent":
        return "failed", attempt.detail, 0
    if attempt.outcome == "unclear" and any(one.outcome == "unclear" for one in send.attempts):
        return "unclear", "sent twice without an answer", 0
    first = send.attempts[0].at if send.attempts else attempt.at
    if _is_given_up(send, attempt, attempt.at - first):
        within = "6 days" if send.notice.what == DIGEST else "24 hours"
        return "failed", f"no success within {within}: {attempt.detail}", 0
    pause = RETRY_AFTER[min(attempt.number, len(RETRY_AFTER)) - 1]
    return "waiting", attempt.detail, attempt.at + pause
