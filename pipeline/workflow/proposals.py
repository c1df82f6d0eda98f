"""Merges of two opened incidents that the machine proposes, and that nobody has answered (MECHANICS §5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.domain.group_merge import MergeProposal
from pipeline.domain.moves import is_legal
from pipeline.domain.unit_state import UnitState


@dataclass(frozen=True, slots=True)
class Proposed:
    """Two incidents, merges followed, that the machine holds to be one matter, and the newest evidence of it."""

    one: str
    other: str
    why: MergeProposal


def open_proposals(state: UnitState, made: Iterable[MergeProposal]) -> Sequence[Proposed]:
    """
    Return what stands of the proposals that were made, one per pair of incidents, the newest evidence first.

    Both groups are owned by two incidents that may be merged now, and no person has said that these are two matters:
    what he declined, took back or split off is never proposed again, whatever evidence comes later.
    """
    found: dict[frozenset[str], Proposed] = {}
    for why in sorted(made, key=lambda each: each.order, reverse=True):
        one, other = state.incident_of(why.one), state.incident_of(why.other)
        if one is None or other is None or one.id == other.id or state.are_apart(one.id, other.id):
            continue
        if is_legal("merge", one.state) and is_legal("merge", other.state):
            found.setdefault(frozenset((one.id, other.id)), Proposed(one.id, other.id, why))
    return list(found.values())
