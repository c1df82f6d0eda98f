"""
Backfill: changed rules look at stored posts, and what they meet is grouped and searchable (MECHANICS §7, Rule changed).

A backfilled mention never opens, raises or notifies. Its member is silent by itself; beyond that the alert rules are
asked before anything is written, and a post with which they would want something more is left out and named.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from .domain.errors import BadInput
from .domain.group import GroupRow
from .domain.mention import Opinion
from .domain.post import Millis, Post
from .domain.watch import UnitWatch, Watch
from .ports import Classifier, Clock, Position, PosterTokens, PostStore, Work
from .recall import recall
from .stages.fold import Candidate, UnitMemory
from .stages.match import Match, Matcher
from .stages.watching import Watching
from .workflow.desk import Desk


@dataclass(frozen=True, slots=True)
class Backfilled:
    """How many posts were looked at and met, how many mentions that made, and which posts were left out."""

    looked_at: int
    posts: int
    mentions: int
    left_out: tuple[str, ...] = ()


@dataclass(slots=True)
class Backfill:
    """Writes backfilled mentions. The caller holds the `work` lease; `holds` says whether he still does."""

    posts: PostStore
    tokens: PosterTokens
    classifier: Classifier
    desk: Desk
    clock: Clock
    holds: Callable[[], bool]

    def apply(self, watch: UnitWatch, since: Millis) -> Backfilled:
        """
        Every post collected since that a rule of the unit meets has a mention; returns what was written.

        A post that has one already, of whatever rule and version, stays as it was decided. Doing it again writes
        nothing more. Raises BadInput (PRC-102) where the lease was lost: what is written stands, the rest is not.
        """
        watching = Watching(Watch({watch.unit: watch}), Matcher)
        memory = self._memory(watch)
        looked_at = posts = mentions = 0
        left_out: list[str] = []
        for post in self.posts.posts_since(since):
            looked_at += 1
            matches = watching.met_by(post)
            if not matches or memory.knows(post.id) or self.posts.mentions_of(watch.unit, post.id):
                continue
            written = self._write(memory, post, matches)
            if written is None:
                left_out.append(post.id)
                memory = self._memory(watch)  # the old one holds the post that was left out
            else:
                posts, mentions = posts + 1, mentions + written
        return Backfilled(looked_at, posts, mentions, tuple(left_out))

    def _write(self, memory: UnitMemory, post: Post, matches: Sequence[Match]) -> int | None:
        """The post's mentions and its group's row are stored; None where it must be left out."""
        unit = memory.unit
        tokens = self.tokens.of([post.id]).get(post.id, ())
        candidate = Candidate(replace(post, tokens=tokens), tuple(matches), self._opinion(post), backfilled=True)
        folded = memory.fold(candidate, self.desk.head(unit))
        group = memory.group_of(post.id)
        rows = [memory.row(group)] if group else []
        if self._would_raise(unit, rows):
            return None
        if not self.holds():
            raise BadInput(
                "another process took the 'work' lease while this one stood still; what was written stands. "
                "Stop the other, then run the same replay again",
                code="PRC-102",
            )
        return self.posts.commit(Work((), folded.mentions, rows, self._position()))

    def _would_raise(self, unit: str, rows: Sequence[GroupRow]) -> bool:
        """Whether an alert rule wants something of the group with the post that it does not want without it."""
        stored = [view.row for row in rows if (view := self.posts.group(unit, row.id))]
        wanted_before = self.desk.wants(unit, stored)
        return any(command not in wanted_before for command in self.desk.wants(unit, rows))

    def _opinion(self, post: Post) -> Opinion:
        known = self.posts.opinions([post.version], self.classifier.model).get(post.version)
        return known or self.classifier.opinions([(post.title, post.text)])[0]

    def _memory(self, watch: UnitWatch) -> UnitMemory:
        unit = watch.unit
        memory = UnitMemory(unit, watch.places, partial(self.desk.standing, unit), watch.lines, watch.conduct)
        recall(memory, self.posts, self.tokens, self.clock.now())
        return memory

    def _position(self) -> Position:
        """Return a position that is reached already, so that the commit moves none."""
        stream = self.posts.known_streams()[-1]
        return self.posts.position(stream, 0) or Position(stream, 0, 0)
