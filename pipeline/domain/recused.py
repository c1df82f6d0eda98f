"""
Recusal 回避: what complains about staff conduct is the leader's, until he lets the desk have it (DESIGN §1.8).

A notice of such a matter keeps whom it would have reached behind "policy:conduct:", so that the record says who was
left out, and why.
"""

from collections.abc import Iterable

from .group import GroupRow
from .incident import Assignment, Incident

DECIDES: frozenset[str] = frozenset({"leader", "reviewer"})
"""Roles that see and work a complaint about staff before the leader has decided. Only a leader decides."""

_KEPT = "policy:conduct:"
_POLICY = "policy:"


def is_for_leader(rows: Iterable[GroupRow], incident: Incident | None = None) -> bool:
    """Whether a matter complains about staff conduct, and no leader has let the desk have it."""
    return not (incident is not None and incident.is_permitted_to_desk) and any(row.conduct for row in rows)


def is_closed_to(incident: Incident, office: str, task: Assignment | None, *, is_kept: bool) -> bool:
    """
    Whether a matter is not to be shown to an office, by page, mail or paper.

    The complaint is about it; or the matter is kept for the leader (`is_kept`), who neither gave it to the office
    himself nor permitted it: any office may then be the one complained about.
    """
    if office in incident.avoided:
        return True
    is_given = office in incident.permitted or (task is not None and task.by_leader)
    return is_kept and not is_given


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
