"""Posts, mentions and groups in memory: for tests, and for verbs that keep nothing."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from pipeline.domain.errors import StaleWorker
from pipeline.domain.group import GroupRow
from pipeline.domain.group_merge import GroupMerge, MergeProposal
from pipeline.domain.local_day import day_of
from pipeline.domain.mention import NO_OPINION, Mention, Opinion
from pipeline.domain.part import needs_its_post
from pipeline.domain.people import GroupMark, is_todo
from pipeline.domain.post import Millis, Post
from pipeline.ports import GroupView, Head, Page, Position, StoredPost, Work

from .merges import Merges
from .pages import behind_of, newest
from .positions import Positions
from .shelf import Shelf

ALL_UNITS = "*"
_Key = tuple[str, str, str, str, str]


class MemoryPostStore:
    """A post store that is gone with the process; one thread uses it. `leave_marks` is the log's way to write here."""

    def __init__(self) -> None:
        self._positions = Positions()
        self._heads: dict[str, Head] = {}
        self._shelf = Shelf()
        self._mentions: dict[_Key, Mention] = {}
        self._opinions: dict[tuple[str, str], Opinion] = {}
        self._groups: dict[tuple[str, str], tuple[GroupRow, int]] = {}
        self._marks: dict[tuple[str, str], GroupMark] = {}
        self._daily: Counter[tuple[str, int, str]] = Counter()
        self._erased: dict[str, Millis] = {}
        self._merges = Merges()
        self._change = 0

    def position(self, stream: str, partition: int) -> Position | None:
        """Return how far the commits of this stream have come."""
        return self._positions.reached(stream, partition)

    def take(self, stream: str, partition: int) -> Position | None:
        """From now on this instance is the only writer of what the partition brings; returns how far it has come."""
        return self._positions.take(stream, partition, self)

    def beside(self) -> "MemoryPostStore":
        """Return another instance over the same posts, as another process has one: what it takes is its own."""
        other = MemoryPostStore()
        other.__dict__ = self.__dict__
        return other

    def known_streams(self) -> Sequence[str]:
        """Return every stream that ever moved a position here, oldest first."""
        return self._positions.streams()

    def heads(self, keys: Iterable[str]) -> Mapping[str, Head]:
        """Return the heads that are known of the keys."""
        return {key: self._heads[key] for key in keys if key in self._heads}

    def commit(self, work: Work) -> int:
        """Everything of the work is stored once, the position last; returns how many mentions were new."""
        self._positions.refuse_stale(work.position, self)
        new = self._new_mentions([mention for mention in work.mentions if mention.post not in self._erased])
        self._merges.refuse_stale(work.found, new, self._marks)
        for post in [each for each in work.posts if each.id not in self._erased]:
            self._store(post, work.reach.get(post.id, ()))
        for mention in new:
            self._add_mention(mention)
        for key, order in [each for each in work.revived if each[0] in self._mentions]:
            again = max(order, self._mentions[key].again)
            self._mentions[key] = replace(self._mentions[key], lapsed=False, again=again)
        for key in self._mentions.keys() & set(work.lapsed):
            self._mentions[key] = replace(self._mentions[key], lapsed=True)
        for post_id, at in work.gone:
            self._shelf.mark_gone(post_id, at)
        self._merges.add(work.found)
        for merge in work.found.merges:
            self._groups.pop(merge.key, None)
        self._write_rows(work.groups)
        self._positions.move(work.position)
        return len(new)

    def post(self, post_id: str, version: str | None = None) -> StoredPost | None:
        """Return a post by id, its newest version unless one is named."""
        versions = self.versions(post_id)
        if version is None:
            return versions[-1] if versions else None
        return next((stored for stored in versions if stored.post.version == version), None)

    def versions(self, post_id: str) -> Sequence[StoredPost]:
        """Return all versions of a post, oldest first."""
        return self._shelf.versions(post_id)

    def posts_since(self, since: Millis) -> Iterator[Post]:
        """Yield the newest version of every post collected since that is not erased, in the order of collection."""
        kept = (self.post(post_id) for post_id in self._shelf.collected_since(since))
        yield from (stored.post for stored in kept if stored is not None and not stored.erased)

    def newest_post(self) -> Post | None:
        """Return the newest version of the stored post that spoke last."""
        return max(self.posts_since(0), key=lambda post: (post.occurred_at // 1_000, post.id), default=None)

    def mentions(self, unit: str, since: Millis, after_order: int = -1) -> Iterator[tuple[Mention, Post]]:
        """Yield a unit's mentions collected since, with the versions that they mention, in the order of the fold."""
        for mention in self._in_order(unit):
            post = self._mentioned(mention)
            if mention.order > after_order and mention.collected_at >= since and post is not None:
                yield mention, post

    def members(self, unit: str, group: str) -> Sequence[Mention]:
        """Return the mentions of a group that have not lapsed, in the order of the fold."""
        parts = self._merges.parts(unit, group)
        return [mention for mention in self._in_order(unit) if mention.group in parts and not mention.lapsed]

    def mentions_of(self, unit: str, post_id: str) -> Sequence[Mention]:
        """Return a unit's mentions of one post, all versions, lapsed ones too."""
        return [mention for mention in self._in_order(unit) if mention.post == post_id]

    def opinions(self, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
        """Return opinions that this model has already given of the same texts."""
        known = ((text_hash, self._opinions.get((text_hash, model))) for text_hash in text_hashes)
        return {text_hash: opinion for text_hash, opinion in known if opinion is not None}

    def group(self, unit: str, group: str) -> GroupView | None:
        """Return one group as the desk lists it."""
        now = (unit, self._merges.now(unit, group))
        return self._view(now) if now in self._groups else None

    def merges(self, unit: str) -> Sequence[GroupMerge]:
        """Return every merge of groups that the machine has made, in order."""
        return self._merges.merges(unit)

    def proposals(self, unit: str) -> Sequence[MergeProposal]:
        """Return every merge of two opened incidents that the machine ever proposed, in order."""
        return self._merges.proposals(unit)

    def groups(self, unit: str, *, todo_only: bool, cursor: str | None, limit: int) -> Page:
        """Return a page of groups, newest first; `todo_only` leaves those that ask for a person."""
        views = sorted((self._view(key) for key in self._groups if key[0] == unit), key=newest, reverse=True)
        behind = behind_of(cursor)
        wanted = [v for v in views if (v.is_todo or not todo_only) and (behind is None or newest(v) < behind)]
        shown = wanted[:limit]
        follows = len(wanted) > limit and bool(shown)
        return Page(shown, f"{shown[-1].row.last_at}.{shown[-1].row.id}" if follows else None)

    def changed_groups(
        self, unit: str, after_change: int, until_change: int | None = None
    ) -> tuple[int, Sequence[GroupView]]:
        """Return the newest change and the unit's groups that changed behind the given one, in order of change."""
        until = self._change if until_change is None else until_change
        of_unit = ((change, key) for key, (_, change) in self._groups.items() if key[0] == unit)
        changed = sorted(each for each in of_unit if after_change < each[0] <= until)
        return (changed[-1][0] if changed else after_change), [self._view(key) for _, key in changed]

    def newest_change(self, unit: str) -> int:
        """Return the number of the unit's newest change of a group; 0 where it has no group."""
        return max((change for key, (_, change) in self._groups.items() if key[0] == unit), default=0)

    def needs(self, unit: str, limit: int) -> Sequence[tuple[Mention, Post]]:
        """Return mentions whose opinion says that help is needed, newest first."""
        pleas = [m for m in self._in_order(unit) if m.opinion.need.label is True and not m.lapsed]
        pleas.sort(key=lambda mention: mention.occurred_at)
        with_posts = ((mention, self._mentioned(mention)) for mention in reversed(pleas))
        return [(mention, post) for mention, post in with_posts if post is not None][:limit]

    def search(self, unit: str, term: str, *, since: Millis, until: Millis, limit: int) -> Sequence[Post]:
        """Return posts that contain the term exactly, newest first: those that the unit mentions, or "*" for all."""
        return self._shelf.with_term(None if unit == ALL_UNITS else unit, term, (since, until))[:limit]

    def count(self, unit: str, term: str, *, since: Millis, until: Millis) -> int:
        """Return how many of those posts contain the term exactly."""
        return len(self._shelf.with_term(None if unit == ALL_UNITS else unit, term, (since, until)))

    def daily(self, unit: str, since_day: int, until_day: int) -> Sequence[tuple[int, str, int]]:
        """Return (day, service line or "", posts) from the roll-ups; the last day is left out."""
        return sorted(
            (day, line, posts)
            for (of, day, line), posts in self._daily.items()
            if of == unit and since_day <= day < until_day
        )

    def erase(self, post_ids: frozenset[str], at: Millis) -> Mapping[str, int]:
        """Text, title, address and salt of the posts are gone; the ids are on the erasure list."""
        for post_id in post_ids:
            self._erased.setdefault(post_id, at)
        posts, versions = self._shelf.erase(post_ids)
        quoting = [key for key, mention in self._mentions.items() if mention.post in post_ids and mention.hits]
        self._forget_opinions(post_ids)
        for key in quoting:
            self._mentions[key] = replace(self._mentions[key], hits=())
        return {"posts": posts, "versions": versions, "mentions": len(quoting)}

    def erased(self, ids: Iterable[str]) -> frozenset[str]:
        """Return which of the ids are on the erasure list."""
        return frozenset(post_id for post_id in ids if post_id in self._erased)

    def drop_parts(
        self,
        before_unmentioned: Millis,
        before_mentioned: Millis,
        keep: frozenset[tuple[str, str]],
        keep_posts: frozenset[str] = frozenset(),
    ) -> int:
        """Posts over age are gone, but not those to keep, of (unit, group) pairs or by id; returns how many went."""
        kept = frozenset(m.post for m in self._mentions.values() if self._now(m) in keep)
        gone = self._shelf.drop(before_unmentioned, before_mentioned, kept | keep_posts)
        self._forget_opinions(gone)
        touched = {self._now(mention) for mention in self._mentions.values() if mention.post in gone}
        self._mentions = {key: mention for key, mention in self._mentions.items() if mention.post not in gone}
        empty = touched - {self._now(mention) for mention in self._mentions.values()}
        self._groups = {key: value for key, value in self._groups.items() if key not in empty}
        return len(gone)

    def rebuild_groups(self, unit: str, rows: Sequence[GroupRow]) -> None:
        """The unit's group rows are exactly these."""
        ids = {row.id for row in rows}
        self._groups = {key: value for key, value in self._groups.items() if key[0] != unit or key[1] in ids}
        self._write_rows(rows)

    def leave_marks(self, unit: str, marks: Sequence[GroupMark]) -> None:
        """The groups carry the marks that people left on them; the live view sees them as changed."""
        self._change += 1
        for mark in marks:
            self._marks[unit, mark.group] = mark
            if (unit, mark.group) in self._groups:
                self._groups[unit, mark.group] = (self._groups[unit, mark.group][0], self._change)

    def move_mentions(self, unit: str, moved: Mapping[str, str]) -> None:
        """The mentions of posts that a person split off have the group that he gave them."""
        for key, mention in self._mentions.items():
            if mention.unit == unit and mention.post in moved and mention.group is not None:
                self._mentions[key] = replace(mention, group=moved[mention.post])

    def _now(self, mention: Mention) -> tuple[str, str]:
        """Return the unit and the group that the mention belongs to by now, "" where it has none."""
        return (mention.unit, self._merges.now(mention.unit, mention.group or ""))

    def _new_mentions(self, mentions: Sequence[Mention]) -> list[Mention]:
        new: dict[_Key, Mention] = {}
        for mention in mentions:
            known = self._mentions.get(mention.key) or new.get(mention.key)
            if known is None:
                new[mention.key] = mention
            elif known.decision != mention.decision:
                raise StaleWorker(
                    f"post {mention.post} has a mention of {mention.unit} with another decision; "
                    "drop this unit's memory and load it again"
                )
        return list(new.values())

    def _store(self, post: Post, units: tuple[str, ...]) -> None:
        if self._shelf.see(post):
            self._daily[ALL_UNITS, day_of(post.occurred_at), ""] += 1
        newest = self._shelf.versions(post.id)[-1].post.version
        for key in post.heads:
            head = self._heads.setdefault(key, Head(post.id, post.collected_at, newest))
            if head.id == post.id:
                known = tuple(sorted({*head.units, *units}))
                self._heads[key] = replace(head, newest=newest, units=known)

    def _add_mention(self, mention: Mention) -> None:
        self._mentions[mention.key] = mention
        if mention.opinion.model != NO_OPINION.model:
            self._opinions.setdefault((mention.version, mention.opinion.model), mention.opinion)
        if self._shelf.is_mentioned_by(mention.post, mention.unit, matters=needs_its_post(mention)):
            self._daily[mention.unit, day_of(mention.occurred_at), mention.service_line or ""] += 1

    def _write_rows(self, rows: Sequence[GroupRow]) -> None:
        self._change += 1
        for row in rows:
            known = self._groups.get((row.unit, row.id))
            if known is None or known[0] != row:
                self._groups[row.unit, row.id] = (row, self._change)

    def _forget_opinions(self, posts: frozenset[str]) -> None:
        texts = {mention.version for mention in self._mentions.values() if mention.post in posts}
        self._opinions = {key: opinion for key, opinion in self._opinions.items() if key[0] not in texts}

    def _in_order(self, unit: str) -> list[Mention]:
        return sorted((m for m in self._mentions.values() if m.unit == unit), key=lambda mention: mention.order)

    def _mentioned(self, mention: Mention) -> Post | None:
        stored = self.post(mention.post, mention.version) or self.post(mention.post)
        return stored.post if stored else None

    def _view(self, key: tuple[str, str]) -> GroupView:
        row, mark = self._groups[key][0], self._marks.get(key)
        return GroupView(row, mark, is_todo=is_todo(mark, row))
