"""
Pleas for help 求助线索: a queue of their own, whatever they are about, and never told as a risk (MECHANICS §5).

Contact details are read at the source and never stored; the list says where the original is and when somebody must
have tried to reach the person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.clock import ClockKind
from pipeline.domain.facts import Due
from pipeline.domain.level import LOWEST
from pipeline.domain.people import Need
from pipeline.domain.post import Millis, Post
from pipeline.domain.unit_state import UnitState
from pipeline.ports import PostStore

from .visibility import NOBODY, Roles, readable

LOOKED_AT = 1_000
"""So many pleas, the newest, are looked at; an older one without an outcome is far beyond its clock."""


@dataclass(frozen=True, slots=True)
class NeedRow:
    """One plea: the masked post, the place to the township, what people did, and when the first contact is due."""

    post: Post
    place: str | None
    line: str | None
    group: str | None
    said_at: Millis
    found_at: Millis
    done: Need
    contact_due_at: Millis | None

    @property
    def is_open(self) -> bool:
        """Whether nobody has said what became of it."""
        return not self.done.outcome

    def is_late(self, now: Millis) -> bool:
        """Whether nobody was in touch by the time that the unit's clock gives."""
        due = self.contact_due_at
        return self.is_open and self.done.contacted_at is None and due is not None and due < now


def need_list(
    posts: PostStore, state: UnitState, due: Due, *, roles: Roles = NOBODY, with_ended: bool = False
) -> Sequence[NeedRow]:
    """
    Return the unit's pleas: nobody contacted first, what is due first at the top; `with_ended` adds the others.

    Those that the roles may not read are left out (visibility.py).
    """
    newest = {mention.post: (mention, post) for mention, post in reversed(posts.needs(state.unit, LOOKED_AT))}
    rows = [
        NeedRow(
            post=post,
            place=mention.place,
            line=mention.service_line,
            group=mention.group,
            said_at=mention.occurred_at,
            found_at=mention.collected_at,
            done=state.needs.get(post.id, Need(post.id)),
            contact_due_at=_contact_due(due, mention.collected_at, post, mention.service_line),
        )
        for mention, post in newest.values()
    ]
    wanted = [row for row in rows if row.is_open or with_ended]
    read = {post.id for post in readable(posts, state, (row.post for row in wanted), roles)}
    shown = [row for row in wanted if row.post.id in read]
    return sorted(shown, key=lambda row: (not row.is_open, row.done.contacted_at is not None, row.found_at))


def _contact_due(due: Due, found_at: Millis, post: Post, line: str | None) -> Millis | None:
    deadline = due(ClockKind.CONTACT.value, found_at, LOWEST, post.origin, line)
    return None if deadline is None else deadline.at
