"""
Erasure: text, title, address, quotes and salt of posts leave every document, then every byte (MECHANICS §7).

The ids are on the erasure list first, so a worker who meets one of them from then on leaves it alone. Each step can be
done again: an erasure that was cut is finished by the same call.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.domain.mention import Mention
from pipeline.domain.part import KEPT, part_for
from pipeline.domain.post import Millis

from .client import Change, Doc, Elastic
from .expunge import Expunge, expunge
from .mention_document import MENTIONS, OPINIONS, mention_change, stored_mention
from .positions import INDEX as STEPS
from .post_document import Stored, what_is_left
from .rewrite import turns
from .shelf import ALL_PARTS, HEADS, Lying, Shelf, index_of, locator_id
from .wire import Json

ERASURES = "erasures"
_SLICE = 100
IN_ANY_ORDER: Sequence[Json] = ({"_shard_doc": "asc"},)


def erased_among(elastic: Elastic, ids: Iterable[str]) -> frozenset[str]:
    """Return which of the ids are on the erasure list."""
    return frozenset(doc_id for _, doc_id in elastic.mget((ERASURES, post_id) for post_id in ids))


def erase_posts(
    elastic: Elastic, shelf: Shelf, post_ids: frozenset[str], at: Millis, *, then: Expunge = expunge
) -> Mapping[str, int]:
    """
    The posts hold nothing but ids, kinds and times, the ids are on the erasure list; returns what was reached.

    At last every trace of the texts has left the server's files. Raises StoreUnavailable (STO-320) where that is not so
    in time: the texts are gone then, the proof is not; the same call makes it good, and so does the next retention.
    """
    ids = sorted(post_ids)
    elastic.bulk([Change("create", ERASURES, post_id, {"at": at, "is_proven": False}) for post_id in ids])
    listed = elastic.mget((ERASURES, post_id) for post_id in ids)
    reached = {"posts": 0, "versions": 0, "mentions": 0}
    indices: set[str] = set()
    for start in range(0, len(ids), _SLICE):
        slice_ = ids[start : start + _SLICE]
        blanked = _blank(shelf, slice_)
        _delete_strays(elastic, slice_)
        reached["posts"] += sum(each.was_whole for each in blanked.values())
        reached["versions"] += sum(len(each.seen_at) for each in blanked.values())
        reached["mentions"] += _forget_quotes(elastic, slice_)
        indices.update(index for each in blanked.values() for index in each.may_have_lain_in)
    elastic.refresh(ALL_PARTS, MENTIONS, OPINIONS)
    if indices:
        then(elastic, [*sorted(indices), MENTIONS, OPINIONS, STEPS])
    _mark(elastic, listed.values(), is_proven=True)  # but not where a worker has met one meanwhile
    return reached


def erase_late(elastic: Elastic, shelf: Shelf, post_ids: Iterable[str]) -> None:
    """
    What a worker wrote of posts that were erased meanwhile is gone; that it left the files is proved at the next night.

    The worker asks for it before he writes and after: whatever he was stopped at, one of the two finds it.
    """
    ids = sorted(post_ids)
    for _ in turns(elastic, f"{len(ids)} erasures"):
        if _mark(elastic, elastic.mget((ERASURES, post_id) for post_id in ids).values(), is_proven=False):
            break
    _blank(shelf, ids)
    _delete_strays(elastic, ids)
    _forget_quotes(elastic, ids)
    elastic.refresh(ALL_PARTS, MENTIONS, OPINIONS)


def prove_erasures(elastic: Elastic, shelf: Shelf, *, then: Expunge = expunge) -> None:
    """Every erasure that was cut, or that a worker met, is done again. Raises StoreUnavailable (STO-320)."""
    elastic.fresh(ERASURES)
    open_ = elastic.scan(ERASURES, {"term": {"is_proven": False}}, IN_ANY_ORDER, ids_only=True)
    if ids := frozenset(doc.id for doc in open_):
        erase_posts(elastic, shelf, ids, 0, then=then)


def _mark(elastic: Elastic, listed: Iterable[Doc], *, is_proven: bool) -> bool:
    """The entries of the list say so; False where others have changed one since it was read."""
    changes = [Change("index", ERASURES, doc.id, {**doc.source, "is_proven": is_proven}, doc) for doc in listed]
    return all(elastic.bulk(changes))


def _forget_quotes(elastic: Elastic, post_ids: Sequence[str]) -> int:
    """Mentions of the posts quote nothing, and no opinion on their texts is kept; returns how many mentions quoted."""
    quoting = 0
    for _ in turns(elastic, f"mentions of {len(post_ids)} erased posts"):
        docs = mentions_of_posts(elastic, post_ids)
        forget_opinions(elastic, {str(doc.source["version"]) for doc in docs})
        changes = [
            mention_change(doc, replace(mention, hits=())) for doc, mention in _with_mentions(docs) if mention.hits
        ]
        made = elastic.bulk(changes)
        quoting += sum(made)
        if all(made):
            return quoting
    raise AssertionError  # turns ends by raising


def mentions_of_posts(elastic: Elastic, post_ids: Sequence[str]) -> Sequence[Doc]:
    """Return the documents of all mentions of the posts."""
    elastic.fresh(MENTIONS)
    return list(elastic.scan(MENTIONS, {"terms": {"post": list(post_ids)}}, IN_ANY_ORDER))


def forget_opinions(elastic: Elastic, versions: Iterable[str]) -> None:
    """No model's opinion on these texts is kept."""
    if wanted := sorted(versions):
        elastic.fresh(OPINIONS)
        docs = elastic.scan(OPINIONS, {"terms": {"version": wanted}}, IN_ANY_ORDER, ids_only=True)
        elastic.bulk([Change("delete", OPINIONS, doc.id) for doc in docs])


