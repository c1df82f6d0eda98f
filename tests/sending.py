"""A dispatcher over memory, with a clock by hand: notices go in, and what each person got comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipeline.adapters.memory.log import MemoryIncidentLog
from pipeline.adapters.memory.outbox import MemoryOutbox
from pipeline.domain.case import Case
from pipeline.domain.command import RollUp
from pipeline.domain.decide_need import roll_up
from pipeline.domain.event import Batch, Notice
from pipeline.domain.facts import Facts
from pipeline.domain.post import Millis
from pipeline.domain.send_policy import Hours, SendPolicy
from pipeline.domain.unit_settings import Recipient
from pipeline.domain.unit_state import UnitState
from pipeline.ports import Channel, Delivery, Message, Send
from pipeline.workflow.dispatch import Dispatcher
from pipeline.workflow.notices import SendPractice
from tests.builders import UNIT, HeldClock

ALWAYS = (Hours.ALWAYS,) * 4
AT_ONCE = SendPolicy(alerts=ALWAYS, reminders=ALWAYS, budget=100)
ZHIBAN = Recipient("zhiban", "duty", "post")


@dataclass
class Postbox:
    """A channel that takes everything while `is_open`, and keeps what each recipient got, and when."""

    clock: HeldClock
    name: str = "post"
    per_minute: int = 0
    is_open: bool = True
    got: list[tuple[Millis, Send, Message]] = field(default_factory=list)

    def deliver(self, send: Send, message: Message) -> Delivery:
        """The recipient has it, unless the postbox is closed."""
        if not self.is_open:
            raise ConnectionRefusedError(111, "Connection refused")
        self.got.append((self.clock.at, send, message))
        return Delivery("delivered")


class Sending:
    """One unit's log, outbox and dispatcher over one channel."""

    def __init__(self, channel: Channel, clock: HeldClock | None = None, *, practice: SendPractice) -> None:
        self.clock = clock or HeldClock()
        self.log, self.outbox, self.practice = MemoryIncidentLog(), MemoryOutbox(), practice
        self.kept: set[str] = set()
        self.restored_at: Millis = 0
        self.dispatcher = self.with_channel(channel)

    def with_channel(self, *channels: Channel) -> Dispatcher:
        """Return a dispatcher of another process over the same stores."""
        return Dispatcher(
            log=self.log,
            outbox=self.outbox,
            channels={channel.name: channel for channel in channels},
            clock=self.clock,
            practice=lambda _unit: self.practice,
            compose=compose,
            roll_up=self.rolls_up,
            is_for_leader=lambda _unit, incident: incident in self.kept,
            restored_at=lambda: self.restored_at,
        )

    def tells(self, *notices: Notice) -> None:
        """The notices stand in the log."""
        self._append(f"c{self.log.head(UNIT)[0]}", Batch(UNIT, 1, "", "", (), notices))

    def rolls_up(self, unit: str, command: RollUp) -> None:
        """The desk decides the roll-up, once."""
        if self.log.batch_of_command(unit, command.command_id) is None:
            decision = roll_up(Case(UnitState(unit), command, self.clock.at, Facts()), command)
            self._append(command.command_id, Batch(unit, 1, "", "", decision.events, decision.notices))

    def _append(self, command: str, batch: Batch) -> None:
        seq, previous = self.log.head(UNIT)
        self.log.append(replace(batch, seq=seq + 1, previous=previous, command=command), [])

    def beats(self, until: Millis, each: Millis = 60_000) -> None:
        """The dispatcher has its turn until then."""
        while self.clock.at < until:
            self.dispatcher.create_sends()
            self.dispatcher.attempt_due()
            self.clock.at += each

    def states(self) -> Sequence[str]:
        """Return the states of all sends, oldest first."""
        return [send.state for send in reversed(self.outbox.sends(UNIT, limit=10_000))]


def compose(send: Send, to: str, repeated: bool) -> Message:
    """Return a message that says what was noticed, and nothing else."""
    return Message(to, send.notice.what, repeated=repeated)


def an_alert(number: int, at: Millis, level: int = 3, **changes: str) -> Notice:
    """Return the notice of a new alert of its own matter."""
    values = {"what": "opened", "why": "new_matter", "to": "policy:alert"} | changes
    return Notice(values["what"], values["why"], values["to"], f"i{number}", level, at)
