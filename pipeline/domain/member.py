"""Members of a group, and the group's row derived from them: the same members always give the same row."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from .group import GroupRow, TodoReason, incident_id
from .group_merge import UNCOUNTED, Counted, GroupMerge, MergesInOrder
from .mention import NO_OPINION, Mention, Opinion
from .post import Kind, Millis, Post
from .todo import todo_reason

WINDOW: Millis = 14 * 24 * 3_600_000
"""Posts and posters are counted over 14 days (MECHANICS §5, new matter)."""

RAISES_WITHIN: Millis = 72 * 3_600_000
"""A post that comes later than this after its own time raises nothing (MECHANICS §7)."""

_TODO_ORDER = (
    TodoReason.ADDRESSED,
    TodoReason.GRAVE,
    TodoReason.OURS,
    TodoReason.UNCLEAR,
    TodoReason.NO_CLASSIFIER,
)


@dataclass(frozen=True, slots=True)
class Member:
    """
    One post of a group, as its newest mentions tell it; a member is a post, never a version.

    `is_silent` says that it raises nothing: found by a changed rule, or come long after its own time. `grave_level` is
    0 where no grave rule hit, else the level that one asks for. `spoke` is the order of the fold of its newest text
    that a rule met, `asked` that of the newest which asked for a person (-1: none did); `is_lapsed` says that no rule
    meets it any more. `is_answer`: an office's answer, which stands in the group and counts as nobody's post.
    `conduct`: a version of it complains about staff; no edit takes that back. `imported`: from another system's list.
    """

    post: str
    order: int
    occurred_at: Millis
    collected_at: Millis
    source: str
    is_repost: bool
    posters: int
    about: bool | None
    needs_help: bool
    grave_level: int
    addressed: bool
    is_silent: bool
    line: str | None
    place: str | None
    todo: TodoReason | None
    linked: str | None = None
    spoke: int = 0
    asked: int = -1
    is_lapsed: bool = False
    is_answer: bool = False
    conduct: bool = False
    imported: bool = False


def member_of(mentions: Sequence[Mention], post: Post) -> Member:
    """Return the member that the mentions of one post and one decision make."""
    first = mentions[0]
    is_answer = post.kind is Kind.ANSWER
    asks_nobody = first.backfilled or is_answer
    todo = None if asks_nobody else _todo(first.opinion, any(m.grave for m in mentions), first.addressed)
    live = not first.backfilled  # what a changed rule found later is grouped and searchable, and asks nobody
    late = first.collected_at - first.occurred_at > RAISES_WITHIN
    return Member(
        post=first.post,
        order=first.order,
        occurred_at=first.occurred_at,
        collected_at=first.collected_at,
        source=post.source,
        is_repost=first.repost_of is not None,
        posters=first.posters,
        about=_truth(first.opinion),
        needs_help=first.opinion.need.label is True,
        grave_level=min((mention.grave_level for mention in mentions if mention.grave), default=0),
        addressed=live and first.addressed,
        is_silent=late or not live,
        line=first.service_line,
        place=first.place,
        todo=todo,
        linked=first.linked,
        spoke=first.spoke,
        asked=-1 if todo is None else first.spoke,
        is_lapsed=all(mention.lapsed for mention in mentions),
        is_answer=is_answer,
        conduct=first.conduct,
        imported=live and first.imported,
    )


def as_edited(before: Member | None, now: Member) -> Member:
    """
    Return the member with what its newest version says; a member is a post and never a version.

    It keeps its place among the others, no edit makes a post silent that came in time (MECHANICS §7), and none ends
    its to-do, which only a person does. In whatever order two decisions come, the result is the same.
    """
    if before is None:
        return now
    older, newer = sorted((before, now), key=lambda member: member.spoke)
    asking = max((older, newer), key=lambda member: member.asked)
    if older.spoke == newer.spoke:  # two decisions on one text: a rule changed while another text stood there
        levels = [member.grave_level for member in (older, newer) if member.grave_level]
        newer = replace(newer, grave_level=min(levels, default=0))
    if older.asked == newer.asked:  # they asked with one text, whatever text came after it
        asking = replace(asking, todo=_best_todo((older, newer)))
    return replace(
        newer,
        order=before.order,
        posters=max(before.posters, now.posters),
        collected_at=max(before.collected_at, now.collected_at),
        is_silent=before.is_silent and now.is_silent,
        is_lapsed=before.is_lapsed and now.is_lapsed,
        linked=before.linked,
        conduct=before.conduct or now.conduct,
        todo=asking.todo,
        asked=asking.asked,
    )


def with_mentions(before: Member | None, mentions: Sequence[Mention], post: Post) -> Member:
    """Return the member after the mentions of one order of the fold, some of which may have been met again since."""
    member = before
    for spoke in sorted({mention.spoke for mention in mentions}):
        member = as_edited(member, member_of([mention for mention in mentions if mention.spoke == spoke], post))
    if member is None:
        raise ValueError("a member is made of at least one mention")
    return member


def members_of(rows: Iterable[tuple[Mention, Post]], merges: Sequence[GroupMerge] = ()) -> dict[str, dict[str, Member]]:
    """
    Return group → post → member for mentions in the order of the fold; later mentions of a post are its edits.

    The machine's merges happened in between: an absorbed group has no members any more.
    """
    groups: dict[str, dict[str, Member]] = {}
    in_order = MergesInOrder(merges)
    for mentions, post in by_order(rows):
        for merge in in_order.before(mentions[0].order):
            absorb(groups, merge)
        group = mentions[0].group
        if group is not None:
            members = groups.setdefault(group, {})
            members[post.id] = with_mentions(members.get(post.id), mentions, post)
    for merge in in_order.rest():
        absorb(groups, merge)
    return groups


def absorb(groups: dict[str, dict[str, Member]], merge: GroupMerge) -> Mapping[str, Member]:
    """The absorbed group's members are those of the other; returns them."""
    moved = groups.pop(merge.absorbed, {})
    if moved:
        groups.setdefault(merge.into, {}).update(moved)
    return moved


