"""
What people and alert rules have decided about groups: one mark per group, folded from the log alone.

A mark needs no other state than the marks before it, so a store's projector can keep it beside the machine's fields.
"""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, replace
from enum import StrEnum

from .event import Batch, Event
from .event_data import moment, number, table, text, texts
from .group import GroupRow
from .post import Millis
from .seen import Seen, seen_from, seen_of

FURTHER_POSTS = 3
FURTHER_POSTERS = 2


class MarkState(StrEnum):
    """What was decided last."""

    OPENED = "opened"
    JOINED = "joined"
    SET_ASIDE = "set_aside"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True)
class GroupMark:
    """
    The last decision about a group, with what was seen then. `owner` is the incident that owns it now, merges followed.

    `how` says how it was set aside: irrelevant or filed. `seq` is the batch that decided. Flat, so that a store keeps
    it as one row; `seen` gives the counts together.
    """

    unit: str
    group: str
    state: str
    seen_posts: int
    seen_posters: int
    seen_reasons: tuple[str, ...]
    owner: str | None
    at: Millis
    seq: int
    seen_sources: int = 0
    seen_grave: int = 0
    seen_grave_level: int = 0
    seen_addressed: int = 0
    how: str = ""

    @property
    def seen(self) -> Seen:
        """What was before the eyes of whoever decided."""
        return Seen(
            posts=self.seen_posts,
            posters=self.seen_posters,
            sources=self.seen_sources,
            grave_posts=self.seen_grave,
            addressed_posts=self.seen_addressed,
            grave_level=self.seen_grave_level,
            reasons=self.seen_reasons,
        )


def is_back(mark: GroupMark, row: GroupRow) -> bool:
    """
    Whether a set-aside group is a to-do again (MECHANICS §5).

    It is after 3 further posts of 2 or more posters, or at once with the first grave post or one addressed to the
    unit. The row knows how many people wrote, not who of them wrote again: where that leaves doubt, the group is back.
    """
    if mark.state != MarkState.SET_ASIDE:
        return False
    now = seen_of(row, ())
    if (now.grave_posts and not mark.seen_grave) or now.addressed_posts > mark.seen_addressed:
        return True
    further = now.posts - mark.seen_posts
    return further >= FURTHER_POSTS and row.posters >= FURTHER_POSTERS


def is_todo(mark: GroupMark | None, row: GroupRow) -> bool:
    """Whether the group is a row in the queue: the machine asks, no incident owns it, and nobody has set it aside."""
    if row.todo is None:
        return False
    return mark is None or mark.state == MarkState.RESTORED or is_back(mark, row)


def fold_marks(marks: Mapping[str, GroupMark], batch: Batch) -> dict[str, GroupMark]:
    """Return the marks after a batch of the log; the given ones stay as they were."""
    after = dict(marks)
    for event in batch.events:
        mark_event(after, event, unit=batch.unit, seq=batch.seq)
    return after


def mark_event(marks: MutableMapping[str, GroupMark], event: Event, *, unit: str, seq: int) -> None:
    """The marks hold what the event says about groups; events of other kinds change nothing."""
    if event.type in _DECIDES:
        state = _DECIDES[event.type]
        owner = event.incident if state in (MarkState.OPENED, MarkState.JOINED) else None
        mark = _mark(event, state, owner)
        marks[mark.group] = replace(mark, unit=unit, seq=seq)
    elif event.type in _MOVES:
        owner = text(event.data, "incident") if event.type == "released" else event.incident
        for group in texts(event.data, "groups"):
            if group in marks:
                marks[group] = replace(marks[group], owner=owner, at=event.at, seq=seq)


@dataclass(frozen=True, slots=True)
class Need:
    """求助线索: what people did about a plea for help. The plea itself is the unit's mention of the post."""

    post: str
    contacted_at: Millis | None = None
    contacts: int = 0
    outcome: str = ""
    ended_at: Millis | None = None


def need_event(needs: MutableMapping[str, Need], event: Event) -> None:
    """The needs hold what the event says about one; events of other kinds change nothing."""
    if event.type not in ("need_contacted", "need_outcome", "undone") or not event.data.get("post"):
        return
    post = text(event.data, "post")
    if event.type == "undone":
        needs[post] = _need_before(post, event)
        return
    need = needs.get(post, Need(post))
    if event.type == "need_contacted":
        needs[post] = replace(need, contacted_at=need.contacted_at or event.at, contacts=need.contacts + 1)
    else:
        needs[post] = replace(need, outcome=text(event.data, "outcome"), ended_at=event.at)


def _need_before(post: str, event: Event) -> Need:
    data = event.data
    contacted_at, ended_at = moment(data, "contacted_at"), moment(data, "ended_at")
    return Need(post, contacted_at, number(data, "contacts"), text(data, "outcome"), ended_at)


def _mark(event: Event, state: MarkState, owner: str | None) -> GroupMark:
    group = text(event.data, "group")
    seen = seen_from(table(table(event.data, "seen"), group))
    return GroupMark(
        unit="",
        group=group,
        state=state,
        seen_posts=seen.posts,
        seen_posters=seen.posters,
        seen_reasons=seen.reasons,
        owner=owner,
        at=event.at,
        seq=0,
        seen_sources=seen.sources,
        seen_grave=seen.grave_posts,
        seen_grave_level=seen.grave_level,
        seen_addressed=seen.addressed_posts,
        how=text(event.data, "how"),
    )


_DECIDES: Mapping[str, MarkState] = {
    "opened": MarkState.OPENED,
    "group_joined": MarkState.JOINED,
    "group_set_aside": MarkState.SET_ASIDE,
    "group_restored": MarkState.RESTORED,
}
_MOVES = frozenset({"absorbed", "released"})
"""Events by which a merge moves groups, and an unmerge gives them back."""
