"""
Poster tokens: an index per period, dropped with the period's key. Nothing searches them, and no snapshot holds them.

A document lies under its post's id and holds a number, which stands in no search structure.
"""

import re
from collections.abc import Iterable, Mapping

from pipeline.domain.errors import BadInput
from pipeline.domain.post import Token

from .client import Change, Elastic
from .expunge import Expunge, expunge
from .layout import make

_FAMILY = "tokens"
_PERIOD = re.compile(r"[a-z0-9]+")


class ElasticPosterTokens:
    """The port PosterTokens."""

    def __init__(self, elastic: Elastic, *, expunging: Expunge = expunge) -> None:
        self._elastic = elastic
        self._expunge = expunging

    def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
        """The tokens of the posts are known; a post has one token a period, the last that was given."""
        given = {(token.period, post): token.value for post, of_post in tokens.items() for token in of_post}
        for period in {period for period, _ in given} - set(self._periods()):
            make(self._elastic, _index(period))
        self._elastic.bulk(
            [Change("index", _index(period), post, {"value": value}) for (period, post), value in given.items()]
        )

    def of(self, post_ids: Iterable[str]) -> Mapping[str, tuple[Token, ...]]:
        """Return the tokens that are known of the posts, each post's in the order of periods."""
        posts, periods = list(dict.fromkeys(post_ids)), self._periods()
        found = self._elastic.mget((_index(period), post) for post in posts for period in periods)
        known = {
            post: tuple(
                Token(period, doc.source["value"])
                for period in periods
                if (doc := found.get((_index(period), post))) is not None
            )
            for post in posts
        }
        return {post: of_post for post, of_post in known.items() if of_post}

    def forget(self, before_period: str) -> int:
        """Tokens of periods that sort before the given one are gone, with their files; returns how many tokens."""
        gone = 0
        for period in self._periods():
            if period < before_period:
                gone += self._count(_index(period))
                self._elastic.drop(_index(period))
        return gone

    def erase(self, post_ids: frozenset[str]) -> int:
        """Tokens of the posts are gone from the indices' bytes; returns how many tokens."""
        indices = [_index(period) for period in self._periods()]
        made = self._elastic.bulk([Change("delete", index, post) for index in indices for post in sorted(post_ids)])
        if any(made):
            self._expunge(self._elastic, indices)
        return sum(made)

    def _count(self, index: str) -> int:
        self._elastic.fresh(index)
        return int(self._elastic.search(index, {"size": 0, "track_total_hits": True})["hits"]["total"]["value"])

    def _periods(self) -> list[str]:
        return [index.removeprefix(f"{_FAMILY}-") for index in self._elastic.parts(_FAMILY)]


def _index(period: str) -> str:
    if not _PERIOD.fullmatch(period):
        raise BadInput(f"{period!r} is no period of poster tokens; periods are written like p000123")
    return f"{_FAMILY}-{period}"
