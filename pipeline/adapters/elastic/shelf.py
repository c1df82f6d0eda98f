"""
Where a stored post lies, and how it changes: each in one document, in the index of its part, found by a locator.

The locator `post:ID` in `heads` names the part, and outlives the post. A post that moves is written to the new part,
then deleted from the old one, which the locator names as `left` until then; as long as a document stands there, it is
the one that counts, so whoever comes to a move that was cut carries it out first and loses no change.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from pipeline.domain.part import KEPT, is_month
from pipeline.ports import StoredPost

from .client import Change, Doc, Elastic
from .post_document import Stored, post_document, stored_post, what_is_left
from .rewrite import turns
from .wire import Json

HEADS = "heads"
ALL_PARTS = "posts-*"
_MERGED_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Lying:
    """A stored post, the part in which it lies, and the units for which it was ever found."""

    stored: Stored
    part: str
    found_for: tuple[str, ...] = ()

    @property
    def matters(self) -> bool:
        """Whether a unit needs it: then it lies in a month, or is kept."""
        return self.is_kept or is_month(self.part)

    @property
    def index(self) -> str:
        """The index of its part."""
        return index_of(self.part)

    @property
    def is_kept(self) -> bool:
        """Whether it stays whatever its age."""
        return self.part == KEPT


Step: TypeAlias = Callable[[Lying | None], Lying | None]
"""What becomes of a post, from what is stored of it; None leaves what is there."""


@dataclass(frozen=True, slots=True)
class _Found:
    """
    What stands of a post now: its locator, its document in the locator's part and in the one that it leaves.

    `others` are documents that a write ran into where the locator names none: left behind by a writer that died.
    """

    locator: Doc | None = None
    here: Doc | None = None
    leaving: Doc | None = None
    others: tuple[Doc, ...] = ()

    @property
    def counts(self) -> Doc | None:
        """The document that counts."""
        return self.leaving or self.here

    @property
    def lying(self) -> Lying | None:
        """The post as it lies, or will where its move was cut."""
        if self.locator is None or self.counts is None:
            return None
        found_for = tuple(self.locator.source.get("units", ()))
        return Lying(stored_post(self.counts.source), self.locator.source["part"], found_for)

    def is_elsewhere(self, part: str) -> bool:
        """Whether the document that counts stands in another part."""
        return self.counts is not None and self.counts.index != index_of(part)

    def standing_in(self, index: str) -> Doc | None:
        """Return what stands of the post in an index."""
        docs = (self.here, self.leaving, *self.others)
        return next((doc for doc in docs if doc is not None and doc.index == index), None)


class Shelf:
    """The stored posts of one installation."""

    def __init__(self, elastic: Elastic) -> None:
        self._elastic = elastic

    def find(self, ids: Iterable[str]) -> dict[str, Lying]:
        """Return the posts that are stored of the ids, as they stand now."""
        found = self._found(ids)
        return {post_id: lying for post_id, each in found.items() if (lying := each.lying) is not None}

    def change(self, steps: Mapping[str, Step], beside: Sequence[Change] = ()) -> None:
        """
        Each post is what its step makes of it, and lies in the part that the step names; a step may be asked again.

        Changes `beside` are written with the locators; that one of them finds something there is no error.
        """
        left, extra = list(steps), list(beside)
        met: set[tuple[str, str]] = set()
        for _ in turns(self._elastic, f"{len(steps)} posts"):
            found = self._found(left, met)
            after = {post_id: steps[post_id](found[post_id].lying) for post_id in left}
            wanted = {post_id: lying for post_id, lying in after.items() if lying is not None}
            cut = {each for each in wanted if found[each].leaving and wanted[each].part != _part(found[each])}
            now = {
                each: replace(lying, part=_part(found[each])) if each in cut else lying
                for each, lying in wanted.items()
            }
            lost = self._write(found, now, extra)
            met = {(index_of(now[post_id].part), post_id) for post_id in lost}
            left, extra = sorted({*lost, *cut}), []
            if not left:
                return

    def finish_moves(self) -> int:
        """Every post whose move was cut in the middle lies in one part; returns how many there were."""
        self._elastic.fresh(HEADS)
        cut = [
            str(doc.source["id"]) for doc in self._elastic.scan(HEADS, {"exists": {"field": "left"}}, [{"id": "asc"}])
        ]
        for start in range(0, len(cut), _MERGED_AT_ONCE):
            self.change(dict.fromkeys(cut[start : start + _MERGED_AT_ONCE], lambda lying: lying))
        return len(cut)

    def _found(self, ids: Iterable[str], met: Iterable[tuple[str, str]] = ()) -> dict[str, _Found]:
        wanted = list(dict.fromkeys(ids))
        locators = self._elastic.mget((HEADS, locator_id(post_id)) for post_id in wanted)
        by_post = {str(doc.source["id"]): doc for doc in locators.values()}
        places = [
            (index_of(part), post_id)
            for post_id, doc in by_post.items()
            for part in (doc.source.get("left"), doc.source.get("part"))
            if part is not None
        ]
        docs: dict[str, dict[str, Doc]] = {}
        for (index, post_id), doc in self._elastic.mget([*places, *met]).items():
            docs.setdefault(post_id, {})[index] = doc
        return {post_id: _stands(by_post.get(post_id), docs.get(post_id, {})) for post_id in wanted}

    def _write(self, found: Mapping[str, _Found], wanted: Mapping[str, Lying], beside: Sequence[Change]) -> list[str]:
        """The posts are stored as wanted; returns those that others have changed meanwhile."""
        located, left = self._locate(found, wanted, beside)
        changes = {
            post_id: change
            for post_id in located
            if (change := _document_change(post_id, found[post_id], wanted[post_id])) is not None
        }
        made = self._elastic.bulk(list(changes.values()))
        left += [post_id for post_id, was_made in zip(changes, made, strict=True) if not was_made]
        moving = [each for each in located if found[each].is_elsewhere(wanted[each].part) and each not in left]
        return left + self._leave(found, moving)

    def _locate(
        self, found: Mapping[str, _Found], wanted: Mapping[str, Lying], beside: Sequence[Change]
    ) -> tuple[list[str], list[str]]:
        """Return the posts whose locators say where they will lie, and those whose locators others have changed."""
        changes: dict[str, Change] = {}
        for post_id, lying in wanted.items():
            source, locator = _locator(post_id, found[post_id], lying), found[post_id].locator
            if locator is None:
                changes[post_id] = Change("create", HEADS, locator_id(post_id), source)
            elif source != locator.source:
                changes[post_id] = Change("index", HEADS, locator_id(post_id), source, locator)
        made = self._elastic.bulk([*changes.values(), *beside])
        lost = {post_id for post_id, was_made in zip(changes, made, strict=False) if not was_made}
        return [post_id for post_id in wanted if post_id not in lost], sorted(lost)

    def _leave(self, found: Mapping[str, _Found], moving: Sequence[str]) -> list[str]:
        """The posts lie in one part; returns those that others have changed where they left."""
        if not moving:
            return []
        old = [found[post_id].counts for post_id in moving]
        gone = self._elastic.bulk([Change("delete", doc.index, doc.id, seen=doc) for doc in old if doc is not None])
        left = [post_id for post_id, was_made in zip(moving, gone, strict=True) if not was_made]
        done = [post_id for post_id in moving if post_id not in left]
        locators = self._elastic.mget((HEADS, locator_id(post_id)) for post_id in done)
        self._elastic.bulk(
            [Change("index", HEADS, doc.id, _without_left(doc.source), doc) for doc in locators.values()]
        )  # a locator that others have changed meanwhile is cleared by them
        return left


def locator_id(post_id: str) -> str:
    """Return the id of the document that says where a post lies."""
    return f"post:{post_id}"


def index_of(part: str) -> str:
    """Return the index of a part."""
    return f"posts-{part}"


def versions_of(lying: Lying) -> list[StoredPost]:
    """Return all versions of a post, oldest first."""
    stored = lying.stored
    older = sorted(stored.older, key=lambda post: (post.collected_at, post.version))
    return [
        StoredPost(
            what_is_left(post) if stored.is_erased else post,
            is_newest=post is stored.newest,
            erased=stored.is_erased,
            gone_at=stored.gone_at,
        )
        for post in (*older, stored.newest)
    ]


def _part_of(index: str) -> str:
    return index.removeprefix("posts-")


def _part(found: _Found) -> str:
    return "" if found.locator is None else str(found.locator.source["part"])


def _stands(locator: Doc | None, docs: Mapping[str, Doc]) -> _Found:
    others = tuple(docs.values())
    if locator is None:
        return _Found(others=others)
    here, leaving = locator.source["part"], locator.source.get("left", "")
    return _Found(locator, docs.get(index_of(here)), docs.get(index_of(leaving)), others)


def _locator(post_id: str, found: _Found, lying: Lying) -> Json:
    """Return the locator of a post that will lie so; `left` names the part that still holds it."""
    known = () if found.locator is None else found.locator.source.get("units", ())
    source: dict[str, Any] = {"id": post_id, "part": lying.part, "newest": lying.stored.newest.version}
    if units := sorted({*lying.found_for, *known}):
        source["units"] = units
    if found.counts is not None and found.is_elsewhere(lying.part):
        source["left"] = _part_of(found.counts.index)
    return source


def _document_change(post_id: str, found: _Found, lying: Lying) -> Change | None:
    """Return what must be written of the post in its part; None where it stands there already."""
    index = index_of(lying.part)
    there, source = found.standing_in(index), post_document(lying.stored)
    if there is None:
        return Change("create", index, post_id, source)
    return None if stored_post(there.source) == lying.stored else Change("index", index, post_id, source, there)


def _without_left(source: Json) -> Json:
    return {name: value for name, value in source.items() if name != "left"}
