"""
Retention: indices of posts over age are deleted, after what must be kept was moved (MECHANICS §7).

A part that goes takes no writes any more, so nothing slips in between its count and its end. A drop that was cut in the
middle goes on with the next one, which finds the part closed: each step can be done again.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import TypeAlias

from pipeline.domain.group_merge import survivors
from pipeline.domain.part import KEPT, is_month, span_of
from pipeline.domain.post import Millis

from .client import Change, Doc, Elastic
from .daily import buckets, roll_up
from .erasure import IN_ANY_ORDER, forget_opinions, mentions_of_posts
from .group_document import GroupKey, GroupWriter, Kept
from .mention_document import MENTIONS
from .merges import merges_of
from .sequence import Sequences
from .shelf import Lying, Shelf
from .wire import Json

Keep: TypeAlias = tuple[frozenset[GroupKey], frozenset[str]]
"""What outlives its part: the posts of (unit, group) pairs, and single posts."""

_SLICE = 250


@dataclass(frozen=True, slots=True)
class Ages:
    """Until when a part must have ended to go: weeks by the first, months by the second."""

    weeks: Millis
    months: Millis


class Retention:
    """What ends parts of one installation."""

    def __init__(self, elastic: Elastic, shelf: Shelf, sequences: Sequences) -> None:
        self._elastic = elastic
        self._shelf = shelf
        self._groups = GroupWriter(elastic, sequences)

    def drop_parts(self, ages: Ages, keep: Keep) -> int:
        """
        Parts that ended before their time are gone, but not what is to be kept; returns how many posts went.

        What is kept moves to a part that is never dropped. Roll-ups and heads outlive the posts: ids never change.
        """
        self._shelf.finish_moves()
        doomed = [index for index in self._elastic.parts("posts") if self._is_over_age(index, ages)]
        if not doomed:
            return 0
        kept = self._kept_posts(keep)
        return sum(self._drop(index, kept) for index in doomed)

    def _is_over_age(self, index: str, ages: Ages) -> bool:
        part = index.removeprefix("posts-")
        if part == KEPT:
            return False
        ends_at = span_of(part)[1]
        return ends_at <= (ages.months if is_month(part) else ages.weeks)

    def _drop(self, index: str, kept: frozenset[str]) -> int:
        elastic = self._elastic
        self._open(index)
        self._move_kept(index, kept)
        elastic.wire.ask("PUT", [elastic.name(index), "_block", "write"])
        elastic.refresh(index)
        if any(True for _ in self._of_index(index, kept)):  # came back between the move and the block: next time
            self._open(index)
            return 0
        roll_up(elastic, index)
        self._forget_mentions(index)
        posts = elastic.search(index, {"size": 0, "track_total_hits": True})["hits"]["total"]["value"]
        elastic.drop(index)
        return int(posts)

    def _open(self, index: str) -> None:
        elastic = self._elastic
        elastic.wire.ask("PUT", [elastic.name(index), "_settings"], {"index": {"blocks.write": None}})

    def _kept_posts(self, keep: Keep) -> frozenset[str]:
        groups, posts = keep
        self._elastic.fresh(MENTIONS)
        kept = set(posts)
        merged = _Merged(self._elastic)
        for unit, ends in _by_unit(groups).items():
            parts = sorted(merged.parts(unit, ends))
            for start in range(0, len(parts), _SLICE):
                query = {"bool": {"filter": [_of_groups(unit, parts[start : start + _SLICE])]}}
                docs = self._elastic.scan(MENTIONS, query, IN_ANY_ORDER)
                kept.update(str(doc.source["post"]) for doc in docs)
        return frozenset(kept)

    def _of_index(self, index: str, ids: frozenset[str]) -> Iterator[Sequence[str]]:
        """Yield those of the posts that lie in the index, some at a time."""
        wanted = sorted(ids)
        for start in range(0, len(wanted), _SLICE):
            query = {"ids": {"values": wanted[start : start + _SLICE]}}
            body = {"size": _SLICE, "query": query, "_source": False, "track_total_hits": False}
            if found := [doc.id for doc in self._elastic.found(index, body)]:
                yield found

    def _move_kept(self, index: str, kept: frozenset[str]) -> None:
        self._elastic.refresh(index)
        for ids in self._of_index(index, kept):
            self._shelf.change(dict.fromkeys(ids, _kept))

    def _forget_mentions(self, index: str) -> None:
        """No mention of the part's posts is left, no opinion on their texts, and no row of a group without any."""
        merged = _Merged(self._elastic)
        docs = self._elastic.scan(index, {"exists": {"field": "units"}}, IN_ANY_ORDER, ids_only=True)
        while some := [doc.id for doc in islice(docs, _SLICE)]:
            mentions = mentions_of_posts(self._elastic, some)
            self._unlist_without(mentions, merged)
            forget_opinions(self._elastic, {str(doc.source["version"]) for doc in mentions})
            self._elastic.bulk([Change("delete", MENTIONS, doc.id) for doc in mentions])

    def _unlist_without(self, mentions: Sequence[Doc], merged: "_Merged") -> None:
        """Groups that hold no mention but these are listed no more."""
        touched = _by_unit((doc.source["unit"], doc.source["group"]) for doc in mentions if "group" in doc.source)
        ends = {unit: {merged.now(unit, group) for group in groups} for unit, groups in touched.items()}
        parts = [_of_groups(unit, sorted(merged.parts(unit, of_unit))) for unit, of_unit in ends.items()]
        gone = sorted({str(doc.source["post"]) for doc in mentions})
        query = {"bool": {"filter": [{"bool": {"should": parts}}], "must_not": [{"terms": {"post": gone}}]}}
        living = {
            (str(key["unit"]), merged.now(str(key["unit"]), str(key["group"])))
            for key, _ in (buckets(self._elastic, MENTIONS, query, ["unit", "group"]) if parts else ())
        }
        empty = {(unit, group) for unit, groups in ends.items() for group in groups} - living
        self._groups.write(dict.fromkeys(sorted(empty), Kept.unlisted))


class _Merged:
    """Which groups are one by now, each unit's merges read once."""

    def __init__(self, elastic: Elastic) -> None:
        self._elastic = elastic
        self._into: dict[str, Mapping[str, str]] = {}

    def now(self, unit: str, group: str) -> str:
        """Return the group that this one is part of."""
        return self._of(unit).get(group, group)

    def parts(self, unit: str, groups: Collection[str]) -> set[str]:
        """Return the groups and all that they have absorbed."""
        return {*groups, *(part for part, end in self._of(unit).items() if end in groups)}

    def _of(self, unit: str) -> Mapping[str, str]:
        if unit not in self._into:
            self._into[unit] = survivors(merges_of(self._elastic, unit))
        return self._into[unit]


def _kept(lying: Lying | None) -> Lying | None:
    return None if lying is None else replace(lying, part=KEPT)


def _of_groups(unit: str, groups: Sequence[str]) -> Json:
    return {"bool": {"filter": [{"term": {"unit": unit}}, {"terms": {"group": groups}}]}}


def _by_unit(keys: Iterable[GroupKey]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for unit, group in keys:
        groups.setdefault(unit, set()).add(group)
    return groups
