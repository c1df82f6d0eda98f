"""What a step of the worker does to groups that are one matter: merges are tried, then made; pairs are proposed."""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.crash_point import crash_point
from pipeline.domain.errors import StaleWorker
from pipeline.domain.event_data import groups_named
from pipeline.domain.group_merge import Found, GroupMerge
from pipeline.domain.mention import Mention

from .batches import Batches
from .client import Change, Doc, Elastic
from .merge_document import (
    INDEX,
    MADE,
    TRIED,
    VOID,
    merge_doc_id,
    merge_document,
    merge_of,
    proposal_change,
    with_state,
)

Docs = Mapping[tuple[str, str], Doc]


class MergeWriter:
    """The merges and proposals of one work, beside what is stored of the same groups."""

    def __init__(self, elastic: Elastic, batches: Batches, found: Found) -> None:
        self._elastic = elastic
        self._batches = batches
        self._found = found

    @property
    def is_something(self) -> bool:
        """Whether the step found any."""
        return bool(self._found.merges or self._found.proposals)

    def wanted(self, mentions: Iterable[Mention]) -> list[tuple[str, str]]:
        """Index and id of every document that `refuse_stale` has to know."""
        keys = {merge.key for merge in self._found.merges}
        keys |= {(mention.unit, mention.group) for mention in mentions if mention.group is not None}
        return [(INDEX, merge_doc_id(*key)) for key in sorted(keys)]

    def refuse_stale(self, docs: Docs, new: Iterable[Mention]) -> None:
        """Raise StaleWorker where the worker did not know of a merge, or of a decision about a group that it merges."""
        for merge in self._found.merges:
            _refuse_other_end(docs.get((INDEX, merge_doc_id(*merge.key))), merge)
        for mention in new:
            doc = docs.get((INDEX, merge_doc_id(mention.unit, mention.group or "")))
            if doc is not None and doc.source["state"] == MADE and mention.order > doc.source["order"]:
                raise _stale(doc)
        self._refuse_decided(self._untried(docs))

    def write(self, docs: Docs) -> None:
        """
        The merges are made and the proposals kept, each once. Raises StaleWorker, and then no new merge is made.

        `docs` are what stood there when it was read.
        """
        self._elastic.bulk([proposal_change(made, n) for n, made in enumerate(self._found.proposals)])
        merges = self._untried(docs)
        if not merges:
            return
        numbers = {merge.key: n for n, merge in enumerate(self._found.merges)}
        tried = self._elastic.bulk(
            [_try(merge, numbers[merge.key], docs.get((INDEX, merge_doc_id(*merge.key)))) for merge in merges]
        )
        crash_point("store.commit.merges_tried")
        now = self._elastic.mget((INDEX, merge_doc_id(*merge.key)) for merge in merges)
        ours = [doc for doc in now.values() if doc.source["state"] == TRIED and merge_of(doc.source) in merges]
        if not all(tried) or len(ours) < len(merges):
            self._take_back(ours)
            raise StaleWorker("another worker merges groups of the same unit; load it again")
        try:
            self._refuse_decided(merges)
        except StaleWorker:
            self._take_back(ours)
            raise
        if not all(self._elastic.bulk([with_state(doc, MADE) for doc in ours])):
            raise StaleWorker("people decided about a group while it was merged; load the unit again")

    def _take_back(self, tried: Sequence[Doc]) -> None:
        self._elastic.bulk([Change("delete", INDEX, doc.id, seen=doc) for doc in tried])

    def _untried(self, docs: Docs) -> Sequence[GroupMerge]:
        """Return the merges that are not made yet."""
        merges = {merge.key: merge for merge in self._found.merges}
        known = {key: docs.get((INDEX, merge_doc_id(*key))) for key in merges}
        return [merge for key, merge in merges.items() if not _is_made(known[key])]

    def _refuse_decided(self, merges: Sequence[GroupMerge]) -> None:
        """Raise StaleWorker where a batch that the worker had not seen names a group that it merges."""
        seen: dict[str, int] = {}
        for merge in merges:
            seen[merge.unit] = min(merge.seen_seq, seen.get(merge.unit, merge.seen_seq))
        for unit, seq in seen.items():
            for recorded in self._batches.all_after(unit, seq):
                named = {group for event in recorded.batch.events for group in groups_named(event.data)}
                for merge in merges:
                    if merge.unit == unit and recorded.seq > merge.seen_seq and named & {merge.absorbed, merge.into}:
                        raise StaleWorker(
                            f"people decided about group {merge.absorbed} or {merge.into} in batch {recorded.seq}; "
                            "load the unit again"
                        )


def _try(merge: GroupMerge, number: int, seen: Doc | None) -> Change:
    source = merge_document(merge, number, TRIED)
    return Change("create" if seen is None else "index", INDEX, merge_doc_id(*merge.key), source, seen)


def _is_made(doc: Doc | None) -> bool:
    return doc is not None and doc.source["state"] == MADE


def _refuse_other_end(doc: Doc | None, merge: GroupMerge) -> None:
    if doc is None:
        return
    if doc.source["state"] == MADE and doc.source["into"] != merge.into:
        raise _stale(doc)
    if doc.source["state"] == VOID and doc.source["voided_by"] > merge.seen_seq:
        raise StaleWorker(f"people decided about group {merge.absorbed}, so it was not merged; load the unit again")


def _stale(doc: Doc) -> StaleWorker:
    return StaleWorker(
        f"group {doc.source['absorbed']} was absorbed by {doc.source['into']}: another worker holds this unit; "
        "load it again"
    )
