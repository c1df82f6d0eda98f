"""
Notices become sends, and sends are attempted: the row before the I/O, the answer judged after it (MECHANICS §6).

A send that was being tried when the process died is unclear: it is tried once more, marked as a possible repeat. So
nothing is lost, and a kill makes at most one marked repeat.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.crash_point import crash_point
from pipeline.domain.event import Batch, Notice
from pipeline.domain.post import Millis
from pipeline.domain.unit_settings import Recipient
from pipeline.ports import Attempt, Channel, Clock, Delivery, IncidentLog, Outbox, Send

log = logging.getLogger(__name__)

RETRY_AFTER: Sequence[Millis] = (5_000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000)
"""Pauses between attempts (workflow.md §2.6); the last one repeats."""

GIVE_UP_AFTER: Millis = 24 * 3_600_000
TRYING = "trying"

_LEVELS = (1, 2, 3, 4)
POLICIES: Mapping[str, Mapping[int, Sequence[str]]] = {
    "policy:alert": {
        1: ("duty", "monitor", "leader"),
        2: ("duty", "monitor", "leader"),
        3: ("duty", "monitor"),
        4: ("duty", "monitor"),
    },
    "policy:digest": {4: ("leader",)},
    "policy:escalation:0": dict.fromkeys(_LEVELS, ("duty",)),
    "policy:escalation:1": dict.fromkeys(_LEVELS, ("duty",)),
    "policy:escalation:2": dict.fromkeys(_LEVELS, ("duty", "leader")),
    "policy:escalation:3": dict.fromkeys(_LEVELS, ("duty", "leader")),
}
"""
Which roles a policy reaches at which level.

A notice to "role:X" reaches that role alone, one to "account:X" or "office:X" the recipients with that account.
"""


@dataclass(slots=True)
class Dispatcher:
    """Turns notices into sends and attempts what is due. One dispatcher runs at a time; its lease is the caller's."""

    log: IncidentLog
    outbox: Outbox
    channels: Mapping[str, Channel]
    clock: Clock

    def create_sends(self, recipients: Mapping[str, Sequence[Recipient]]) -> int:
        """Every notice in the logs is a send for each recipient and channel that its role names; returns new ones."""
        created = 0
        for unit in self.log.units():
            batches = self.log.read(unit, self.outbox.dispatched(unit), 500)
            if not batches:
                continue
            sends = [send for batch in batches for send in sends_of(batch, recipients.get(unit, ()))]
            created += self.outbox.create(sends, {unit: batches[-1].seq})
        return created

    def attempt_due(self, limit: int = 50) -> int:
        """Every send whose time has come was attempted once; returns how many were delivered."""
        return sum(self._attempt(send) for send in self.outbox.due(self.clock.now(), limit))

    def _attempt(self, send: Send) -> bool:
        is_cut_off = bool(send.attempts) and send.attempts[-1].outcome == TRYING
        is_unclear = any(attempt.outcome == "unclear" for attempt in send.attempts)
        if is_cut_off and is_unclear:
            return self._hold(send)
        if is_cut_off:
            last = send.attempts[-1]
            unclear = Attempt(last.number, last.at, "unclear", "the process ended while this was being sent")
            self.outbox.record(send.id, unclear, state="waiting", reason="", next_at=send.next_at)
        number = len(send.attempts) + 1
        now = self.clock.now()
        self.outbox.record(send.id, Attempt(number, now, TRYING), state="waiting", reason="", next_at=now)
        crash_point("dispatch.after_attempt_row")
        delivery = self._deliver(send, repeated=is_cut_off or is_unclear)
        crash_point("dispatch.after_send_before_mark")
        return self._judge(send, Attempt(number, now, delivery.outcome, delivery.detail))

    def _hold(self, send: Send) -> bool:
        """A second unclear attempt is not tried again: a person looks, so that a kill never makes two repeats."""
        last = send.attempts[-1]
        judged = Attempt(last.number, last.at, "unclear", "the process ended again while this was being sent")
        self.outbox.record(send.id, judged, state="unclear", reason="sent twice without an answer", next_at=0)
        return False

    def _deliver(self, send: Send, *, repeated: bool) -> Delivery:
        channel = self.channels.get(send.channel)
        if channel is None:
            return Delivery("permanent", f"no channel {send.channel!r} is configured on this machine")
        try:
            return channel.deliver(send, repeated=repeated)
        except OSError as failure:
            return Delivery("retry", f"{type(failure).__name__}: {failure.strerror or 'no answer'}")

    def _judge(self, send: Send, attempt: Attempt) -> bool:
        state, reason, next_at = _next(send, attempt)
        self.outbox.record(send.id, attempt, state=state, reason=reason, next_at=next_at)
        if state != "delivered":
            log.warning("dispatch.%s channel=%s attempt=%d: %s", state, send.channel, attempt.number, attempt.detail)
        return state == "delivered"


def _next(send: Send, attempt: Attempt) -> tuple[str, str, Millis]:
    """Return state, reason and next time: the table by which an answer is judged."""
    if attempt.outcome == "delivered":
        return "delivered", "", 0
    if attempt.outcome == "permanent":
        return "failed", attempt.detail, 0
    if attempt.at - send.notice.at > GIVE_UP_AFTER:
        return "failed", f"no success within 24 hours: {attempt.detail}", 0
    pause = RETRY_AFTER[min(attempt.number, len(RETRY_AFTER)) - 1]
    return "waiting", attempt.detail, attempt.at + pause


def sends_of(batch: Batch, recipients: Sequence[Recipient]) -> Sequence[Send]:
    """Return one send per notice, recipient and channel; a notice that reaches nobody is held with that reason."""
    sends = []
    for number, notice in enumerate(batch.notices):
        roles = _roles(notice)
        reached = {
            (one.account, one.channel): one
            for one in recipients
            if one.role in roles or notice.to in (one.account, f"account:{one.account}")
        }
        sends += [_send(batch, number, notice, recipient) for recipient in reached.values()]
        if not reached:
            nobody = Recipient("nobody", notice.to, "none")
            sends.append(_send(batch, number, notice, nobody, held=f"nobody is named for {' or '.join(roles)}"))
    return sends


def _roles(notice: Notice) -> Sequence[str]:
    levels = POLICIES.get(notice.to)
    if levels is None:
        return (notice.to.removeprefix("role:"),)
    return levels.get(notice.level, ())


def _send(batch: Batch, number: int, notice: Notice, recipient: Recipient, held: str = "") -> Send:
    key = f"{batch.unit}\n{batch.seq}\n{number}\n{recipient.account}\n{recipient.channel}"
    return Send(
        id=hashlib.sha256(key.encode()).hexdigest()[:32],
        unit=batch.unit,
        seq=batch.seq,
        number=number,
        notice=notice,
        recipient=recipient.account,
        channel=recipient.channel,
        state="held" if held else "waiting",
        reason=held,
        next_at=notice.at,
    )
