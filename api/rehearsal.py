"""
A rehearsal: a stream of posts through the real worker over stores in memory, on the posts' own clock.

The verbs `dedupe`, `group` and `alerts` are this, so they say what the running service would have decided.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.event import Batch
from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis, Post
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule
from pipeline.runner import Worker
from pipeline.stages.match import Match

from . import bootstrap
from .bundled import bundled_lines
from .stores import Stores

UNIT = "rehearsal"
FOR_EVER: Millis = 1 << 60
EVERY_POST = WatchRule(id="every-post", unit=UNIT)


class FollowedClock:
    """Shows the time at which the last post was collected."""

    def __init__(self) -> None:
        self._now: Millis = 0

    def now(self) -> Millis:
        """Return the present moment of the stream."""
        return self._now

    def follow(self, at: Millis) -> None:
        """The clock shows this moment, or stays where it was later."""
        self._now = max(self._now, at)


class EveryPostMatches:
    """Takes every post as a mention, without a gate."""

    def __init__(self, _rules: Sequence[WatchRule]) -> None:
        self._match = (Match(EVERY_POST, ()),)

    def matches(self, _title: str, _text: str) -> tuple[Match, ...]:
        """Return the one rule that every post meets."""
        return self._match


def play(stores: Stores, worker: Worker, post: Post) -> None:
    """The post was worked over stores in memory, and is no longer on their bus."""
    stores.bus.publish([post])
    worker.step()
    done = stores.posts.position(stores.bus.stream, 0)
    if done is not None:
        stores.bus.trim(FOR_EVER, done)


@dataclass(frozen=True, slots=True)
class Push:
    """An alert that the stream would have raised."""

    incident: str
    level: int
    reason: str
    at: Millis
    posts: tuple[str, ...]


class Rehearsal:
    """Works posts one by one. Without rules every post is a mention; with rules, those that meet one."""

    def __init__(self, rules: Sequence[WatchRule] | None) -> None:
        self._clock = FollowedClock()
        self.stores: Stores = bootstrap.memory_stores(self._clock)
        watched = tuple(rules) if rules is not None else (EVERY_POST,)
        own = tuple(bootstrap.of_unit(rule, UNIT) for rule in watched)
        watch = Watch({UNIT: UnitWatch(UNIT, own, lines=bundled_lines())})
        self._worker = bootstrap.open_rehearsed_worker(
            self.stores, watch, None if rules is not None else EveryPostMatches
        )
        self._seq = 0

    def work(self, post: Post) -> Mention | None:
        """The post is worked; returns its mention, None where no rule met it."""
        self._clock.follow(post.collected_at)
        play(self.stores, self._worker, post)
        known = self.stores.posts.heads(post.heads)
        ids = [known[key].id for key in post.heads if key in known]
        mentions = self.stores.posts.mentions_of(UNIT, ids[0]) if ids else ()
        return mentions[-1] if mentions else None

    def group_of(self, mention: Mention) -> str | None:
        """Return the group that a mention belongs to by now, None where it is only stored."""
        view = self.stores.posts.group(UNIT, mention.group) if mention.group else None
        return view.row.id if view else None

    def pushes(self) -> Iterator[Push]:
        """Yield the alerts that were raised since the last call."""
        for batch in self.stores.log.read(UNIT, self._seq):
            self._seq = batch.seq
            yield from self._of(batch)

    def _of(self, batch: Batch) -> Iterator[Push]:
        for notice in batch.notices:
            incident = self.stores.log.incident(UNIT, notice.incident)
            groups = incident.groups if incident else ()
            members = [mention for group in groups for mention in self.stores.posts.members(UNIT, group)]
            posts = tuple(dict.fromkeys(mention.post for mention in members))
            yield Push(notice.incident, notice.level, notice.why, notice.at, posts)
