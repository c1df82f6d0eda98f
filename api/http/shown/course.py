"""The course of an incident as the API shows it: every event, and who was told of what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.event import Value
from pipeline.domain.row import iso_of
from pipeline.workflow.dossier import Moment
from pipeline.workflow.told import Told

from .post import moment


@dataclass(frozen=True, slots=True)
class StepShown:
    """One event. `text` is null where nothing was typed, or where it was erased: then `erased` is true."""

    seq: int
    revision: int
    type: str
    at: str
    actor: str
    data: Mapping[str, object]
    text: str | None
    erased: bool


@dataclass(frozen=True, slots=True)
class TimelineShown:
    """Every event of an incident, oldest first."""

    incident: str
    revision: int
    steps: Sequence[StepShown]


@dataclass(frozen=True, slots=True)
class TrialShown:
    """One try to deliver."""

    number: int
    at: str
    outcome: str
    detail: str


@dataclass(frozen=True, slots=True)
class ToldShown:
    """
    What became of one notice for one recipient over one channel, and why.

    `state` and `reason` answer "why was I (not) notified"; `next_at` null: it is not asked again.
    """

    send: str
    noticed_at: str
    level: int
    what: str
    why_noticed: str
    recipient: str
    channel: str
    state: str
    reason: str
    next_at: str | None
    attempts: Sequence[TrialShown]
    in_roll_up: str


@dataclass(frozen=True, slots=True)
class NoticeShown:
    """That somebody was to be told: what, why, and for which role. Without a recipient nobody is in `told`."""

    at: str
    what: str
    why: str
    to: str
    level: int


@dataclass(frozen=True, slots=True)
class SendsShown:
    """Who was to be told of an incident, and what became of it for each recipient."""

    incident: str
    notices: Sequence[NoticeShown]
    told: Sequence[ToldShown]


MEMOS = frozenset({"note", "signed_by"})
"""What an event holds of texts: ids with commitments."""


def step_shown(step: Moment) -> StepShown:
    """Return one event; the commitments of its texts are left out, since they say nothing."""
    data: Mapping[str, Value] = {name: value for name, value in step.event.data.items() if name not in MEMOS}
    return StepShown(
        seq=step.seq,
        revision=step.revision,
        type=step.event.type,
        at=iso_of(step.event.at),
        actor=step.event.actor,
        data=data,
        text=None if step.memo is None else step.memo.text,
        erased=step.had_memo and step.memo is None,
    )


def told_shown(told: Told) -> ToldShown:
    """Return what became of one notice for one recipient."""
    return ToldShown(
        send=told.send,
        noticed_at=iso_of(told.noticed_at),
        level=told.level,
        what=told.what,
        why_noticed=told.why_noticed,
        recipient=told.recipient,
        channel=told.channel,
        state=told.state,
        reason=told.reason,
        next_at=moment(told.next_at or None),
        attempts=[TrialShown(one.number, iso_of(one.at), one.outcome, one.detail) for one in told.attempts],
        in_roll_up=told.in_roll_up,
    )
