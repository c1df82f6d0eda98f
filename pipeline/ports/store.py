"""Posts, mentions and groups: what the worker commits, and every read of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import NOTHING, Found, GroupMerge, MergeProposal
from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.people import GroupMark
from pipeline.domain.post import Millis, Post

from .bus import Position


@dataclass(frozen=True, slots=True)
class Head:
    """
    What `post_heads` answers: the id that a key has had since first sight, and the newest version.

    `units` are those for which the post was ever found, sorted, as `Work.reach` said: whom an edit of it concerns, or
    an office's answer to it.
    """

    id: str
    first_at: Millis
    newest: str
    units: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """
    What one step of the worker writes together, the position last.

    `lapsed` are keys of mentions that have ended after the step; `revived` those of mentions that were met again, with
    the order of the fold in which they were. `found` are groups that turned out to be one matter: an absorbed group has
    no row any more. `gone` says of posts since when they are gone at their source; None: they are there again. `reach`
    says for which units posts were found: the heads of the work's posts keep it, beside what they knew before.
    `position` is None where the work is no step of a stream; then it is asked of no partition's holder.
    """

    posts: Sequence[Post]
    mentions: Sequence[Mention]
    groups: Sequence[GroupRow]
    position: Position | None
    lapsed: Sequence[tuple[str, str, str, str, str]] = ()
    gone: Sequence[tuple[str, Millis | None]] = ()
    revived: Sequence[tuple[tuple[str, str, str, str, str], int]] = ()
    found: Found = NOTHING
    reach: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredPost:
    """A version of a post with its place in time. `erased` posts keep their id and times only."""

    post: Post
    is_newest: bool
    erased: bool = False
    gone_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as the desk lists it: the machine's row, and the mark that people left on it."""

    row: GroupRow
    mark: GroupMark | None
    is_todo: bool


@dataclass(frozen=True, slots=True)
class Page:
    """A cursor page of groups, newest first; `cursor` None means that nothing follows."""

    rows: Sequence[GroupView]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class ErasureReceipt:
    """What an erasure reached: which ids, where, when the last copy on the bus ends, which mails were already sent."""

    ids: tuple[str, ...]
    at: Millis
    reached: Mapping[str, int] = field(default_factory=dict)
    bus_copies_end_at: Millis | None = None
    mails_already_sent: tuple[str, ...] = ()


