"""Sends, and the channels that carry them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.event import Notice
from pipeline.domain.post import Millis


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to deliver a send: written with outcome "trying" before the I/O, judged after it."""

    number: int
    at: Millis
    outcome: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Send:
    """A notice to one recipient over one channel. `state`: waiting, delivered, held, failed or unclear."""

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
class Delivery:
    """How a channel judged its own answer: "delivered", "retry" or "permanent", with what the other side said."""

    outcome: str
    detail: str = ""


class Channel(Protocol):
    """One way to reach a recipient. A channel never counts a failure as success (DESIGN §1.6)."""

    @property
    def name(self) -> str:
        """The name that recipients' settings use."""

    def deliver(self, send: "Send", *, repeated: bool) -> Delivery:
        """Try once, within a timeout; `repeated` marks what may have been delivered already (可能重复)."""


class Outbox(Protocol):
    """Sends: facts that no rebuild makes again."""

    def create(self, sends: Sequence[Send], dispatched: Mapping[str, int]) -> int:
        """Sends that are new exist, and the seq up to which each unit was dispatched is kept; returns new ones."""

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends."""

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come, highest level first, then oldest."""

    def record(self, send_id: str, attempt: Attempt, *, state: str, reason: str, next_at: Millis) -> None:
        """The attempt is kept under its number (a second write of the number judges it) and the send has this state."""

    def sends(self, unit: str, incident: str | None = None, limit: int = 100) -> Sequence[Send]:
        """Return a unit's sends, newest first."""

    def hold_unsent(self, reason: str) -> int:
        """Every waiting send is held until a person releases it; returns how many."""

    def release(self, send_ids: Sequence[str], now: Millis) -> int:
        """The held sends wait again."""
