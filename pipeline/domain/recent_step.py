"""The steps of people in the last ten minutes, with what they changed: as long as they can be taken back."""

from collections.abc import Mapping
from dataclasses import dataclass

from .event import Batch, Event, Notice
from .event_data import text, texts
from .people import GroupMark, Need
from .post import Millis

UNDO_WITHIN: Millis = 10 * 60_000


@dataclass(frozen=True, slots=True)
class RecentStep:
    """
    One batch of a person: the incidents that existed and that it touched, those that it `opened`, its notices.

    `marks` and `needs` are those of the groups and pleas that it named, as they were before; None where there was none.
    """

    seq: int
    actor: str
    at: Millis
    types: tuple[str, ...]
    incidents: tuple[str, ...]
    opened: tuple[str, ...]
    marks: Mapping[str, GroupMark | None]
    needs: Mapping[str, Need | None]
    notices: tuple[Notice, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the batch named."""
        return tuple(self.marks)


def is_step_of_person(batch: Batch) -> bool:
    """Whether a person caused the batch."""
    return bool(batch.events) and batch.events[0].actor.startswith("account:")


def groups_named(events: tuple[Event, ...]) -> tuple[str, ...]:
    """Return the groups whose marks the events may change, in order."""
    named = [group for event in events for group in (text(event.data, "group"), *texts(event.data, "groups")) if group]
    return tuple(dict.fromkeys(named))


def needs_named(events: tuple[Event, ...]) -> tuple[str, ...]:
    """Return the pleas for help that the events are about."""
    return tuple(text(event.data, "post") for event in events if event.type in ("need_contacted", "need_outcome"))


def still_recent(steps: tuple[RecentStep, ...], now: Millis) -> tuple[RecentStep, ...]:
    """Return the steps that are at most ten minutes old."""
    return tuple(step for step in steps if now - step.at <= UNDO_WITHIN)
