"""Why was I, or was I not, notified? Answered from recorded facts alone: one line per recipient, channel and notice."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.post import Millis
from pipeline.ports import Attempt, Send


@dataclass(frozen=True, slots=True)
class Told:
    """
    What became of one notice for one recipient over one channel.

    `why_noticed` is why somebody should be told, `reason` why it has not gone out, or how it ended; `next_at` when it
    is asked again, 0 where it never is. `in_roll_up` is the roll-up's own line where it was told in one.
    """

    send: str
    noticed_at: Millis
    level: int
    what: str
    why_noticed: str
    recipient: str
    channel: str
    state: str
    reason: str
    next_at: Millis
    attempts: tuple[Attempt, ...]
    in_roll_up: str = ""


def who_was_told(sends: Sequence[Send]) -> tuple[Told, ...]:
    """Return what became of each send, the oldest notice first; every one of them has exactly one state and reason."""
    ordered = sorted(sends, key=lambda send: (send.seq, send.number, send.recipient, send.channel))
    return tuple(map(_told, ordered))


def _told(send: Send) -> Told:
    return Told(
        send=send.id,
        noticed_at=send.notice.at,
        level=send.notice.level,
        what=send.notice.what,
        why_noticed=send.notice.why,
        recipient=send.recipient,
        channel=send.channel,
        state=send.state,
        reason="" if send.state == "rolled" else send.reason,
        next_at=send.next_at if send.state == "waiting" else 0,
        attempts=send.attempts,
        in_roll_up=send.reason if send.state == "rolled" else "",
    )
