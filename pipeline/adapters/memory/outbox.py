"""Sends in memory: the model that the stores are compared with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Attempt, Send


class MemoryOutbox:
    """The port Outbox, forgotten with the process."""

    def __init__(self) -> None:
        self._sends: dict[str, Send] = {}
        self._dispatched: dict[str, int] = {}

    def create(self, sends: Sequence[Send], dispatched: Mapping[str, int]) -> int:
        """Sends that are new exist, and each unit's dispatched seq is at least the given one; returns new ones."""
        before = len(self._sends)
        for send in sends:
            self._sends.setdefault(send.id, send)
        for unit, seq in dispatched.items():
            self._dispatched[unit] = max(seq, self.dispatched(unit))
        return len(self._sends) - before

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends; 0 where none has."""
        return self._dispatched.get(unit, 0)

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come: Ⅰ before Ⅳ before those without a level (0), then the oldest."""
        due = [send for send in self._sends.values() if send.state == "waiting" and send.next_at <= now]
        return sorted(due, key=lambda send: (send.notice.level == 0, send.notice.level, send.notice.at))[:limit]

    def record(self, send_id: str, attempt: Attempt, *, state: str, reason: str, next_at: Millis) -> None:
        """The attempt is kept under its number (a second write of the number judges it) and the send has this state."""
        send = self._sends.get(send_id)
        if send is None:
            raise BadInput(f"send {send_id}: there is no such send; create it before an attempt")
        kept = {one.number: one for one in send.attempts} | {attempt.number: attempt}
        attempts = tuple(kept[number] for number in sorted(kept))
        self._sends[send_id] = replace(send, state=state, reason=reason, next_at=next_at, attempts=attempts)

    def sends(self, unit: str, incident: str | None = None, limit: int = 100) -> Sequence[Send]:
        """Return a unit's sends, newest first."""
        own = [send for send in self._sends.values() if send.unit == unit and incident in (None, send.notice.incident)]
        return own[::-1][:limit]

    def hold_unsent(self, reason: str) -> int:
        """Every waiting send is held until a person releases it; returns how many."""
        waiting = [send for send in self._sends.values() if send.state == "waiting"]
        for send in waiting:
            self._sends[send.id] = replace(send, state="held", reason=reason)
        return len(waiting)

    def release(self, send_ids: Sequence[str], now: Millis) -> int:
        """The held sends wait again and are due now; returns how many."""
        released = 0
        for send_id in send_ids:
            send = self._sends.get(send_id)
            if send is not None and send.state == "held":
                self._sends[send_id] = replace(send, state="waiting", reason="", next_at=now)
                released += 1
        return released
