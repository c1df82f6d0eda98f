"""Sends in memory: the model that the stores are compared with."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis
from pipeline.ports import Attempt, Send

_WITH_A_PERSON = ("held", "unclear")


class MemoryOutbox:
    """The port Outbox, forgotten with the process."""

    def __init__(self) -> None:
        self._sends: dict[str, Send] = {}
        self._dispatched: dict[str, int] = {}

    def create(
        self, sends: Sequence[Send], dispatched: Mapping[str, int], rolled: Mapping[str, str] | None = None
    ) -> int:
        """Sends that are new exist, units were dispatched so far, what is rolled waits no more; returns new ones."""
        before = len(self._sends)
        for send in sends:
            self._sends.setdefault(send.id, send)
        for unit, seq in dispatched.items():
            self._dispatched[unit] = max(seq, self.dispatched(unit))
        for send_id, roll_up in (rolled or {}).items():
            self.put_off(send_id, state="rolled", reason=roll_up, next_at=0)
        return len(self._sends) - before

    def dispatched(self, unit: str) -> int:
        """Return the seq up to which notices have become sends; 0 where none has."""
        return self._dispatched.get(unit, 0)

    def due(self, now: Millis, limit: int) -> Sequence[Send]:
        """Return waiting sends whose time has come: Ⅰ before Ⅳ before those without a level (0), then the oldest."""
        return _in_order(self._due(now))[:limit]

    def due_to(self, unit: str, recipient: str, now: Millis, limit: int) -> Sequence[Send]:
        """Return what of one recipient is due, in the order of `due`."""
        return _in_order(one for one in self._due(now) if (one.unit, one.recipient) == (unit, recipient))[:limit]

    def _due(self, now: Millis) -> Iterable[Send]:
        return (send for send in self._sends.values() if send.state == "waiting" and send.next_at <= now)

    def put_off(self, send_id: str, *, state: str, reason: str, next_at: Millis) -> None:
        """A send that waits has this state and reason, without an attempt; one that waits no more stays as it is."""
        send = self._sends.get(send_id)
        if send is not None and send.state == "waiting":
            self._sends[send_id] = replace(send, state=state, reason=reason, next_at=next_at)

    def tried(self, unit: str, recipient: str, since: Millis) -> Sequence[Send]:
        """Return the recipient's sends that have an attempt since then, oldest first."""
        own = [one for one in self._sends.values() if (one.unit, one.recipient) == (unit, recipient)]
        return [send for send in own if any(attempt.at >= since for attempt in send.attempts)]

    def count_tries(self, channel: str, since: Millis) -> int:
        """Return how many attempts over the channel began since then, without those that spared it."""
        attempts = [one for send in self._sends.values() if send.channel == channel for one in send.attempts]
        return sum(one.at >= since and one.outcome != "spared" for one in attempts)

    def quoting(self, posts: Sequence[str]) -> Sequence[Send]:
        """Return all units' sends of which an attempt quoted one of the posts, oldest first."""
        wanted = set(posts)
        every = self._sends.values()
        return [send for send in every if any(wanted & set(attempt.quoted) for attempt in send.attempts)]

    def in_roll_up(self, send_id: str) -> Sequence[Send]:
        """Return what the roll-up with this send tells, oldest first."""
        return [send for send in self._sends.values() if (send.state, send.reason) == ("rolled", send_id)]

    def in_state(self, state: str, limit: int) -> Sequence[Send]:
        """Return all units' sends in a state, newest first."""
        return [send for send in self._sends.values() if send.state == state][::-1][:limit]

    def send(self, send_id: str) -> Send | None:
        """Return a send by id."""
        return self._sends.get(send_id)

    def begin(self, send_id: str, attempt: Attempt, *, next_at: Millis) -> bool:
        """The attempt is kept, and the send waits; False where it waits no more or has an attempt of this number."""
        send = self._sends.get(send_id)
        if send is None or send.state != "waiting" or any(one.number == attempt.number for one in send.attempts):
            return False
        self.record(send_id, attempt, state="waiting", reason="", next_at=next_at)
        return True

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

    def drop(self, send_ids: Sequence[str], reason: str) -> int:
        """Held and unclear sends will never go out, for the reason; returns how many."""
        found = [one for one in map(self._sends.get, dict.fromkeys(send_ids)) if one and one.state in _WITH_A_PERSON]
        for send in found:
            self._sends[send.id] = replace(send, state="dropped", reason=reason)
        return len(found)


def _in_order(sends: Iterable[Send]) -> list[Send]:
    return sorted(sends, key=lambda send: (send.notice.level == 0, send.notice.level, send.notice.at))
