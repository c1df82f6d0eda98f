"""Which sends a batch of the log asks for: one per notice, recipient and channel; a roll-up replaces those it tells."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.event import Batch, Event, Notice
from pipeline.domain.event_data import text, texts
from pipeline.domain.office import Office, Reach, date_at, reach_of
from pipeline.domain.post import Millis
from pipeline.domain.recused import is_kept
from pipeline.domain.send_policy import DEFAULT_SENDING, ROLLED_UP, SendPolicy, reached
from pipeline.domain.unit_settings import Recipient
from pipeline.domain.working_calendar import WorkingCalendar, working_calendar
from pipeline.ports import Send

NOBODY = "nobody"
"""The recipient of a send that reaches nobody: it is held until somebody is named and it is released."""

MAIL = "mail"
"""The channel by which a handling office is reached."""

_OFFICE_WEEK = working_calendar()


@dataclass(frozen=True, slots=True)
class SendPractice:
    """What a unit has set about telling: whom, when, and the calendar that says when it works."""

    recipients: Sequence[Recipient] = ()
    policy: SendPolicy = DEFAULT_SENDING
    calendar: WorkingCalendar = _OFFICE_WEEK
    offices: Sequence[Office] = ()

    def address(self, send: Send, now: Millis) -> str:
        """Return the channel's address of the recipient, as it is set now; "" where he has none there."""
        own = (one.to for one in self.recipients if (one.account, one.channel) == (send.recipient, send.channel))
        return next((to for to in own if to), "") or self.reach(send.recipient, now).mail

    def reach(self, recipient: str, now: Millis) -> Reach:
        """Return which mailbox of an office is written to today: the liaison's, the deputy's, or the office's own."""
        office = next((one for one in self.offices if recipient == f"office:{one.id}"), None)
        return Reach() if office is None else reach_of(office, date_at(now, self.calendar.offset))

    def leads(self, account: str) -> bool:
        """Whether the account is told as a leader."""
        return any(one.account == account and one.role == "leader" for one in self.recipients)

    def reaches_a_person(self, send: Send) -> bool:
        """Whether hours and budget hold for the send: a system that is fed by it has neither."""
        return send.channel not in self.policy.feeds


def sends_of(batch: Batch, practice: SendPractice) -> Sequence[Send]:
    """Return one send per notice, recipient and channel; a notice that reaches nobody is held with that reason."""
    sends: list[Send] = []
    for number, notice in enumerate(batch.notices):
        sends += _sends_of(batch, number, notice, practice)
    return sends


def rolled_by(batch: Batch, sends: Sequence[Send]) -> Mapping[str, str]:
    """Return which sends the batch tells in a roll-up, each with the id of the roll-up's own send."""
    roll_up = next((send.id for send in sends if send.notice.what == ROLLED_UP), "")
    return {told: roll_up for event in batch.events if event.type == ROLLED_UP for told in texts(event.data, "sends")}


def send_id(unit: str, seq: int, number: int, recipient: str, channel: str) -> str:
    """Return the id of the one send of a notice to a recipient over a channel."""
    key = f"{unit}\n{seq}\n{number}\n{recipient}\n{channel}"
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def _sends_of(batch: Batch, number: int, notice: Notice, practice: SendPractice) -> list[Send]:
    roll_up = next((event for event in batch.events if event.type == ROLLED_UP), None)
    if roll_up is not None:
        return [_send(batch, number, notice, _told_by(roll_up, notice))]
    wanted = reached(practice.policy, notice)
    found = {
        (one.account, one.channel): one
        for one in practice.recipients
        if one.role in wanted or one.account in wanted or f"account:{one.account}" in wanted
    }
    sends = [_send(batch, number, notice, recipient) for recipient in found.values()]
    if found and not (is_kept(notice.to) and not any(practice.leads(one.account) for one in found.values())):
        return sends
    if not found and notice.to.startswith("office:"):
        return [_send(batch, number, notice, Recipient(notice.to, "", MAIL))]  # to whom is found when it is sent
    missing = "leader" if is_kept(notice.to) else " or ".join(wanted) or notice.to
    held = _send(batch, number, notice, Recipient(NOBODY, notice.to, "none"), held=f"nobody is named for {missing}")
    return [*sends, held]


def _told_by(roll_up: Event, notice: Notice) -> Recipient:
    return Recipient(notice.to.removeprefix("account:"), "", text(roll_up.data, "channel"))


def _send(batch: Batch, number: int, notice: Notice, recipient: Recipient, held: str = "") -> Send:
    return Send(
        id=send_id(batch.unit, batch.seq, number, recipient.account, recipient.channel),
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
