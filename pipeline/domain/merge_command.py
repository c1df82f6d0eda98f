"""Merging, unmerging and splitting incidents, as typed values: events each of them, hence reversible."""

from dataclasses import dataclass
from typing import ClassVar

from .command import IncidentCommand


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge(IncidentCommand):
    """The `others` become part of this incident; their revisions may be given as the screen showed them."""

    name: ClassVar[str] = "merge"
    others: tuple[str, ...]
    others_revisions: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmerge(IncidentCommand):
    """An incident that was merged into this one stands by itself again, as it was, with all that came through it."""

    name: ClassVar[str] = "unmerge"
    released: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclineMerge(IncidentCommand):
    """The `other` incident is another matter: the machine proposes to merge the two no more."""

    name: ClassVar[str] = "decline_merge"
    other: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split(IncidentCommand):
    """The named groups become an incident of their own; the first of them names it."""

    name: ClassVar[str] = "split"
    groups: tuple[str, ...]