class PostStore(Protocol):
    """Posts, mentions and groups: what the worker commits, and every read of them. The unit is first in every key."""

    def position(self, stream: str, partition: int) -> Position | None:
        """Return how far the commits of this stream have come."""

    def take(self, stream: str, partition: int) -> Position | None:
        """
        From now on this store instance is the only writer of what the partition brings; returns how far it has come.

        A commit whose position is of the partition, by an instance that took it earlier or never, raises StaleWorker
        and changes nothing. Where nobody ever took a partition, everybody's commits are taken (embedded: the `work`
        lease says who writes).
        """

    def known_streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position here, oldest first."""

    def heads(self, keys: Iterable[str]) -> Mapping[str, Head]:
        """Return the heads that are known of the keys (native ids and addresses, hashed)."""

    def commit(self, work: Work) -> int:
        """
        Everything of the work is stored once, and the position has moved; returns how many mentions were new.

        A post version or mention that exists is a repeat and is skipped. Erased ids are not written.
        Raises StaleWorker where a mention or a merge exists with another decision, where a new mention joins a group
        that was absorbed before, where people decided about a merged group meanwhile, or where another instance has
        taken the position's partition: then nothing of it is stored.
        """

    def post(self, post_id: str, version: str | None = None) -> StoredPost | None:
        """Return a post by id, its newest version unless one is named."""

    def versions(self, post_id: str) -> Sequence[StoredPost]:
        """Return all versions of a post, oldest first."""

    def posts_since(self, since: Millis) -> Iterator[Post]:
        """
        Yield the newest version of every stored post collected since, in the order of collection, for a replay.

        Erased posts are left out. What is stored when this begins is yielded once each, as it stands when it is read.
        """

    def newest_post(self) -> Post | None:
        """Return the newest version of the stored post that spoke last; None where there is none, erased ones apart."""

    def mentions(self, unit: str, since: Millis, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
        """Yield a unit's mentions collected since, with their posts, in the order of the fold, for a reload."""

    def members(self, unit: str, group: str) -> Sequence[Mention]:
        """
        Return the mentions of a group that have not lapsed, in the order of the fold, each as it was decided.

        Those of the groups that it has absorbed are among them; an absorbed group's id answers with the same.
        """

    def mentions_of(self, unit: str, post_id: str) -> Sequence[Mention]:
        """Return a unit's mentions of one post, all versions, lapsed ones too."""

    def opinions(self, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
        """Return opinions that this model has already given of the same texts."""

    def group(self, unit: str, group: str) -> GroupView | None:
        """Return one group as the desk lists it; an absorbed group's id answers with the group that it is part of."""

    def merges(self, unit: str) -> Sequence[GroupMerge]:
        """Return every merge of groups that the machine has made, in order, for a reload and a rebuild."""

    def proposals(self, unit: str) -> Sequence[MergeProposal]:
        """Return every merge of two opened incidents that the machine ever proposed, in order, answered ones too."""

    def groups(self, unit: str, *, todo_only: bool, cursor: str | None, limit: int) -> Page:
        """Return a page of groups, newest first; `todo_only` leaves those that ask for a person."""

    def changed_groups(
        self, unit: str, after_change: int, until_change: int | None = None
    ) -> tuple[int, Sequence[GroupView]]:
        """
        Return the unit's groups that changed behind a change, in order, and the change to ask for next; 0 begins.

        Changes are numbers that only grow. A group counts as changed when its row or its mark did, and stands at its
        last change: where that lies behind `until_change`, it is left out.
        """

    def newest_change(self, unit: str) -> int:
        """Return the change that `changed_groups` ends with; 0 where the unit has no group."""

    def needs(self, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
        """Return mentions whose opinion says that help is needed, newest first."""

    def search(self, unit: str, term: str, *, since: Millis, until: Millis, limit: int) -> Sequence[Post]:
        """
        Return a unit's posts that contain the term exactly, newest first. Any term of at least one character.

        A unit's posts are those that it mentions, grouped or not; the unit "*" means all stored posts. Newest versions
        are searched, title and text each by itself, both folded as `domain.searchable` says. A post stands at the
        second at which it occurred first; `until` is left out.
        """

    def count(self, unit: str, term: str, *, since: Millis, until: Millis) -> int:
        """Return how many of a unit's posts contain the term exactly; "*" and times as in `search`."""

    def daily(self, unit: str, since_day: int, until_day: int) -> Sequence[tuple[int, str, int]]:
        """
        Return (day, service line or "", posts) from the roll-ups, without the last day; days as in `local_day`.

        A unit's post counts once, under the line of its first mention; under "*" every stored post, without a line.
        Roll-ups outlive the posts.
        """

    def erase(self, post_ids: frozenset[str], at: Millis) -> Mapping[str, int]:
        """Text, title, address and salt of the posts are gone from every table; the ids are on the erasure list."""

    def erased(self, ids: Iterable[str]) -> frozenset[str]:
        """Return which of the ids are on the erasure list."""

    def drop_parts(
        self,
        before_unmentioned: Millis,
        before_mentioned: Millis,
        keep: frozenset[tuple[str, str]],
        keep_posts: frozenset[str] = frozenset(),
    ) -> int:
        """
        Posts over age are gone, but not those of the (unit, group) pairs and the posts to keep; returns how many went.

        A post whose need is open has no group where `about` is false: it is kept by its id.
        """

    def rebuild_groups(self, unit: str, rows: Sequence[GroupRow]) -> None:
        """
        The unit's group rows are exactly these; whoever reads meanwhile sees each row as it was or as it is.

        The caller is the one writer of the unit's rows. Cut off in the middle, it is done again from the start.
        """
