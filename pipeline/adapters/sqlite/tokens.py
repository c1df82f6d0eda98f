"""Poster tokens in `state.db`, apart from everything that is backed up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pipeline.domain.post import Token

from .writer import Reader, Writer

_IDS_AT_ONCE = 500


class SqlitePosterTokens:
    """
    The port PosterTokens over `state.db`.

    What is gone is overwritten and leaves the write-ahead log. A copy that SQLite left behind when it moved a row may
    stay until its page is used again: a number beside a post id, which means nothing once the period's key is gone.
    """

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    def add(self, tokens: Mapping[str, tuple[Token, ...]]) -> None:
        """The tokens of the posts are known; a post has one token a period, the last that was given."""
        rows = [(post, token.period, token.value) for post, given in tokens.items() for token in given]
        if rows:
            with self._writer.transaction() as connection:
                connection.executemany("INSERT OR REPLACE INTO poster_token VALUES (?, ?, ?)", rows)

    def of(self, post_ids: Iterable[str]) -> Mapping[str, tuple[Token, ...]]:
        """Return the tokens that are known of the posts, each post's in the order of periods."""
        wanted = list(dict.fromkeys(post_ids))
        found: defaultdict[str, list[Token]] = defaultdict(list)
        with self._reader.connection() as connection:
            for start in range(0, len(wanted), _IDS_AT_ONCE):
                part = wanted[start : start + _IDS_AT_ONCE]
                marks = ",".join("?" * len(part))
                query = f"SELECT post, period, value FROM poster_token WHERE post IN ({marks}) ORDER BY post, period"
                for post, period, value in connection.execute(query, part):
                    found[post].append(Token(period, value))
        return {post: tuple(tokens) for post, tokens in found.items()}

    def forget(self, before_period: str) -> int:
        """Tokens of periods that sort before the given one are gone; returns how many tokens."""
        with self._writer.transaction() as connection:
            gone = connection.execute("DELETE FROM poster_token WHERE period < ?", (before_period,)).rowcount
        self._writer.checkpoint()
        return gone

    def erase(self, post_ids: frozenset[str]) -> int:
        """Tokens of the posts are gone; returns how many tokens."""
        query = "DELETE FROM poster_token WHERE post = ?"
        with self._writer.transaction() as connection:
            gone = sum(connection.execute(query, (post,)).rowcount for post in sorted(post_ids))
        self._writer.checkpoint()
        return gone