def by_order(rows: Iterable[tuple[Mention, Post]]) -> Iterable[tuple[tuple[Mention, ...], Post]]:
    """
    Yield the mentions of each order of the fold together, with their post.

    Where two workers gave one order to two posts, because a partition moved between them, each post stands by itself.
    """
    for _, of_order in groupby(rows, key=lambda row: row[0].order):
        of_post: dict[str, list[tuple[Mention, Post]]] = {}
        for mention, post in of_order:
            of_post.setdefault(mention.post, []).append((mention, post))
        for _, pairs in sorted(of_post.items()):
            yield tuple(mention for mention, _ in pairs), pairs[-1][1]


def row_of(unit: str, group: str, members: Iterable[Member], counted: Counted = UNCOUNTED) -> GroupRow:
    """
    Return the machine's row of a group; members are at least one. The result depends on nothing else.

    `counted` is what was counted when the group absorbed others: no member knows of the people in the other group.
    """
    ordered = _without_answers(sorted(members, key=lambda member: (member.order, member.post)))
    own = [member for member in ordered if not member.is_repost] or ordered
    last_at = max(member.occurred_at for member in ordered)
    raising = [member for member in own if not member.is_silent]
    recent = [member for member in raising if member.occurred_at > last_at - WINDOW]
    grave = [member for member in raising if member.grave_level]
    addressed = [member for member in ordered if member.addressed]  # in another's words, too, it must be answered
    return GroupRow(
        unit=unit,
        id=group,
        incident=incident_id(unit, group),
        lead=own[0].post,
        posts=len(own),
        reposts=len(ordered) - len(own),
        posters=max(counted.most, *(member.posters for member in own)),
        recent_posts=len(recent),
        recent_posters=_recent_posters(recent, counted),
        sources=len({member.source for member in ordered}),
        needs=sum(member.needs_help for member in ordered),
        first_at=min(member.occurred_at for member in ordered),
        last_at=last_at,
        collected_at=max(member.collected_at for member in ordered),
        line=_most_common(member.line for member in own),
        place=_most_common(member.place for member in own),
        about=_together(member.about for member in ordered),
        grave=any(member.grave_level for member in ordered),
        addressed=bool(addressed),
        todo=_best_todo(ordered),
        latest_order=ordered[-1].order,
        silent_posts=len(own) - len(raising),
        grave_posts=len(grave),
        grave_level=min((member.grave_level for member in grave), default=2),
        grave_at=max((member.occurred_at for member in grave), default=None),
        addressed_posts=len(addressed),
        addressed_at=max((member.occurred_at for member in addressed), default=None),
        latest_addressed=addressed[-1].post if addressed else None,
        linked=next((member.linked for member in ordered if member.linked), None),
        lapsed_posts=sum(member.is_lapsed for member in ordered),
        conduct=any(member.conduct for member in ordered),
        imported=any(member.imported for member in addressed),
    )


def _recent_posters(recent: Sequence[Member], counted: Counted) -> int:
    """Return how many people the newest count saw: that of the newest member, or of a merge that came after it."""
    if not recent:
        return 0
    newest = recent[-1]
    return newest.posters if newest.order > counted.order else max(newest.posters, counted.posters)


def _truth(opinion: Opinion) -> bool | None:
    label = opinion.about.label
    return label if isinstance(label, bool) else None


def _todo(opinion: Opinion, grave: bool, addressed: bool) -> TodoReason | None:
    act = opinion.act.label
    return todo_reason(
        about=_truth(opinion),
        act=act if isinstance(act, str) else None,
        grave=grave,
        addressed=addressed,
        has_classifier=opinion.model != NO_OPINION.model,
    )


def _most_common(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def _together(abouts: Iterable[bool | None]) -> bool | None:
    said = set(abouts)
    if True in said:
        return True
    return None if None in said else False


def _without_answers(members: Sequence[Member]) -> Sequence[Member]:
    """Return what people said; where a person's split left answers alone in a group, these."""
    return [member for member in members if not member.is_answer] or members


def _best_todo(members: Sequence[Member]) -> TodoReason | None:
    reasons = {member.todo for member in members}
    return next((reason for reason in _TODO_ORDER if reason in reasons), None)