def _with_mentions(docs: Iterable[Doc]) -> Iterator[tuple[Doc, Mention]]:
    return ((doc, stored_mention(doc.source)) for doc in docs)


def _blank(shelf: Shelf, post_ids: Sequence[str]) -> Mapping[str, "_Blanked"]:
    """The posts hold what is left of erased ones; returns how they stood before."""
    blanked: dict[str, _Blanked] = {}

    def blank(post_id: str, lying: Lying | None) -> Lying | None:
        if lying is None:
            return None
        was_whole = post_id in blanked and blanked[post_id].was_whole  # asked again, since the answer was lost
        blanked[post_id] = _Blanked(was_whole or not lying.stored.is_erased, lying.part, _seen_at(lying.stored))
        return replace(lying, stored=_without_words(lying.stored))

    shelf.change({post_id: partial(blank, post_id) for post_id in post_ids})
    return blanked


@dataclass(frozen=True, slots=True)
class _Blanked:
    """A post that was blanked: whether it had words until then, where it lay, when its versions were collected."""

    was_whole: bool
    part: str
    seen_at: tuple[Millis, ...]

    @property
    def may_have_lain_in(self) -> frozenset[str]:
        """The indices that hold it or held it, before it was mentioned, edited or kept."""
        times = ((at, matters) for at in self.seen_at for matters in (False, True))
        parts = {self.part, KEPT, *(part_for(at, matters=matters) for at, matters in times)}
        return frozenset(map(index_of, parts))


def _seen_at(stored: Stored) -> tuple[Millis, ...]:
    return tuple(post.collected_at for post in (stored.newest, *stored.older))


def _without_words(stored: Stored) -> Stored:
    newest, older = what_is_left(stored.newest), tuple(map(what_is_left, stored.older))
    return replace(stored, newest=newest, older=older, is_erased=True)


def _delete_strays(elastic: Elastic, post_ids: Sequence[str]) -> None:
    """No document of the posts stands anywhere but where its locator says: a writer that died may have left one."""
    elastic.refresh(ALL_PARTS)
    locators = elastic.mget((HEADS, locator_id(post_id)) for post_id in post_ids)
    places = {(index_of(doc.source["part"]), str(doc.source["id"])) for doc in locators.values()}
    docs = elastic.scan(ALL_PARTS, {"ids": {"values": list(post_ids)}}, IN_ANY_ORDER, ids_only=True)
    elastic.bulk([Change("delete", doc.index, doc.id) for doc in docs if (doc.index, doc.id) not in places])
