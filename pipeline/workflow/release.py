"""What a person does about sends that wait for one: released, or dropped for a reason. Who did it is kept."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.ports import Clock, IncidentLog, Outbox, Record, Records, Send

from .notices import NOBODY, SendPractice, sends_of

RELEASED = "release"
"""The kind of the records that say who released or dropped what, and why."""
MOST = 10_000


@dataclass(frozen=True, slots=True)
class Released:
    """How many sends go out again, how many are addressed anew, how many still reach nobody, how many were dropped."""

    again: int = 0
    anew: int = 0
    nobody: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Releaser:
    """Releases or drops held sends. What goes out again keeps to hours and budget as everything does."""

    log: IncidentLog
    outbox: Outbox
    records: Records
    clock: Clock
    practice: Callable[[str], SendPractice]

    def waiting_for_people(self) -> Sequence[Send]:
        """Return every send that a person must decide about, newest first."""
        return [*self.outbox.in_state("held", MOST), *self.outbox.in_state("unclear", MOST)]

    def release(self, wanted: Sequence[Send], *, author: str, reason: str) -> Released:
        """
        The held ones wait for their turn. One that reached nobody goes to whom its role names now, if to anybody.

        What is unclear was sent twice already, and is not released.
        """
        held = [send for send in wanted if send.state == "held"]
        lost = [send for send in held if send.recipient == NOBODY]
        again = self.outbox.release([send.id for send in held if send not in lost], self.clock.now())
        anew = sum(self._address_anew(send) for send in lost)
        done = Released(again=again, anew=anew, nobody=len(lost) - anew)
        self._keep("released", held, author, reason)
        return done

    def drop(self, wanted: Sequence[Send], *, author: str, reason: str) -> Released:
        """They will never go out; the reason stands beside each."""
        dropped = self.outbox.drop([send.id for send in wanted], f"dropped by {author}: {reason or 'no reason given'}")
        self._keep("dropped", wanted, author, reason)
        return Released(dropped=dropped)

    def _address_anew(self, send: Send) -> bool:
        (batch,) = self.log.read(send.unit, send.seq - 1, 1)
        anew = [one for one in sends_of(batch, self.practice(send.unit)) if one.number == send.number]
        if not anew or anew[0].recipient == NOBODY:
            return False
        self.outbox.create(anew, {})
        names = ", ".join(sorted({one.recipient for one in anew}))
        self.outbox.drop([send.id], f"addressed anew to {names}")
        return True

    def _keep(self, what: str, sends: Sequence[Send], author: str, reason: str) -> None:
        at = self.clock.now()
        value = json.dumps({"what": what, "sends": [send.id for send in sends]}, sort_keys=True)
        self.records.put(Record(RELEASED, "", f"{at:013d}", 0, value, at, author, reason), expect=None)
