"""
The queue of one unit: what somebody must look at now. Pushes first, then to-dos (DESIGN §2, three tiers).

A push is an open incident that nobody has acknowledged; what is owned is work, sorted by what is due next. A to-do is a
free group that asks for a person. Only reads; nothing here decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import BadInput
from pipeline.domain.group import GroupRow
from pipeline.domain.incident import Incident, State
from pipeline.domain.level import Level
from pipeline.domain.next_due import NextDue, next_due
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState
from pipeline.ports import PostStore

from .headline import KEPT, Headline, headline
from .visibility import NOBODY, Roles, Sight, may_see, named_only, rows_of

TODOS_FROM = "todo:"
"""How a cursor begins that stands behind the pushes."""
FAR: Millis = 2**62


@dataclass(frozen=True, slots=True)
class QueueRow:
    """
    One line of the queue. `key` names it on the page: "incident:ID" or "group:ID"; `rows` are its groups, lead first.

    `level`, `revision`, `owner` and `due` are None where it is no incident. `due` None with an incident means that it
    is closed. `sight` NAMED: it complains about staff, a leader decides first, and nothing of its words is in the line.
    """

    key: str
    unit: str
    group: str
    incident: str
    state: State | None
    level: Level | None
    reason: str
    headline: Headline
    rows: Sequence[GroupRow]
    revision: int | None = None
    owner: str | None = None
    due: NextDue | None = None
    opened_at: Millis | None = None
    sight: Sight = Sight.FULL

    @property
    def posts(self) -> int:
        """How many posts the matter has, without reposts."""
        return sum(row.posts for row in self.rows)

    @property
    def posters(self) -> int:
        """How many different people at least; groups are not compared with each other."""
        return max((row.posters for row in self.rows), default=0)

    @property
    def reposts(self) -> int:
        """How many reposts came with it."""
        return sum(row.reposts for row in self.rows)

    @property
    def last_at(self) -> Millis:
        """When its newest post spoke."""
        return max((row.last_at for row in self.rows), default=self.opened_at or 0)


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queue. `pushes` and `overdue` count all of the unit; `cursor` None means that nothing follows."""

    rows: Sequence[QueueRow]
    cursor: str | None
    pushes: int
    overdue: int


@dataclass(frozen=True, slots=True)
class Queue:
    """Reads the queue of one unit as its log stands in `state`, for a reader of these roles (visibility.py)."""

    posts: PostStore
    state: UnitState
    roles: Roles = NOBODY

    def page(self, now: Millis, cursor: str | None = None, limit: int = 50) -> QueuePage:
        """
        Return pushes by level and due time, then to-dos, newest first.

        The first page holds every push, for none may wait on a later page. Raises BadInput (INP-150) for a cursor that
        is none.
        """
        waiting = [one for one in self._open() if one.state is State.DISCOVERED]
        overdue = sum(1 for one in self._open() if (due := next_due(one)) is not None and due.at < now)
        rows = [] if cursor else [self.of_incident(one) for one in sorted(waiting, key=_urgency)]
        todos, following = self._todos(cursor, limit)
        shown = [row for row in (*rows, *todos) if row.sight is not Sight.NONE]
        return QueuePage(shown, following, len(waiting), overdue)

    def work(self, owner: str | None = None) -> Sequence[QueueRow]:
        """Return the incidents that are owned (by the account, where one is given), what is due first at the top."""
        mine = [one for one in self._open() if one.owner is not None and owner in (None, one.owner)]
        rows = [self.of_incident(one) for one in sorted(mine, key=_urgency_of_work)]
        return [row for row in rows if row.sight is not Sight.NONE]

    def of_incident(self, incident: Incident) -> QueueRow:
        """Return the line of an incident, as one with what it has absorbed."""
        rows = rows_of(self.posts, self.state.unit, incident)
        sight = may_see(self.roles, rows, incident)
        return QueueRow(
            key=f"incident:{incident.id}",
            unit=self.state.unit,
            group=incident.group,
            incident=incident.id,
            state=incident.state,
            level=incident.level,
            reason=incident.reason,
            headline=self._headline(sight, rows[0].lead if rows else None),
            rows=rows if sight is Sight.FULL else [named_only(row) for row in rows],
            revision=incident.revision,
            owner=incident.owner,
            due=next_due(incident),
            opened_at=incident.times.opened_at,
            sight=sight,
        )

    def of_group(self, row: GroupRow) -> QueueRow:
        """Return the line of a free group."""
        sight = may_see(self.roles, [row])
        return QueueRow(
            key=f"group:{row.id}",
            unit=row.unit,
            group=row.id,
            incident=row.incident,
            state=None,
            level=None,
            reason=row.todo.value if row.todo else "",
            headline=self._headline(sight, row.lead),
            rows=[row if sight is Sight.FULL else named_only(row)],
            sight=sight,
        )

    def _headline(self, sight: Sight, post: str | None) -> Headline:
        return headline(self.posts, post, self.roles) if sight is Sight.FULL else KEPT

    def _open(self) -> Sequence[Incident]:
        return [self.state.as_one(one.id) for one in self.state.incidents.values() if one.is_open]

    def _todos(self, cursor: str | None, limit: int) -> tuple[Sequence[QueueRow], str | None]:
        if cursor is not None and not cursor.startswith(TODOS_FROM):
            raise BadInput(f"cursor {cursor!r} is none of this list; leave it out to begin anew", code="INP-150")
        inner = cursor.removeprefix(TODOS_FROM) if cursor else None
        page = self.posts.groups(self.state.unit, todo_only=True, cursor=inner, limit=limit)
        following = None if page.cursor is None else f"{TODOS_FROM}{page.cursor}"
        return [self.of_group(view.row) for view in page.rows], following


def _urgency(incident: Incident) -> tuple[int, Millis, str]:
    due = next_due(incident)
    return (incident.level, due.at if due else FAR, incident.id)


def _urgency_of_work(incident: Incident) -> tuple[Millis, int, str]:
    due = next_due(incident)
    return (due.at if due else FAR, incident.level, incident.id)
