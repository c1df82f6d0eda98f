"""
The worker's commit: several documents in this order, each part idempotent by its key, the position last (MECHANICS §3).

What decides whether the worker is stale is read first, then the partition is claimed, so nothing is stored of a step
that is known to be stale. Whatever another worker changes from then on is noticed where it is written: mentions are
created, group rows replaced as they were read before the claim, and the position moves only for who holds it. A commit
that was cut anywhere is completed by the next worker, who reads the same records again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from pipeline.crash_point import crash_point
from pipeline.domain.errors import StaleWorker
from pipeline.domain.group import GroupRow
from pipeline.domain.mention import Mention
from pipeline.ports import Work

from .arrivals import Arriving, reached_by, store_arrivals
from .batches import Batches
from .client import Doc, Elastic
from .erasure import erased_among
from .group_document import INDEX as GROUPS
from .group_document import GroupKey, GroupWriter, Kept, Step, group_doc_id
from .mention_writer import MentionWriter
from .merge_writer import MergeWriter
from .merges import UNITS, voids_id
from .positions import Positions
from .sequence import Sequences
from .shelf import Shelf


@dataclass(frozen=True, slots=True)
class Committing:
    """What a commit writes with; `loaded` says which void merges of a unit its memory knows (see `merges.voids`)."""

    elastic: Elastic
    shelf: Shelf
    batches: Batches
    sequences: Sequences
    positions: Positions
    loaded: Mapping[str, int]


def write_work(using: Committing, work: Work) -> int:
    """The work is stored, the position last; returns how many mentions were new. Raises StaleWorker."""
    erased = erased_among(using.elastic, {*(post.id for post in work.posts), *(m.post for m in work.mentions)})
    decided = [mention for mention in work.mentions if mention.post not in erased]
    mentions = MentionWriter(using.elastic, work, decided)
    merges = MergeWriter(using.elastic, using.batches, work.found)
    groups = _group_steps(work)
    group_ids = {(GROUPS, group_doc_id(key)): key for key in groups}
    units = _units(work)
    docs = using.elastic.mget(
        [*mentions.wanted, *merges.wanted(decided), *group_ids, *((UNITS, voids_id(unit)) for unit in units)]
    )
    merges.refuse_stale(docs, mentions.new(docs))
    _refuse_voided(docs, units, using.loaded)
    claim = partial(using.positions.claim, work.position)
    claim()
    crash_point("store.commit.claimed")
    store_arrivals(using.shelf, _arriving(work, erased, decided))
    crash_point("store.commit.posts_stored")
    new = mentions.write(docs)
    crash_point("store.commit.mentions_stored")
    merges.write(docs)
    crash_point("store.commit.merges_made")
    seen = {key: docs[place] for place, key in group_ids.items() if place in docs}
    GroupWriter(using.elastic, using.sequences, seen=seen, check=claim).write(groups)
    crash_point("store.commit.before_position")
    using.positions.move(work.position)
    return new


def _arriving(work: Work, erased: frozenset[str], decided: Iterable[Mention]) -> Arriving:
    posts = [post for post in work.posts if post.id not in erased]
    offset = 0 if work.position is None else work.position.offset
    return Arriving(posts, reached_by(decided), work.reach, work.gone, offset)


def _group_steps(work: Work) -> dict[GroupKey, Step]:
    """Return what becomes of each group: what was absorbed is listed no more, the others have their row."""
    steps: dict[GroupKey, Step] = {merge.key: Kept.unlisted for merge in work.found.merges}
    steps.update({(row.unit, row.id): partial(_with_row, row) for row in work.groups})
    return steps


def _with_row(row: GroupRow, kept: Kept) -> Kept:
    return kept.with_row(row)


def _units(work: Work) -> list[str]:
    units = {mention.unit for mention in work.mentions} | {row.unit for row in work.groups}
    return sorted(units | {merge.unit for merge in work.found.merges})


def _refuse_voided(docs: Mapping[tuple[str, str], Doc], units: Iterable[str], loaded: Mapping[str, int]) -> None:
    """Raise StaleWorker where a merge that the worker's memory holds was voided since it was loaded."""
    for unit in units:
        doc = docs.get((UNITS, voids_id(unit)))
        if doc is not None and doc.source["voids"] > loaded.get(unit, doc.source["voids"]):
            raise StaleWorker(f"people decided about a group of {unit} that was merged meanwhile; load the unit again")
