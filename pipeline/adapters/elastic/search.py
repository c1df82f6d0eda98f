"""
Full-text search and counts: phrases of characters among the posts of all parts, newest first.

A post lies in two parts for the moment in which it moves from one to the other; it is told once by its id.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import Any

from pipeline.domain.post import Millis, Post
from pipeline.domain.searchable import searchable
from pipeline.domain.wire import post_from_json

from .client import Doc, Elastic
from .spaced import can_be_asked, spaced
from .wire import Json

ALL_UNITS = "*"
POSTS = "posts-*"
NEWEST_FIRST: Sequence[Json] = ({"second": "desc"}, {"arrival": "desc"}, {"id": "desc"})
"""By the second in which they spoke first; within it the later arrival."""
_PAGE = 1_000
_AT_LEAST = 20

_FURTHEST: Millis = 1 << 52
_LONGEST_PHRASE = 256
"""Characters of a term that are asked (Elasticsearch takes 1,024 clauses at least); the rest is looked for in posts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: posts of the unit ("*": of all) with the term, from `since` on and before `until`."""

    unit: str
    term: str
    since: Millis
    until: Millis

    def query(self) -> Json:
        """Return the query; times go by the second, and a begun one counts whole."""
        since, until = (max(-1, min(at, _FURTHEST)) for at in (self.since, self.until))
        words = spaced(self.term[:_LONGEST_PHRASE])
        conditions: list[Json] = [
            {"range": {"second": {"gte": since // 1_000, "lt": -(-until // 1_000)}}},
            {"bool": {"should": [{"match_phrase": {field: words}} for field in ("title_words", "text_words")]}},
        ]
        if self.unit != ALL_UNITS:
            conditions.append({"term": {"units": self.unit}})
        return {"bool": {"filter": conditions}}

    @property
    def is_asked_whole(self) -> bool:
        """Whether what the query meets is wanted; else it must be read."""
        return len(self.term) <= _LONGEST_PHRASE

    def is_in(self, post: Post) -> bool:
        """Whether the post holds the term."""
        folded = searchable(self.term)
        return folded in searchable(post.title) or folded in searchable(post.text)


def newest_with(elastic: Elastic, wanted: Wanted, limit: int) -> Sequence[Post]:
    """Return the newest posts that are wanted, and no more than asked."""
    return list(islice(_found(elastic, wanted, limit), max(0, limit)))


def count_with(elastic: Elastic, wanted: Wanted) -> int:
    """Return how many posts are wanted."""
    if not can_be_asked(wanted.term):
        return 0
    if not wanted.is_asked_whole:
        return sum(1 for _ in _found(elastic, wanted, _PAGE))
    elastic.fresh(POSTS, within=inf)
    answer = elastic.search(POSTS, {"size": 0, "track_total_hits": True, "query": wanted.query()})
    return int(answer["hits"]["total"]["value"])


def _found(elastic: Elastic, wanted: Wanted, limit: int) -> Iterator[Post]:
    """Yield the posts that are wanted, newest first, each once."""
    if not can_be_asked(wanted.term) or limit < 1:
        return
    told: set[str] = set()
    for doc in _pages(elastic, wanted.query(), min(_PAGE, max(limit, _AT_LEAST))):
        if doc.id not in told:
            told.add(doc.id)
            post = post_from_json(doc.source["body"])
            if wanted.is_asked_whole or wanted.is_in(post):
                yield post


def _pages(elastic: Elastic, query: Json, size: int) -> Iterator[Doc]:
    elastic.fresh(POSTS, within=inf)
    body: dict[str, Any] = {
        "size": size,
        "query": query,
        "sort": list(NEWEST_FIRST),
        "track_total_hits": False,
        "_source": ["body"],
    }
    while True:
        page = elastic.found(POSTS, body)
        yield from page
        if len(page) < size:
            return
        body["search_after"] = list(page[-1].sort)
