"""Posts, mentions and groups in `huiyin.db`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import GroupMerge, MergeProposal
from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.post import Millis, Post
from pipeline.ports import GroupView, Head, Page, Position, StoredPost, Work

from . import groups, merges, positions, post_reads, search
from .commit import erased_among, write_work
from .erasure import erase_posts
from .retention import drop_parts_over_age
from .writer import Reader, Writer


class SqlitePostStore:
    """
    The post store of the embedded profile: what the worker commits in one transaction, and every read of it.

    The writer is that of `huiyin.db`, brought to the newest schema. Reads have connections of their own, that cannot
    write, and leave no transaction open.
    """

    def __init__(self, writer: Writer, reader: Reader | None = None) -> None:
        self._writer = writer
        self._reader = reader or Reader(writer.path)
        self._terms: dict[tuple[str, int], int] = {}

    @property
    def path(self) -> Path:
        """The file that holds all of it."""
        return self._writer.path

    def close(self) -> None:
        """The reading connections are closed; the writer is its owner's."""
        self._reader.close()

    def position(self, stream: str, partition: int) -> Position | None:
        """Return how far the commits of this stream have come."""
        with self._reader.connection() as connection:
            return positions.reached(connection, stream, partition)

    def take(self, stream: str, partition: int) -> Position | None:
        """From now on this instance is the only writer of what the partition brings; returns how far it has come."""
        with self._writer.transaction() as connection:
            term, reached = positions.take(connection, stream, partition)
        self._terms[stream, partition] = term
        return reached

    def known_streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position here, oldest first."""
        with self._reader.connection() as connection:
            return positions.streams(connection)

    def heads(self, keys: Iterable[str]) -> Mapping[str, Head]:
        """Return the heads that are known of the keys."""
        with self._reader.connection() as connection:
            return post_reads.heads_of(connection, keys)

    def commit(self, work: Work) -> int:
        """Everything of the work is stored once, the position last; returns how many mentions were new."""
        with self._writer.transaction(bulk=True) as connection:
            return write_work(connection, work, self._terms)

    def post(self, post_id: str, version: str | None = None) -> StoredPost | None:
        """Return a post by id, its newest version unless one is named."""
        with self._reader.connection() as connection:
            return post_reads.version_of(connection, post_id, version)

    def versions(self, post_id: str) -> Sequence[StoredPost]:
        """Return all versions of a post, oldest first."""
        with self._reader.connection() as connection:
            return post_reads.versions_of(connection, post_id)

    def posts_since(self, since: Millis) -> Iterator[Post]:
        """Yield the newest version of every post collected since that is not erased, in the order of collection."""
        return post_reads.newest_since(self._reader, since)

    def newest_post(self) -> Post | None:
        """Return the newest version of the stored post that spoke last."""
        with self._reader.connection() as connection:
            return post_reads.newest_of_all(connection)

    def mentions(self, unit: str, since: Millis, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
        """Yield a unit's mentions collected since, with the versions that they mention, in the order of the fold."""
        return post_reads.mentions_in_order(self._reader, unit, since, after_order)

    def members(self, unit: str, group: str) -> Sequence[Mention]:
        """Return the mentions of a group that have not lapsed, in the order of the fold."""
        with self._reader.connection() as connection:
            return post_reads.mentions_of_group(connection, unit, group)

    def mentions_of(self, unit: str, post_id: str) -> Sequence[Mention]:
        """Return a unit's mentions of one post, all versions, lapsed ones too."""
        with self._reader.connection() as connection:
            return post_reads.mentions_of_post(connection, unit, post_id)

    def opinions(self, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
        """Return opinions that this model has already given of the same texts."""
        with self._reader.connection() as connection:
            return post_reads.opinions_on(connection, text_hashes, model)

    def group(self, unit: str, group: str) -> GroupView | None:
        """Return one group as the desk lists it."""
        with self._reader.connection() as connection:
            return groups.view_of_group(connection, unit, group)

    def merges(self, unit: str) -> Sequence[GroupMerge]:
        """Return every merge of groups that the machine has made, in order."""
        with self._reader.connection() as connection:
            return merges.merges_of(connection, unit)

    def proposals(self, unit: str) -> Sequence[MergeProposal]:
        """Return every merge of two opened incidents that the machine ever proposed, in order."""
        with self._reader.connection() as connection:
            return merges.proposals_of(connection, unit)

    def groups(self, unit: str, *, todo_only: bool, cursor: str | None, limit: int) -> Page:
        """Return a page of groups, newest first; `todo_only` leaves those that ask for a person."""
        with self._reader.connection() as connection:
            return groups.page_of_groups(connection, unit, todo_only=todo_only, cursor=cursor, limit=limit)

    def changed_groups(
        self, unit: str, after_change: int, until_change: int | None = None
    ) -> tuple[int, Sequence[GroupView]]:
        """Return the newest change and the unit's groups that changed behind the given one, in order of change."""
        with self._reader.connection() as connection:
            return groups.changed_between(connection, unit, after_change, until_change)

    def newest_change(self, unit: str) -> int:
        """Return the number of the unit's newest change of a group; 0 where it has no group."""
        with self._reader.connection() as connection:
            row = connection.execute("SELECT max(change) FROM group_rows WHERE unit = ?", (unit,)).fetchone()
        return row[0] or 0

    def needs(self, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
        """Return mentions whose opinion says that help is needed, newest first."""
        with self._reader.connection() as connection:
            return post_reads.pleas(connection, unit, limit)

    def search(self, unit: str, term: str, *, since: Millis, until: Millis, limit: int) -> Sequence[Post]:
        """Return posts that contain the term exactly, newest first: those that the unit mentions, or "*" for all."""
        with self._reader.snapshot() as connection:
            return search.newest_with(connection, unit, term, (since, until), limit)

    def count(self, unit: str, term: str, *, since: Millis, until: Millis) -> int:
        """Return how many of those posts contain the term exactly."""
        with self._reader.snapshot() as connection:
            return search.count_with(connection, unit, term, (since, until))

    def daily(self, unit: str, since_day: int, until_day: int) -> Sequence[tuple[int, str, int]]:
        """Return (day, service line or "", posts) from the roll-ups; the last day is left out."""
        with self._reader.connection() as connection:
            return search.counts_by_day(connection, unit, since_day, until_day)

    def erased(self, ids: Iterable[str]) -> frozenset[str]:
        """Return which of the ids are on the erasure list."""
        with self._reader.connection() as connection:
            return erased_among(connection, ids)

    def erase(self, post_ids: frozenset[str], at: Millis) -> Mapping[str, int]:
        """Text, title, address and salt of the posts are gone from every byte; the ids are on the erasure list."""
        return erase_posts(self._writer, post_ids, at)

    def drop_parts(
        self,
        before_unmentioned: Millis,
        before_mentioned: Millis,
        keep: frozenset[tuple[str, str]],
        keep_posts: frozenset[str] = frozenset(),
    ) -> int:
        """Posts over age are gone, but not those to keep, of (unit, group) pairs or by id; returns how many went."""
        return drop_parts_over_age(
            self._writer,
            before_unmentioned=before_unmentioned,
            before_mentioned=before_mentioned,
            keep=(keep, keep_posts),
        )

    def rebuild_groups(self, unit: str, rows: Sequence[GroupRow]) -> None:
        """The unit's group rows are exactly these."""
        groups.replace_rows(self._writer, unit, rows)
