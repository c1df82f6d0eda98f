"""The peer of store and search: SQLite's own full text over trigrams in one table, as most would build it."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from pipeline.domain.post import Post


class TrigramStore:
    """Posts in a plain FTS5 table; terms of fewer than three characters are looked for in every text."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5 (text, tokenize = 'trigram')")

    def commit(self, posts: Sequence[Post]) -> None:
        """The posts are stored and indexed, durably, in one transaction."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany("INSERT INTO words (text) VALUES (?)", [(post.text,) for post in posts])
        self._connection.execute("COMMIT")

    def recent(self, term: str, limit: int = 20) -> list[int]:
        """Return the newest posts with the term."""
        where, value = self._asked(term)
        rows = self._connection.execute(
            f"SELECT rowid FROM words WHERE {where} ORDER BY rowid DESC LIMIT ?", (value, limit)
        )
        return [number for (number,) in rows]

    def count(self, term: str) -> int:
        """Return how many posts have the term."""
        where, value = self._asked(term)
        return int(self._connection.execute(f"SELECT count(*) FROM words WHERE {where}", (value,)).fetchone()[0])

    @staticmethod
    def _asked(term: str) -> tuple[str, str]:
        if len(term) < 3:
            return "instr(text, ?)", term  # LIKE over trigrams finds nothing for such a term in some versions of SQLite
        quoted = term.replace('"', '""')
        return "words MATCH ?", f'"{quoted}"'

    def close(self) -> None:
        """The file is whole, without a log beside it."""
        self._connection.execute("PRAGMA wal_checkpoint (TRUNCATE)")
        self._connection.close()
