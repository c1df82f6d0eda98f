"""Sends, and the channels that carry them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.event import Notice
from pipeline.domain.post import Millis


@dataclass(frozen=True, slots=True)
class Attempt:
    """
    One try to deliver a send: written with outcome "trying" before the I/O, judged after it.

    Outcomes are "trying", "delivered", "retry", "permanent", "unclear", and "spared" where a channel that had just
    failed was not asked. `quoted` are the posts of which the message carried words.
    """

    number: int
    at: Millis
    outcome: str
    detail: str = ""
    quoted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """
    A notice to one recipient over one channel, with its state and the reason of it.

    waiting: until `next_at`, for the reason that is kept · delivered · rolled: told in a roll-up · queued: no message,
    it stands in the queue · held: until a person releases it · dropped: by a person · failed · unclear: cut off twice.
    """

    id: str
    unit: str
    seq: int
    number: int
    notice: Notice
    recipient: str
    channel: str
    state: str
    reason: str
    next_at: Millis
    attempts: tuple[Attempt, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """
    What a recipient gets: the channel's address of him, a subject, lines. `repeated` marks what he may have already.

    `html` says the same for a channel that shows it; "" where there are only lines. `quoted` are the posts of which it
    carries words, masked as they are stored.
    """

    to: str
    subject: str
    lines: tuple[str, ...] = ()
    repeated: bool = False
    quoted: tuple[str, ...] = ()
    html: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """
    How a channel judged its own answer: "delivered", "retry", "permanent" or "unclear", with what the other side said.

    "unclear" is a message that was handed over whole while the answer was lost.
    """

    outcome: str
    detail: str = ""


class Channel(Protocol):
    """One way to reach a recipient. A channel never counts a failure as success (DESIGN §1.6)."""

    @property
    def name(self) -> str:
        """The name that recipients' settings use."""

    @property
    def per_minute(self) -> int:
        """How many messages the other side takes in a minute; 0 means that it sets no bound."""

    def deliver(self, send: "Send", message: Message) -> Delivery:
        """Try once, within a timeout."""


class Outbox(Protocol):
    """Sends: facts that no rebuild makes again."""

    def create(
        self, sends: Sequence[Send], dispatched: Mapping[str, int], rolled: Mapping[str, str] | None = None
    ) -> int:
        """
        Sends that are new exist, and the seq up to which each unit was dispatched is kept; returns new ones.

        In the same step what was waiting and is named in `rolled` is told in a roll-up, the id of whose send is given.
        """

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends."""

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come, highest level first, then oldest."""

    def begin(self, send_id: str, attempt: Attempt, *, next_at: Millis) -> bool:
        """
        The attempt is kept, and the send waits; False, and nothing changed, where it waits no more or has this number.

        So of two that would try a send at once, one of them a holder that was stopped and replaced, one does.
        """

    def record(self, send_id: str, attempt: Attempt, *, state: str, reason: str, next_at: Millis) -> None:
        """The attempt is kept under its number (a second write of the number judges it) and the send has this state."""

    def put_off(self, send_id: str, *, state: str, reason: str, next_at: Millis) -> None:
        """A send that waits has this state and reason, without an attempt; one that waits no more stays as it is."""

    def due_to(self, unit: str, recipient: str, now: Millis, limit: int) -> Sequence[Send]:
        """Return what of one recipient is due, in the order of `due`."""

    def tried(self, unit: str, recipient: str, since: Millis) -> Sequence[Send]:
        """Return the recipient's sends that have an attempt since then, oldest first."""

    def count_tries(self, channel: str, since: Millis) -> int:
        """Return how many attempts over the channel began since then, without those that spared it."""

    def quoting(self, posts: Sequence[str]) -> Sequence[Send]:
        """Return all units' sends of which an attempt quoted one of the posts, oldest first."""

    def in_roll_up(self, send_id: str) -> Sequence[Send]:
        """Return what the roll-up with this send tells, oldest first."""

    def in_state(self, state: str, limit: int) -> Sequence[Send]:
        """Return all units' sends in a state, newest first."""

    def send(self, send_id: str) -> Send | None:
        """Return a send by id."""

    def sends(self, unit: str, incident: str | None = None, limit: int = 100) -> Sequence[Send]:
        """Return a unit's sends, newest first."""

    def hold_unsent(self, reason: str) -> int:
        """Every waiting send is held until a person releases it; returns how many."""

    def release(self, send_ids: Sequence[str], now: Millis) -> int:
        """The held sends wait again and are due now; returns how many."""

    def drop(self, send_ids: Sequence[str], reason: str) -> int:
        """Held and unclear sends will never go out, for the reason; returns how many."""
