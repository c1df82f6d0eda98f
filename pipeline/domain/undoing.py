"""
Taking a step back: which steps can be, and by which events. The log keeps both; what was sent stays sent. Pure.

Incidents return to what they were before the batch by `undone`; marks on groups by the event that a person would use:
a group that was set aside is restored, a merge is released, what was split off is merged again. Steps that something
else has built upon are answered by another command.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .event import Value
from .people import GroupMark, MarkState, Need
from .post import Millis
from .recent_step import UNDO_WITHIN, RecentStep
from .seen import NOTHING, data_of_seen
from .unit_state import UnitState

ANSWERED_BY: Mapping[str, str] = {
    "opened": "settle",
    "group_split": "group_joined",
    "merge_declined": "merge",
    "level_raised": "set_level",
    "escalated": "",
    "undone": "",
}
"""Events that are not undone, and the command that answers them; "" where a person does it again, or nothing helps."""
SPLIT = "split_off"
"""A split opens an incident too, and that one can be taken back: its groups return to where they came from."""

Fact = tuple[str, str, dict[str, Value]]
"""(type, incident, data) of an event that is still to be made."""


@dataclass(frozen=True, slots=True)
class Undoable:
    """
    The last batch of an account, and what undoing it means until `until`.

    `means` are the types of the events that undoing writes. Where it is empty the step is not undone: `instead` is the
    command that answers it, "" where none does. `notices` is how many people or policies were told and will be told
    that the step was taken back.
    """

    seq: int
    at: Millis
    until: Millis
    types: tuple[str, ...]
    incidents: tuple[str, ...]
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    means: tuple[str, ...]
    instead: str
    notices: int


def undoable(state: UnitState, account: str, now: Millis) -> Undoable | None:
    """
    Return the account's last batch in the unit; None where it is older than 10 minutes, was itself an undo, or where
    something came after it. `account` is the id without a word before it.
    """
    step = last_step_of(state, f"account:{account}", now)
    if step is None or "undone" in step.types or not is_untouched_since(state, step):
        return None
    final = final_kind(step.types)
    return Undoable(
        seq=step.seq,
        at=step.at,
        until=step.at + UNDO_WITHIN,
        types=step.types,
        incidents=step.incidents,
        groups=step.groups,
        needs=tuple(step.needs),
        means=() if final else tuple(dict.fromkeys(kind for kind, _, _ in taken_back(state, step))),
        instead=ANSWERED_BY[final] if final else "",
        notices=len(step.notices),
    )


def final_kind(types: Sequence[str]) -> str | None:
    """Return the first of these types of events that is not undone; None where all are."""
    return next((kind for kind in types if kind in ANSWERED_BY and not (kind == "opened" and SPLIT in types)), None)


def last_step_of(state: UnitState, actor: str, now: Millis) -> RecentStep | None:
    """Return the actor's last batch in the unit if it is at most 10 minutes old."""
    mine = [step for step in state.recent if step.actor == actor]
    return mine[-1] if mine and now - mine[-1].at <= UNDO_WITHIN else None


def is_untouched_since(state: UnitState, step: RecentStep) -> bool:
    """Whether nothing has happened since to what the step touched: incidents, marks on groups, pleas for help."""
    points = [state.incidents[incident].undo for incident in step.incidents]
    marks = [state.marks[group] for group, before in step.marks.items() if state.marks.get(group) not in (before, None)]
    later = {post for one in state.recent if one.seq > step.seq for post in one.needs}
    return (
        all(state.incidents[incident].undo is None for incident in step.opened)
        and all(point is not None and point.seq == step.seq for point in points)
        and all(mark.seq == step.seq for mark in marks)
        and later.isdisjoint(step.needs)
    )


def taken_back(state: UnitState, step: RecentStep) -> Sequence[Fact]:
    """Return the facts that take the step back: marks first, so that `undone` has the last word on each incident."""
    named: dict[str, Value] = {"seq": step.seq, "types": list(step.types)}
    changed = {group: before for group, before in step.marks.items() if state.marks.get(group) != before}
    moved = _moves_back(state, step, changed)
    facts: list[Fact] = moved or [_mark_back(group, before) for group, before in changed.items()]
    facts += [("merged", incident, {"into": step.incidents[0]}) for incident in step.opened]
    facts += [("undone", "", {**named, **_need_data(post, before)}) for post, before in step.needs.items()]
    return [*facts, *(("undone", incident, dict(named)) for incident in sorted(step.incidents))]


def _moves_back(state: UnitState, step: RecentStep, changed: Mapping[str, GroupMark | None]) -> list[Fact]:
    """A merge gives the groups back to whom they came from, an unmerge takes them again."""
    if not {"absorbed", "released"} & set(step.types):
        return []
    by_move: dict[tuple[str, str], list[Value]] = {}
    for group, before in changed.items():
        now = state.marks[group]
        if before is not None and before.owner is not None and now.owner is not None:
            by_move.setdefault((now.owner, before.owner), []).append(group)
    if "absorbed" in step.types:
        return [("released", now, {"incident": was, "groups": groups}) for (now, was), groups in by_move.items()]
    return [("absorbed", was, {"incidents": [now], "groups": groups}) for (now, was), groups in by_move.items()]


def _mark_back(group: str, before: GroupMark | None) -> Fact:
    """The group is what it was: set aside as before, part of its incident again, or free."""
    seen = NOTHING if before is None else before.seen
    data: dict[str, Value] = {
        "group": group,
        "posts": seen.posts,
        "members": [],
        "seen": {group: data_of_seen(seen)},
    }
    if before is not None and before.state == MarkState.SET_ASIDE:
        return ("group_set_aside", "", {**data, "how": before.how})
    if before is not None and before.owner is not None:
        return ("group_joined", before.owner, data)
    return ("group_restored", "", data)


def _need_data(post: str, before: Need | None) -> dict[str, Value]:
    need = before or Need(post)
    moments = {"contacted_at": need.contacted_at, "ended_at": need.ended_at}
    known: dict[str, Value] = {name: at for name, at in moments.items() if at is not None}
    return {"post": post, "contacts": need.contacts, "outcome": need.outcome, **known}
