"""Lines of lists as the API shows them: of the queue, of incidents, of groups."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.group import GroupRow
from pipeline.domain.next_due import NextDue
from pipeline.domain.people import GroupMark
from pipeline.domain.row import iso_of
from pipeline.ports import GroupView
from pipeline.workflow.queue import QueueRow

from .count import Count, Coverage
from .post import HeadlineShown, headline_shown, moment


@dataclass(frozen=True, slots=True)
class DueShown:
    """
    When somebody owes something, and what: a kind of clock, "answer", "assignment", "on_hold" or "snoozed".

    `subject` is the message or the office; `warn_at` when somebody is reminded of it.
    """

    at: str
    what: str
    subject: str
    warn_at: str | None


@dataclass(frozen=True, slots=True)
class RowShown:
    """
    One line: an incident, or (with `state` null) a free group that may become the incident `incident`.

    `posters` is how many different people wrote at least; `due` null with a state means that it has ended.
    """

    key: str
    unit: str
    group: str
    incident: str
    state: str | None
    level: int | None
    reason: str
    headline: HeadlineShown
    line: str | None
    place: str | None
    posts: int
    posters: int
    reposts: int
    revision: int | None
    owner: str | None
    due: DueShown | None
    opened_at: str | None
    last_at: str | None


@dataclass(frozen=True, slots=True)
class QueueShown:
    """A page of the queue; `pushes` and `overdue` count all of the unit. `cursor` null: nothing follows."""

    rows: Sequence[RowShown]
    cursor: str | None
    pushes: Count
    overdue: Count
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class RowsShown:
    """A page of lines; `cursor` null: nothing follows. A page may be short while others follow."""

    rows: Sequence[RowShown]
    cursor: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class MarkShown:
    """What people or rules decided about a group last; `owner` is the incident that owns it now."""

    state: str
    owner: str | None
    how: str
    at: str


@dataclass(frozen=True, slots=True)
class GroupShown:
    """What the machine holds to be one matter, with what people decided about it. A to-do asks for a person."""

    id: str
    unit: str
    incident: str
    is_todo: bool
    reason: str
    line: str | None
    place: str | None
    about: bool | None
    is_grave: bool
    is_addressed: bool
    posts: int
    reposts: int
    posters: int
    sources: int
    needs: int
    first_at: str
    last_at: str
    linked: str | None
    mark: MarkShown | None


def due_shown(due: NextDue | None) -> DueShown | None:
    """Return the next due time."""
    return None if due is None else DueShown(iso_of(due.at), due.what, due.subject, moment(due.warn_at))


def row_shown(row: QueueRow) -> RowShown:
    """Return one line, as it was read for the reader's roles."""
    lead: GroupRow | None = row.rows[0] if row.rows else None
    return RowShown(
        key=row.key,
        unit=row.unit,
        group=row.group,
        incident=row.incident,
        state=None if row.state is None else row.state.value,
        level=None if row.level is None else int(row.level),
        reason=row.reason,
        headline=headline_shown(row.headline),
        line=lead.line if lead else None,
        place=lead.place if lead else None,
        posts=row.posts,
        posters=row.posters,
        reposts=row.reposts,
        revision=row.revision,
        owner=row.owner,
        due=due_shown(row.due),
        opened_at=moment(row.opened_at),
        last_at=moment(row.last_at or None),
    )


def group_shown(view: GroupView) -> GroupShown:
    """Return a group."""
    row = view.row
    return GroupShown(
        id=row.id,
        unit=row.unit,
        incident=row.incident,
        is_todo=view.is_todo,
        reason=row.todo.value if row.todo else "",
        line=row.line,
        place=row.place,
        about=row.about,
        is_grave=row.grave,
        is_addressed=row.addressed,
        posts=row.posts,
        reposts=row.reposts,
        posters=row.posters,
        sources=row.sources,
        needs=row.needs,
        first_at=iso_of(row.first_at),
        last_at=iso_of(row.last_at),
        linked=row.linked,
        mark=_mark_shown(view.mark),
    )


def _mark_shown(mark: GroupMark | None) -> MarkShown | None:
    return None if mark is None else MarkShown(str(mark.state), mark.owner, mark.how, iso_of(mark.at))
