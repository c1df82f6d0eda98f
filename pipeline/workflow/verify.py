"""
Verification: the chain of each log recomputed from its bytes, and every projection compared with a fresh fold.

What is derived must equal what deriving it anew gives, byte for byte; what differs is named, and nothing is changed.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from pipeline.domain.errors import MalformedEvent
from pipeline.domain.event import GENESIS, Batch, decode, encode
from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import UNCOUNTED, counted_of
from pipeline.domain.member import members_of, row_of
from pipeline.domain.unit_state import UnitState, empty, evolve_batch
from pipeline.ports import IncidentLog, PostStore

from .group_pages import every_group

EVERY = 1 << 40
LOOKS = 5
"""So often a unit that is written all the while is looked at."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What was looked at, and every problem that was found."""

    batches: int
    groups: int
    incidents: int
    heads: Mapping[str, str]
    problems: tuple[str, ...]


def verify(log: IncidentLog, posts: PostStore, units: Iterable[str]) -> Verification:
    """Return what verification found in the logs and projections of the units."""
    problems: list[str] = []
    heads: dict[str, str] = {}
    batches = groups = incidents = 0
    for unit in units:
        state, heads[unit] = _verified_state(log, unit, problems)
        batches += state.seq
        incidents += len(state.incidents)
        problems += _incident_problems(log, state)
        rows = fresh_rows(posts, unit)
        groups += len(rows)
        problems += _group_problems(posts, unit, rows)
    return Verification(batches, groups, incidents, heads, tuple(problems))


def verify_decisions(log: IncidentLog, units: Iterable[str]) -> Verification:
    """Return what verification found in the logs and the incidents alone: where posts and groups are not at hand."""
    problems: list[str] = []
    heads: dict[str, str] = {}
    batches = incidents = 0
    for unit in units:
        state, heads[unit] = _verified_state(log, unit, problems)
        batches += state.seq
        incidents += len(state.incidents)
        problems += _incident_problems(log, state)
    return Verification(batches, 0, incidents, heads, tuple(problems))


def verify_at_moments(
    look: Callable[[], AbstractContextManager[tuple[IncidentLog, PostStore]]], units: Iterable[str]
) -> Verification:
    """
    As `verify`, each unit as it stands at one moment, whatever is written meanwhile.

    `look` gives log and posts of one moment; log and projections read at two would differ by what came in between.
    """
    each = []
    for unit in units:
        with look() as (log, posts):
            each.append(verify(log, posts, [unit]))
    return _together(each)


def verify_as_written(log: IncidentLog, posts: PostStore, units: Iterable[str]) -> Verification:
    """
    As `verify`, over stores that cannot be read at one moment: of a unit in which something was written meanwhile a
    problem counts only where it is found again, and again, until nothing was.
    """

    def settled(unit: str) -> Verification:
        for _ in range(LOOKS):
            before = log.head(unit), posts.newest_change(unit)
            found = verify(log, posts, [unit])
            if not found.problems or before == (log.head(unit), posts.newest_change(unit)):
                break
        return found

    return _together([settled(unit) for unit in units])


def _together(each: Sequence[Verification]) -> Verification:
    return Verification(
        batches=sum(one.batches for one in each),
        groups=sum(one.groups for one in each),
        incidents=sum(one.incidents for one in each),
        heads={unit: head for one in each for unit, head in one.heads.items()},
        problems=tuple(problem for one in each for problem in one.problems),
    )


def fresh_rows(posts: PostStore, unit: str) -> Mapping[str, GroupRow]:
    """Return the unit's group rows as its stored mentions give them."""
    merges = posts.merges(unit)
    members, counted = members_of(posts.mentions(unit, 0), merges), counted_of(merges)
    return {
        group: row_of(unit, group, of_group.values(), counted.get(group, UNCOUNTED))
        for group, of_group in members.items()
    }


def _verified_state(log: IncidentLog, unit: str, problems: list[str]) -> tuple[UnitState, str]:
    state, previous = empty(unit), GENESIS
    for seq, data in log.raw(unit):
        batch = _batch(unit, seq, data, problems)
        if batch is None:
            return state, previous
        if (batch.unit, batch.seq) != (unit, state.seq + 1) or seq != batch.seq:
            problems.append(f"{unit}: batch {seq} stands where {state.seq + 1} should [LOG-301]")
            return state, previous
        if batch.previous != previous:
            problems.append(f"{unit}: batch {seq} does not follow the one before: the chain is broken [LOG-302]")
        state = evolve_batch(state, batch)
        previous = hashlib.sha256(data).hexdigest()
    return state, previous


def _batch(unit: str, seq: int, data: bytes, problems: list[str]) -> Batch | None:
    try:
        batch = decode(data)
    except MalformedEvent as cause:
        problems.append(f"{unit}: batch {seq} cannot be read: {cause} [LOG-303]")
        return None
    if encode(batch) != data:
        problems.append(f"{unit}: the bytes of batch {seq} are not canonical [LOG-304]")
    return batch


def _incident_problems(log: IncidentLog, state: UnitState) -> Iterator[str]:
    for incident in state.incidents.values():
        if log.incident(state.unit, incident.id) != incident:
            yield f"{state.unit}: the projection of incident {incident.id} is not what its log says [PRJ-101]"
    for shown in log.incidents(state.unit, open_only=False, limit=EVERY):
        if shown.id not in state.incidents:
            yield f"{state.unit}: incident {shown.id} is shown, and no batch of the log opened it [PRJ-102]"


def _group_problems(posts: PostStore, unit: str, rows: Mapping[str, GroupRow]) -> Iterator[str]:
    stored = {view.row.id: view.row for view in every_group(posts, unit)}
    for group, row in rows.items():
        if group not in stored:
            yield f"{unit}: group {group} has mentions and no row [PRJ-201]"
        elif stored[group] != row:
            yield f"{unit}: the row of group {group} is not what its mentions say [PRJ-202]"
    for group in stored.keys() - rows.keys():
        yield f"{unit}: group {group} has a row and no mentions [PRJ-203]"
