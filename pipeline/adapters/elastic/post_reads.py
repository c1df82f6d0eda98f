"""Reads of posts, mentions and pleas. Long answers are read in pages, as they stand when each page is read."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post

from .client import Doc, Elastic
from .mention_document import IN_ORDER, MENTIONS, stored_mention
from .merges import parts_of
from .post_document import stored_post
from .shelf import ALL_PARTS, Shelf, versions_of
from .wire import Json

PAGE = 500
_ALIVE: Json = {"term": {"is_erased": False}}


def newest_since(elastic: Elastic, shelf: Shelf, since: Millis) -> Iterator[Post]:
    """
    Yield the newest versions collected since, in the order of collection.

    Which there are is taken down first (some forty bytes each), so that nothing stays open on the server between pages
    and a post that is edited meanwhile comes once; each page is read by id as it stands then.
    """
    moved: set[str] = set()
    last = ""
    for page in list(_places_since(elastic, since)):
        places = [line.split(" ", 1) for line in page.splitlines()]
        stored = shelf.find(post_id for _, post_id in places)
        for index, post_id in places:
            lying, is_told = stored.get(post_id), post_id == last or post_id in moved
            last = post_id
            if lying is None or lying.stored.is_erased or is_told:
                continue
            if index != lying.index:  # it moves while we read, and may come a second time where it moves to
                moved.add(post_id)
            yield lying.stored.newest


def _places_since(elastic: Elastic, since: Millis) -> Iterator[str]:
    """Yield index and id of the posts, one per line, a page at a time."""
    elastic.fresh(ALL_PARTS)
    query = {"bool": {"filter": [{"range": {"collected_at": {"gte": since}}}, _ALIVE]}}
    sort: Sequence[Json] = [{"collected_at": "asc"}, {"second": "asc"}, {"arrival": "asc"}, {"id": "asc"}]
    found = elastic.scan(ALL_PARTS, query, sort, ids_only=True)
    while page := list(islice(found, PAGE)):
        yield "\n".join(f"{doc.index} {doc.id}" for doc in page)


def newest_of_all(elastic: Elastic) -> Post | None:
    """Return the newest version of the post that spoke last."""
    elastic.fresh(ALL_PARTS)
    sort = [{"second": "desc"}, {"arrival": "desc"}, {"id": "desc"}]
    found = elastic.found(ALL_PARTS, {"size": 1, "query": _ALIVE, "sort": sort})
    return stored_post(found[0].source).newest if found else None


def mentions_in_order(
    elastic: Elastic, shelf: Shelf, unit: str, since: Millis, after_order: int
) -> Iterator[tuple[Mention, Post]]:
    """Yield a unit's mentions in the order of the fold, each with the version that it mentions."""
    elastic.fresh(MENTIONS)
    conditions: list[Json] = [{"term": {"unit": unit}}]
    if since > 0:
        conditions.append({"range": {"collected_at": {"gte": since}}})
    if after_order >= 0:
        conditions.append({"range": {"order": {"gt": after_order}}})
    found = elastic.scan(MENTIONS, {"bool": {"filter": conditions}}, IN_ORDER)
    while page := list(islice(found, PAGE)):
        yield from _with_posts(shelf, page)


def mentions_of_group(elastic: Elastic, unit: str, group: str) -> Sequence[Mention]:
    """Return the mentions of a group that have not lapsed, in the order of the fold."""
    parts = parts_of(elastic, unit, group)
    elastic.fresh(MENTIONS)
    conditions = [{"term": {"unit": unit}}, {"terms": {"group": list(parts)}}, {"term": {"lapsed": False}}]
    return _mentions(elastic, conditions)


def mentions_of_post(elastic: Elastic, unit: str, post_id: str) -> Sequence[Mention]:
    """Return a unit's mentions of a post, lapsed ones too, in the order of the fold."""
    elastic.fresh(MENTIONS)
    return _mentions(elastic, [{"term": {"unit": unit}}, {"term": {"post": post_id}}])


def pleas(elastic: Elastic, shelf: Shelf, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
    """Return mentions whose opinion says that help is needed, newest first."""
    elastic.fresh(MENTIONS)
    conditions = [{"term": {"unit": unit}}, {"term": {"needs_help": True}}, {"term": {"lapsed": False}}]
    sort = [{"occurred_at": "desc"}, *(dict.fromkeys(each, "desc") for each in IN_ORDER)]
    found = elastic.scan(MENTIONS, {"bool": {"filter": conditions}}, sort)
    pairs: list[tuple[Mention, Post]] = []
    while len(pairs) < limit and (page := list(islice(found, min(PAGE, limit)))):
        pairs += _with_posts(shelf, page)
    return pairs[:limit]


def _mentions(elastic: Elastic, conditions: list[Any]) -> list[Mention]:
    return [stored_mention(doc.source) for doc in elastic.scan(MENTIONS, {"bool": {"filter": conditions}}, IN_ORDER)]


def _with_posts(shelf: Shelf, page: Sequence[Doc]) -> Iterator[tuple[Mention, Post]]:
    """Yield each mention with the version that it mentions; what has no post any more is left out."""
    mentions = [stored_mention(doc.source) for doc in page]
    stored = shelf.find(mention.post for mention in mentions)
    for mention in mentions:
        if mention.post in stored:
            versions = versions_of(stored[mention.post])
            named = next((one.post for one in versions if one.post.version == mention.version), versions[-1].post)
            yield mention, named
