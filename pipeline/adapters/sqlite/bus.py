"""Posts on the way, in `bus.db`: one stream with one partition, whose offsets only ever grow."""

from collections.abc import Sequence
from functools import cached_property

from pipeline.crash_point import crash_point
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Millis, Post
from pipeline.domain.wire import post_from_json, post_to_json
from pipeline.ports import DeadLetter, Delivered, Position

from .segments import (
    append_records,
    blank_records,
    drop_if_finished,
    older_in,
    records_behind,
    records_of,
    segments_with_older,
    stream_of,
)
from .writer import Reader, Writer

PARTITION = 0
RETENTION: Millis = 7 * 24 * 3_600_000
"""Nothing stays on the bus for longer (MECHANICS §7)."""

_YOUNGEST = """
SELECT max(ifnull((SELECT max(youngest) FROM segment), 0), ifnull((SELECT max(at) FROM dead_letter), 0))
"""
_LETTER = "id, source, stage, error, at, address, body_hash, body"
_LEGIBLE = """
id, source, stage, error, at, iif(is_erased, '', address), body_hash, iif(is_erased, '', body)
"""


class SqlitePostBus:
    """The port PostBus over `bus.db`."""

    def __init__(self, writer: Writer, reader: Reader) -> None:
        self._writer = writer
        self._reader = reader

    @cached_property
    def stream(self) -> str:
        """The id of this stream, drawn when the file was made and never changed."""
        with self._reader.connection() as connection:
            return stream_of(connection)[0]

    def held(self) -> Sequence[int]:
        """Return the one partition that there is; the `work` lease says who works it."""
        return (PARTITION,)

    def publish(self, posts: Sequence[Post]) -> None:
        """All posts are on the bus, in order, or none is. Raises BadInput for a post that is no valid Unicode."""
        if not posts:
            return
        rows = [(post.id, post.collected_at, _body(post)) for post in posts]
        with self._writer.transaction(bulk=len(rows) > 1) as connection:
            append_records(connection, rows)
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
        with self._reader.snapshot() as connection:
            rows = records_behind(connection, offset, limit)
            if not rows and offset > stream_of(connection)[1]:
                rows = records_behind(connection, 0, limit)
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
        query = f"SELECT {_LEGIBLE} FROM dead_letter ORDER BY at DESC, seq DESC LIMIT ?"
        with self._reader.connection() as connection:
            return [DeadLetter(*row) for row in connection.execute(query, (limit,))]

    def trim(self, before: Millis, done: Position) -> int:
        """Records collected before the time and already passed by the position are gone; returns how many."""
        if not self._is_own(done):
            return 0
        trimmed = 0
        with self._reader.connection() as connection:
            touched = segments_with_older(connection, before, done.offset)
        for n in touched:
            with self._reader.snapshot() as connection:
                old = older_in(connection, n, before, done.offset)
            self._blank(old)
            with self._writer.transaction(bulk=True) as connection:
                drop_if_finished(connection, n)
            trimmed += len(old)
        if touched:
            self._writer.checkpoint()
        return trimmed

    def erase(self, post_ids: frozenset[str]) -> Millis | None:
        """
        Records of the posts are blank, and dead letters hold nothing of them but stage and error.

        Returns None, or, where a reader that will not end keeps the old pages in the write-ahead log, the end of the
        retention of what is youngest here.
        """
        with self._reader.snapshot() as connection:
            offsets = list(records_of(connection, post_ids))
            youngest = connection.execute(_YOUNGEST).fetchone()[0]
        self._blank(offsets)
        self._blank_letters(post_ids)
        return None if self._writer.checkpoint() else int(youngest) + RETENTION

    def _blank(self, offsets: Sequence[int]) -> None:
        self._writer.write_in_slices(offsets, blank_records)

    def _blank_letters(self, post_ids: frozenset[str]) -> None:
        query = "SELECT seq, address, body FROM dead_letter WHERE NOT is_erased AND body <> ''"
        with self._writer.transaction() as connection:
            blanks = [
                (_blanks(address), _blanks(body), seq)
                for seq, address, body in connection.execute(query)
                if any(post_id in body for post_id in post_ids)
            ]
            blanked = "UPDATE dead_letter SET address = ?, body = ?, is_erased = 1 WHERE seq = ?"
            connection.executemany(blanked, blanks)

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


def _blanks(text: str) -> str:
    return " " * len(text.encode())


def _clean(text: str) -> str:
    # What failed may be odd in any way, and a dead letter must never fail itself.
    return text.encode("utf-8", "backslashreplace").decode()
