"""Posts, mentions and groups on Elasticsearch."""

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import GroupMerge, MergeProposal
from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.post import Millis, Post
from pipeline.ports import GroupView, Head, Page, Position, StoredPost, Work

from . import daily, erasure, groups, merges, post_reads, retention, search
from .arrivals import heads_of
from .batches import Batches
from .client import Elastic
from .commit import Committing, carry_out, write_work
from .expunge import Expunge, expunge
from .mention_document import opinions_on
from .positions import Positions
from .sequence import Sequences
from .shelf import Shelf, versions_of


class ElasticPostStore:
    """
    The post store of the cluster profile: what workers commit document by document, and every read of it.

    One instance is one worker where partitions are taken. Reads by id are of the newest state; lists see what this
    instance wrote, and what others wrote a second ago; what must miss nothing sees everything.
    """

    def __init__(self, elastic: Elastic, sequences: Sequences | None = None, *, expunging: Expunge = expunge) -> None:
        self._elastic = elastic
        self._expunge = expunging
        self._shelf = Shelf(elastic)
        self._sequences = sequences or Sequences(elastic)
        self._positions = Positions(elastic)
        self._batches = Batches(elastic)
        self._guard = threading.Lock()
        self._loaded: dict[str, int] = {}

    def position(self, stream: str, partition: int) -> Position | None:
        """Return how far the commits of this stream have come."""
        return self._positions.reached(stream, partition)

    def take(self, stream: str, partition: int) -> Position | None:
        """From now on this instance is the only writer of what the partition brings; returns how far it has come."""
        position, cut = self._positions.take(stream, partition)
        if cut is None:
            return position
        carry_out(self._committing(), cut)
        return self._positions.reached(stream, partition)

    def known_streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position here, oldest first."""
        return self._positions.streams()

    def heads(self, keys: Iterable[str]) -> Mapping[str, Head]:
        """Return the heads that are known of the keys."""
        return heads_of(self._elastic, keys)

    def commit(self, work: Work) -> int:
        """Everything of the work is stored once, the position last; returns how many mentions were new."""
        return write_work(self._committing(), work)

    def post(self, post_id: str, version: str | None = None) -> StoredPost | None:
        """Return a post by id, its newest version unless one is named."""
        found = self.versions(post_id)
        if version is None:
            return found[-1] if found else None
        return next((stored for stored in found if stored.post.version == version), None)

    def versions(self, post_id: str) -> Sequence[StoredPost]:
        """Return all versions of a post, oldest first."""
        lying = self._shelf.find([post_id]).get(post_id)
        return [] if lying is None else versions_of(lying)

    def posts_since(self, since: Millis) -> Iterator[Post]:
        """Yield the newest version of every post collected since that is not erased, in the order of collection."""
        return post_reads.newest_since(self._elastic, self._shelf, since)

    def newest_post(self) -> Post | None:
        """Return the newest version of the stored post that spoke last."""
        return post_reads.newest_of_all(self._elastic)

    def mentions(self, unit: str, since: Millis, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
        """
        Yield a unit's mentions collected since, with the versions that they mention, in the order of the fold.

        Read from the beginning it is a reload: `commit` refuses from then on what does not know of a merge that was
        voided later.
        """
        if since <= 0 and after_order < 0:
            voided = merges.voids(self._elastic, [unit]).get(unit, 0)
            with self._guard:
                self._loaded[unit] = voided
        yield from post_reads.mentions_in_order(self._elastic, self._shelf, unit, since, after_order)

    def members(self, unit: str, group: str) -> Sequence[Mention]:
        """Return the mentions of a group that have not lapsed, in the order of the fold."""
        return post_reads.mentions_of_group(self._elastic, unit, group)

    def mentions_of(self, unit: str, post_id: str) -> Sequence[Mention]:
        """Return a unit's mentions of one post, all versions, lapsed ones too."""
        return post_reads.mentions_of_post(self._elastic, unit, post_id)

    def opinions(self, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
        """Return opinions that this model has already given of the same texts."""
        return opinions_on(self._elastic, text_hashes, model)

    def group(self, unit: str, group: str) -> GroupView | None:
        """Return one group as the desk lists it; an absorbed one as the group that it is part of."""
        return groups.view_of_group(self._elastic, unit, group)

    def merges(self, unit: str) -> Sequence[GroupMerge]:
        """Return every merge of groups that the machine has made, in order."""
        return merges.merges_of(self._elastic, unit)

    def proposals(self, unit: str) -> Sequence[MergeProposal]:
        """Return every merge of two opened incidents that the machine ever proposed, in order."""
        return merges.proposals_of(self._elastic, unit)

    def groups(self, unit: str, *, todo_only: bool, cursor: str | None, limit: int) -> Page:
        """Return a page of groups, newest first; `todo_only` leaves those that ask for a person."""
        return groups.page_of_groups(self._elastic, unit, todo_only=todo_only, cursor=cursor, limit=limit)

    def changed_groups(
        self, unit: str, after_change: int, until_change: int | None = None
    ) -> tuple[int, Sequence[GroupView]]:
        """Return the newest change and the unit's groups that changed behind the given one, in order of change."""
        return groups.changed_between(self._elastic, self._sequences, unit, after_change, until_change)

    def newest_change(self, unit: str) -> int:
        """Return the number of the unit's newest change of a group; 0 where it has no group."""
        return groups.newest_change(self._elastic, self._sequences, unit)

    def needs(self, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
        """Return mentions whose opinion says that help is needed, newest first."""
        return post_reads.pleas(self._elastic, self._shelf, unit, limit)

    def search(self, unit: str, term: str, *, since: Millis, until: Millis, limit: int) -> Sequence[Post]:
        """Return posts that contain the term exactly, newest first: those that the unit mentions, or "*" for all."""
        return search.newest_with(self._elastic, search.Wanted(unit, term, since, until), limit)

    def count(self, unit: str, term: str, *, since: Millis, until: Millis) -> int:
        """Return how many of those posts contain the term exactly."""
        return search.count_with(self._elastic, search.Wanted(unit, term, since, until))

    def daily(self, unit: str, since_day: int, until_day: int) -> Sequence[tuple[int, str, int]]:
        """Return (day, service line or "", posts); the last day is left out."""
        return daily.counts_by_day(self._elastic, unit, since_day, until_day)

    def erased(self, ids: Iterable[str]) -> frozenset[str]:
        """Return which of the ids are on the erasure list."""
        return erasure.erased_among(self._elastic, ids)

    def erase(self, post_ids: frozenset[str], at: Millis) -> Mapping[str, int]:
        """Text, title, address and salt of the posts are gone from every byte; the ids are on the erasure list."""
        return erasure.erase_posts(self._elastic, self._shelf, post_ids, at, then=self._expunge)

    def drop_parts(
        self,
        before_unmentioned: Millis,
        before_mentioned: Millis,
        keep: frozenset[tuple[str, str]],
        keep_posts: frozenset[str] = frozenset(),
    ) -> int:
        """Posts over age are gone, but not those to keep, of (unit, group) pairs or by id; returns how many went."""
        ages = retention.Ages(weeks=before_unmentioned, months=before_mentioned)
        ending = retention.Retention(self._elastic, self._shelf, self._sequences)
        gone = ending.drop_parts(ages, (keep, keep_posts))
        erasure.prove_erasures(self._elastic, self._shelf, then=self._expunge)
        return gone

    def rebuild_groups(self, unit: str, rows: Sequence[GroupRow]) -> None:
        """The unit's group rows are exactly these."""
        groups.replace_rows(self._elastic, self._sequences, unit, rows)

    def _committing(self) -> Committing:
        with self._guard:
            loaded = dict(self._loaded)
        return Committing(self._elastic, self._shelf, self._batches, self._sequences, self._positions, loaded)
