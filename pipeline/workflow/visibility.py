"""
Who sees what of a matter: the one place that knows (DESIGN §1.4 and §1.8). Every read that shows words asks here.

A complaint about staff conduct is read by `READS` until a leader lets the desk have it; whoever works the desk knows
that there is one, by a line without words; for all others it does not exist. What the unit itself received is read by
the roles that work it. Without roles nothing of either is shown, so a read that forgets them shows too little.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum

from pipeline.domain.group import GroupRow
from pipeline.domain.incident import Incident
from pipeline.domain.post import Post, Visibility
from pipeline.domain.recused import DECIDES, is_for_leader
from pipeline.domain.unit_state import UnitState
from pipeline.ports import PostStore

Roles = frozenset[str]

NOBODY: Roles = frozenset()
READS: Roles = DECIDES | {"auditor"}
"""Roles that read a complaint about staff before a leader has decided; the auditor decides nothing."""
KNOWS: Roles = frozenset({"duty", "monitor"})
"""Roles that are told that there is such a complaint, and nothing of it."""
WORKS: Roles = frozenset({"monitor", "duty", "reviewer", "leader"})
"""Roles that work what the unit itself received: letters, hotline orders, what came from above."""


class Sight(Enum):
    """How much of a matter somebody sees: all, that it exists (涉工作作风), or not even that."""

    FULL = "full"
    NAMED = "named"
    NONE = "none"


def may_see(roles: Roles, rows: Iterable[GroupRow], incident: Incident | None = None) -> Sight:
    """Return how much of a matter the roles see: of a free group's row, or of an incident with its groups' rows."""
    if not is_for_leader(rows, incident) or roles & READS:
        return Sight.FULL
    return Sight.NAMED if roles & KNOWS else Sight.NONE


def may_read(roles: Roles, post: Post) -> bool:
    """Whether the roles read the post by itself: public, or they work what the unit received."""
    return post.visibility is Visibility.PUBLIC or bool(roles & WORKS)


def named_only(row: GroupRow) -> GroupRow:
    """Return the row without what leads to a word of it: no post, no business line, no place."""
    return replace(row, lead="", latest_addressed=None, line=None, place=None)


def rows_of(posts: PostStore, unit: str, incident: Incident) -> Sequence[GroupRow]:
    """Return the rows of the incident's groups (as one), the group that it began with first."""
    views = [view for group in incident.groups if (view := posts.group(unit, group))]
    return sorted((view.row for view in views), key=lambda row: (row.id != incident.group, -row.posts))


def may_see_group(posts: PostStore, state: UnitState, group: str, roles: Roles) -> Sight:
    """Return how much the roles see of a group: of an owned one as much as of its incident."""
    incident = state.incident_of(group)
    if incident is not None:
        return may_see(roles, rows_of(posts, state.unit, incident), incident)
    view = posts.group(state.unit, group)
    return may_see(roles, () if view is None else (view.row,))


def readable(posts: PostStore, state: UnitState, found: Iterable[Post], roles: Roles) -> Sequence[Post]:
    """Return those of the found posts whose words the roles may read; the others are left out."""
    sights: dict[str, Sight] = {}

    def is_shown(post: Post) -> bool:
        if not may_read(roles, post):
            return False
        groups = {mention.group for mention in posts.mentions_of(state.unit, post.id) if mention.group}
        for group in groups - sights.keys():
            sights[group] = may_see_group(posts, state, group, roles)
        return all(sights[group] is Sight.FULL for group in groups)

    return [post for post in found if is_shown(post)]
