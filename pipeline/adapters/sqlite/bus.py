"""Posts on the way, in `bus.db`: one stream with one partition, whose offsets only ever grow."""

import sqlite3
from collections.abc import Sequence
from functools import cached_property

from pipeline.crash_point import crash_point
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis, Post
from pipeline.domain.wire import post_from_json, post_to_json
from pipeline.ports import DeadLetter, Delivered, Position

from .writer import Reader, Writer

PARTITION = 0
RETENTION: Millis = 7 * 24 * 3_600_000
"""Nothing stays on the bus for longer (MECHANICS §7)."""

_YOUNGEST = """
SELECT max(ifnull((SELECT max(collected_at) FROM post_record), 0), ifnull((SELECT max(at) FROM dead_letter), 0))
"""
_LETTER = "id, source, stage, error, at, address, body_hash, body"


class SqlitePostBus:
    """The port PostBus over `bus.db`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    @cached_property
    def stream(self) -> str:
        """The id of this stream, drawn when the file was made and never changed."""
        with self._reader.connection() as connection:
            return str(connection.execute("SELECT id FROM stream").fetchone()[0])

    def publish(self, posts: Sequence[Post]) -> None:
        """All posts are on the bus, in order, or none is. Raises BadInput for a post that is no valid Unicode."""
        if not posts:
            return
        rows = [(post.id, post.collected_at, _body(post)) for post in posts]
        with self._writer.transaction(bulk=len(rows) > 1) as connection:
            connection.executemany("INSERT INTO post_record (post, collected_at, body) VALUES (?, ?, ?)", rows)
            crash_point("bus.publish.before_commit")
        crash_point("bus.publish.after_commit")

    def read(self, after: Position | None, limit: int) -> Sequence[Delivered]:
        """
        Return what follows the position, oldest first; None or an unknown stream means from the beginning.

        A position ahead of every offset that this file ever gave was made by a later state of the file, which was
        then put back to an older one: it means from the beginning too, for a repeat is harmless and a gap is not.
        """
        offset = after.offset if after is not None and self._is_own(after) else 0
        return [self._delivered(seq, body) for seq, body in self.read_bytes(offset, limit)]

    def read_bytes(self, offset: int, limit: int) -> Sequence[tuple[int, bytes]]:
        """Return (offset, stored bytes) of the records behind an offset, oldest first."""
        query = "SELECT seq, body FROM post_record WHERE seq > ? ORDER BY seq LIMIT ?"
        with self._reader.snapshot() as connection:
            rows = connection.execute(query, (offset, limit)).fetchall()
            if not rows and offset > 0 and offset > _last_offset(connection):
                rows = connection.execute(query, (0, limit)).fetchall()
        return rows

    def bury(self, letters: Sequence[DeadLetter]) -> None:
        """The letters are kept; the same id twice is one letter, the first."""
        if not letters:
            return
        rows = [
            (
                *(_clean(letter.id), _clean(letter.source), letter.stage, _clean(letter.error), letter.at),
                *(_clean(letter.address), letter.body_hash, _clean(letter.post)),
            )
            for letter in letters
        ]
        with self._writer.transaction() as connection:
            made = f"INSERT INTO dead_letter ({_LETTER}) VALUES (?,?,?,?,?,?,?,?) ON CONFLICT (id) DO NOTHING"
            connection.executemany(made, rows)

    def dead_letters(self, limit: int) -> Sequence[DeadLetter]:
        """Return the newest dead letters first."""
        query = f"SELECT {_LETTER} FROM dead_letter ORDER BY at DESC, seq DESC LIMIT ?"
        with self._reader.connection() as connection:
            return [DeadLetter(*row) for row in connection.execute(query, (limit,))]

    def trim(self, before: Millis, done: Position) -> int:
        """Records collected before the time and already passed by the position are gone; returns how many."""
        if not self._is_own(done):
            return 0
        query = "SELECT seq FROM post_record WHERE collected_at < ? AND seq <= ?"
        with self._reader.connection() as connection:
            old = sorted(seq for (seq,) in connection.execute(query, (before, done.offset)))
        self._delete(old)
        return len(old)

    def erase(self, post_ids: frozenset[str]) -> Millis | None:
        """
        Records of the posts are gone, and dead letters hold nothing of them but stage and error.

        Returns None, or, where a reader that will not end keeps the old pages in the write-ahead log, the end of the
        retention of what is youngest here.
        """
        with self._reader.snapshot() as connection:
            found = [seq for seq, post in connection.execute("SELECT seq, post FROM post_record") if post in post_ids]
            youngest = connection.execute(_YOUNGEST).fetchone()[0]
        self._empty_letters(post_ids)
        return None if self._delete(found) else int(youngest) + RETENTION

    def _empty_letters(self, post_ids: frozenset[str]) -> None:
        with self._writer.transaction() as connection:
            letters = connection.execute("SELECT seq, body FROM dead_letter WHERE body <> ''").fetchall()
            meant = [(seq,) for seq, body in letters if any(post_id in body for post_id in post_ids)]
            connection.executemany("UPDATE dead_letter SET body = '', address = '' WHERE seq = ?", meant)

    def _delete(self, offsets: Sequence[int]) -> bool:
        self._writer.write_in_slices(
            [(offset,) for offset in offsets],
            lambda connection, part: connection.executemany("DELETE FROM post_record WHERE seq = ?", part),
        )
        return self._writer.checkpoint()

    def _is_own(self, position: Position) -> bool:
        return position.stream == self.stream and position.partition == PARTITION

    def _delivered(self, seq: int, body: bytes) -> Delivered:
        after = Position(self.stream, PARTITION, seq)
        try:
            return Delivered(post_from_json(body), after)
        except BadInput as cause:
            return Delivered(None, after, str(cause))


def _body(post: Post) -> bytes:
    try:
        return post_to_json(post, with_tokens=True).encode()
    except UnicodeEncodeError:
        sentence = (
            f"post {post.id} holds half a character (a lone surrogate); intake must mend it; nothing was published"
        )
        raise BadInput(sentence, code="INP-111") from None


def _last_offset(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'post_record'").fetchone()
    return 0 if row is None else int(row[0])


def _clean(text: str) -> str:
    # What failed may be odd in any way, and a dead letter must never fail itself.
    return text.encode("utf-8", "backslashreplace").decode()
