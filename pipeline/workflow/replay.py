"""
Replay: every projection made anew from the log and the stored mentions. Nothing is sent again (MECHANICS §1).

Sends are facts and no projection: the dispatcher makes them of the log, which a replay only reads.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.domain.incident import Incident
from pipeline.ports import GroupView, IncidentLog, PostStore

from .group_pages import every_group
from .verify import EVERY, fresh_rows


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What was rebuilt, and how much of it was not as it should be; 0 changed means that everything was right."""

    groups: int
    changed_groups: int
    incidents: int
    changed_incidents: int

    @property
    def changed(self) -> int:
        """How many rows changed."""
        return self.changed_groups + self.changed_incidents


def rebuild(log: IncidentLog, posts: PostStore, unit: str) -> Rebuilt:
    """
    The unit's incidents, marks and group rows are what its log and mentions say; returns what that changed.

    The caller holds the `work` lease: a worker that wrote rows meanwhile would have them written over.
    """
    groups, incidents = _groups(posts, unit), _incidents(log, unit)
    log.reproject(unit)
    posts.rebuild_groups(unit, list(fresh_rows(posts, unit).values()))
    groups_now, incidents_now = _groups(posts, unit), _incidents(log, unit)
    return Rebuilt(
        groups=len(groups_now),
        changed_groups=_differing(groups, groups_now),
        incidents=len(incidents_now),
        changed_incidents=_differing(incidents, incidents_now),
    )


def _groups(posts: PostStore, unit: str) -> Mapping[str, GroupView]:
    return {view.row.id: view for view in every_group(posts, unit)}


def _incidents(log: IncidentLog, unit: str) -> Mapping[str, Incident]:
    return {incident.id: incident for incident in log.incidents(unit, open_only=False, limit=EVERY)}


def _differing(before: Mapping[str, object], after: Mapping[str, object]) -> int:
    ids: Iterable[str] = {*before, *after}
    return sum(before.get(one) != after.get(one) for one in ids)
