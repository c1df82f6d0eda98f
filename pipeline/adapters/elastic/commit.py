"""
The worker's commit: several documents in this order, each part idempotent by its key, the position last (MECHANICS §3).

What decides whether the worker is stale is read first, then the partition is claimed, so nothing is stored of a step
that is known to be stale. Posts come first. Then one write records what the step decided: from there on it is carried
out, by this worker or by whoever takes the partition after him, who decides nothing of it again. Whatever another
writer changes meanwhile is noticed where it is written: mentions are created, group rows replaced as they were read
before the claim, and the position moves only for who holds it.
"""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from pipeline.crash_point import crash_point
from pipeline.domain.errors import StaleWorker
from pipeline.domain.group import GroupRow
from pipeline.ports import Work

from .arrivals import Arriving, reached_by, store_arrivals
from .batches import Batches
from .client import Doc, Elastic
from .erasure import erase_late, erased_among
from .group_document import INDEX as GROUPS
from .group_document import GroupKey, GroupWriter, Kept, Step, group_doc_id
from .mention_document import MENTIONS, mention_doc_id, stored_mention
from .mention_writer import MentionWriter
from .merge_writer import MergeWriter
from .merges import UNITS, voids_id
from .positions import Positions
from .sequence import Sequences
from .shelf import Shelf
from .step_document import step_text, work_of

Docs = Mapping[tuple[str, str], Doc]


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
    ids = frozenset((*(post.id for post in work.posts), *(mention.post for mention in work.mentions)))
    work = _without(work, _erased(using, work, ids))
    decided = _Decided(using, work)
    docs = decided.read()
    decided.refuse_stale(docs)
    if (cut := using.positions.claim(work.position)) is not None:
        carry_out(using, cut)
        raise StaleWorker(
            "the step before this one was cut off in the middle; it is finished now: load its units again"
        )
    crash_point("store.commit.claimed")
    store_arrivals(using.shelf, _arriving(work))
    crash_point("store.commit.posts_stored")
    _erase_late(using, (post.id for post in work.posts))
    if decided.is_something:
        using.positions.record(work.position, step_text(work))
        crash_point("store.commit.recorded")
    new = _carried_out(decided, docs)
    _erase_late(using, (mention.post for mention in work.mentions))
    crash_point("store.commit.before_position")
    using.positions.move(work.position)
    return new


def carry_out(using: Committing, step: str) -> None:
    """A step that was recorded and cut off is finished, or given up where it turns out to be stale."""
    work = work_of(step)
    work = _without(work, _erased(using, work, {mention.post for mention in work.mentions}))
    decided = _Decided(using, work)
    docs = decided.read()
    try:
        decided.mentions.new(docs)
        _carried_out(decided, docs)
    except StaleWorker:
        return
    _erase_late(using, (mention.post for mention in work.mentions))
    using.positions.move(work.position)


class _Decided:
    """What a step decides about mentions, merges and rows, beside what is stored of them."""

    def __init__(self, using: Committing, work: Work) -> None:
        self._using = using
        self._position = work.position
        self.mentions = MentionWriter(using.elastic, work)
        self.merges = MergeWriter(using.elastic, using.batches, work.found)
        self._joined = list(work.mentions)
        self._steps = _group_steps(work)
        self._groups = {(GROUPS, group_doc_id(key)): key for key in self._steps}
        units = {mention.unit for mention in work.mentions} | {unit for unit, _ in self._steps}
        self._voids = {(UNITS, voids_id(unit)): unit for unit in sorted(units)}

    @property
    def is_something(self) -> bool:
        """Whether the step decides anything."""
        return bool(self.mentions.wanted or self.merges.is_something or self._steps)

    def read(self) -> Docs:
        """Return every document that the step has to know, as it stands now."""
        wanted = [*self.mentions.wanted, *self.merges.wanted(self._joined), *self._groups, *self._voids]
        return self._using.elastic.mget(wanted)

    def refuse_stale(self, docs: Docs) -> None:
        """Raise StaleWorker where the worker's memory does not know what others have written."""
        self.merges.refuse_stale(docs, self.mentions.new(docs))
        for place, unit in self._voids.items():
            voids = docs[place].source["voids"] if place in docs else 0
            if voids > self._using.loaded.get(unit, voids):
                raise StaleWorker(f"people decided about a merged group of {unit} meanwhile; load the unit again")

    def write_groups(self, docs: Docs) -> None:
        """Every group is as the step says."""
        seen = {key: docs[place] for place, key in self._groups.items() if place in docs}
        GroupWriter(self._using.elastic, self._using.sequences, seen=seen, check=self.check).write(self._steps)

    def check(self) -> None:
        """Raise StaleWorker where another has taken the partition; asked between a look at a document and its write."""
        self._using.positions.claim(self._position)

    def give_up(self) -> None:
        """The step is not carried out any further, by nobody."""
        if self._position is not None:
            with suppress(StaleWorker):  # then its new holder knows what to do with it
                self._using.positions.forget(self._position.stream, self._position.partition)


def _carried_out(decided: _Decided, docs: Docs) -> int:
    """Mentions, merges and rows are as the step says; returns how many mentions were new. Raises StaleWorker."""
    try:
        new = decided.mentions.write(docs, check=decided.check)
        crash_point("store.commit.mentions_stored")
        decided.merges.write(docs)
        crash_point("store.commit.merges_made")
        decided.write_groups(docs)
    except StaleWorker:
        decided.give_up()
        raise
    return new


def _without(work: Work, erased: frozenset[str]) -> Work:
    """Return the work without posts that are erased, and without mentions of them."""
    posts = [post for post in work.posts if post.id not in erased]
    return replace(work, posts=posts, mentions=[mention for mention in work.mentions if mention.post not in erased])


def _arriving(work: Work) -> Arriving:
    offset = 0 if work.position is None else work.position.offset
    return Arriving(work.posts, reached_by(work.mentions), work.reach, work.gone, offset)


def _group_steps(work: Work) -> dict[GroupKey, Step]:
    """Return what becomes of each group: what was absorbed is listed no more, the others have their row."""
    steps: dict[GroupKey, Step] = {merge.key: Kept.unlisted for merge in work.found.merges}
    steps.update({(row.unit, row.id): partial(_with_row, row) for row in work.groups})
    return steps


def _with_row(row: GroupRow, kept: Kept) -> Kept:
    return kept.with_row(row)


def _erased(using: Committing, work: Work, ids: Collection[str]) -> frozenset[str]:
    """Return which of the ids are erased; what a step that was cut had written of them, too late, is gone."""
    erased = erased_among(using.elastic, ids)
    if erased:
        keys = [mention_doc_id(mention.key) for mention in work.mentions if mention.post in erased]
        mentions = using.elastic.mget((MENTIONS, doc_id) for doc_id in keys).values()
        quoting = {mention.post for mention in map(stored_mention, (doc.source for doc in mentions)) if mention.hits}
        whole = {post for post, lying in using.shelf.find(erased).items() if not lying.stored.is_erased}
        if quoting | whole:
            erase_late(using.elastic, using.shelf, quoting | whole)
    return erased


def _erase_late(using: Committing, ids: Iterable[str]) -> None:
    """What was put on the erasure list while it was written is erased: whoever erased it may have come too early."""
    if late := erased_among(using.elastic, ids):
        erase_late(using.elastic, using.shelf, late)
