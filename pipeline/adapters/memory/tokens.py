"""Poster tokens in memory: the model that the stores are compared with."""

from collections.abc import Iterable, Mapping

from pipeline.domain.post import Token


class MemoryPosterTokens:
    """The port PosterTokens, forgotten with the process."""

    def __init__(self) -> None:
        self._tokens: dict[str, dict[str, Token]] = {}

    def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
        """The tokens of the posts are known; a post has one token a period, the last that was given."""
        for post, given in tokens.items():
            self._tokens.setdefault(post, {}).update({token.period: token for token in given})

    def of(self, post_ids: Iterable[str]) -> Mapping[str, tuple[Token, ...]]:
        """Return the tokens that are known of the posts, each post's in the order of periods."""
        known = {post: self._tokens[post] for post in post_ids if self._tokens.get(post)}
        return {post: tuple(tokens[period] for period in sorted(tokens)) for post, tokens in known.items()}

    def forget(self, before_period: str) -> int:
        """Tokens of periods that sort before the given one are gone; returns how many tokens."""
        before = self._count()
        for post, tokens in self._tokens.items():
            self._tokens[post] = {period: token for period, token in tokens.items() if period >= before_period}
        return before - self._count()

    def erase(self, post_ids: frozenset[str]) -> int:
        """Tokens of the posts are gone; returns how many tokens."""
        before = self._count()
        for post in post_ids:
            self._tokens.pop(post, None)
        return before - self._count()

    def _count(self) -> int:
        return sum(len(tokens) for tokens in self._tokens.values())
