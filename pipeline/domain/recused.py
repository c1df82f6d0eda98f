"""
Recusal 回避: what complains about staff conduct is the leader's, until he lets the desk have it (DESIGN §1.8).

A notice of such a matter keeps whom it would have reached behind "policy:conduct:", so that the record says who was
left out, and why.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .errors import Refused
from .group import GroupRow
from .incident import Incident
from .merge_command import Merge

if TYPE_CHECKING:
    from .case import Case

DECIDES: frozenset[str] = frozenset({"leader", "reviewer"})
"""Roles that see and work a complaint about staff before the leader has decided. Only a leader decides."""

_KEPT = "policy:conduct:"
_POLICY = "policy:"


def is_for_leader(rows: Iterable[GroupRow], incident: Incident | None = None) -> bool:
    """Whether a matter complains about staff conduct, and no leader has let the desk have it."""
    return not (incident is not None and incident.is_permitted_to_desk) and any(row.conduct for row in rows)


def to_leader(to: str) -> str:
    """Return the addressee of a notice whose matter is kept for the leader; a person or office named stays."""
    if to.startswith(_KEPT):
        return to
    if to.startswith("role:"):
        return f"{_KEPT}alert"
    return f"{_KEPT}{to.removeprefix(_POLICY)}" if to.startswith(_POLICY) else to


def is_kept(to: str) -> bool:
    """Whether a notice was made while its matter was kept for the leader."""
    return to.startswith(_KEPT)


def usual(to: str) -> str:
    """Return whom the notice would have been for, had nobody complained about staff."""
    return f"{_POLICY}{to.removeprefix(_KEPT)}" if is_kept(to) else to


def refuse_recused(case: "Case") -> None:
    """Refuse a person who is of the office that the matter complains about: he neither works nor ends it."""
    command = case.command
    if not command.by_person or case.facts.roles & DECIDES:
        return
    named = {getattr(command, "incident", ""), *(command.others if isinstance(command, Merge) else ())}
    known = [case.state.as_one(one) for one in sorted(named) if one in case.state.incidents]
    facts = case.facts.groups.get(getattr(command, "group", ""))
    is_free = facts is not None and case.state.incident_of(facts.row.id) is None
    free = [facts.row] if facts is not None and is_free else []
    if any(map(case.is_kept_for_leader, known)) or is_for_leader(free):
        raise Refused("this matter concerns staff conduct; a leader decides first what becomes of it", code="INC-232")
