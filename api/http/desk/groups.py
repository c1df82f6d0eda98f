"""The groups that an incident owns, with what may be taken out of each; and the call for the next people."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from api.http.draft import Draft
from api.http.form import FormView, Option
from pipeline.domain.group import GroupRow
from pipeline.domain.next_due import next_due
from pipeline.domain.order_form import FieldKind
from pipeline.workflow.dossier import Dossier

from .board import Asked
from .lists import headline_said


@dataclass(frozen=True, slots=True)
class GroupPart:
    """A group of the incident: what it says, how many posts, and the forms that take it or some of it out."""

    headline: str
    posts: int
    forms: Sequence[FormView]


def groups_view(asked: Asked, whole: Dossier) -> Sequence[GroupPart]:
    """Return the groups, the one that the incident began with first; that one stays."""
    return [_part(asked, whole, row) for row in whole.line.rows]


def escalation(asked: Asked) -> Sequence[FormView]:
    """Return the button by which a person brings what is due next to the next people, one step beyond those told."""
    due = next_due(asked.incident)
    if due is None or due.what in ("on_hold", "snoozed"):
        return []
    told = [
        step
        for kind, subject, at, step in asked.incident.rung
        if (kind, subject, at) == (due.what, due.subject, due.at)
    ]
    given = {"kind": due.what, "due_at": str(due.at), "step": str(max(told, default=0) + 1)}
    return asked.form("escalate", **given, **({"subject": due.subject} if due.subject else {}))


def _part(asked: Asked, whole: Dossier, row: GroupRow) -> GroupPart:
    reader = asked.reader
    posts = [
        Option(seen.stored.post.id, " ".join((seen.stored.post.title or seen.stored.post.text).split())[:40])
        for seen in whole.posts
        if seen.group == row.id and not seen.stored.erased
    ]
    own = reader.state.incidents[asked.incident.id]
    chosen = replace(asked.forms, lists={**asked.forms.lists, FieldKind.POST: posts})
    forms = []
    if len(posts) > 1 and "group_split" in asked.may:
        forms.append(chosen.form("group_split", {"group": row.id}, draft=_draft(asked, row.id)))
    if row.id in own.groups and row.id != own.group and "group_restored" in asked.may:
        forms.append(chosen.form("group_restored", {"group": row.id}))
    return GroupPart(headline_said(reader, reader.queue.of_group(row)), row.posts, forms)


def _draft(asked: Asked, group: str) -> Draft | None:
    draft = asked.draft
    return draft if draft is not None and draft.command == "group_split" and draft.value("group") == group else None
