"""
The finder, the first half of the worker on the cluster: posts from the bus are stored, and units are told of them.

One step works records of one partition (MECHANICS §3): posts and their heads are stored, what was found goes to the
mentions bus, and the position moves when the broker has acknowledged that. Cut off in between, the records come again;
what was found of them is then told again, and the second half skips what a unit has heard.
`_uncertain` says how many records of a partition may have been stored by whoever held it before.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .ahead import Ahead, Next
from .crash_point import crash_point
from .domain.errors import StaleWorker, StoreUnavailable
from .domain.found import Found, rule_met
from .domain.post import Post
from .domain.watch import Watch
from .domain.watch_rule import WatchRule
from .holding import Holding
from .means import BATCH, Step, Stores
from .ports import Classifier, Delivered, Head, MentionBus, Position, Work
from .reading import Read, Reading, of_unit
from .stages.match import Match, Matcher
from .stages.watching import AN_ANSWER, PostMatcher
from .workflow.burial import Burial

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Finder:
    """Reads posts and tells units of them, one step at a time, for the partitions of posts that this process holds."""

    stores: Stores
    mentions: MentionBus
    classifier: Classifier
    watch: Watch
    burial: Burial
    matcher_of: Callable[[Sequence[WatchRule]], PostMatcher] = Matcher
    _reading: Reading = field(init=False)
    _holding: Holding = field(init=False)
    _ahead: Ahead = field(init=False)
    _uncertain: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Its parts work with what it has."""
        self._reading = Reading(self)
        self._holding = Holding(self.stores.bus, self.stores.posts, lambda: self.mentions.stream)
        self._ahead = Ahead(lambda: self.stores.bus)

    def change_watch(self, watch: Watch) -> None:
        """From the next step on these rules hold; who was told before is told of edits whatever the rules are."""
        if watch != self.watch:
            self.watch = watch
            self._reading.forget_watch()

    def step(self) -> Step:
        """
        Work the next posts of one partition: of the one whose posts have waited longest.

        Raises StoreUnavailable where a store or the bus refuses, or where the budget of unworkable records is used up;
        the same records come again then.
        """
        moves = self._holding.follow()
        for partition in (*moves.gained, *moves.lost):
            self._uncertain[partition] = BATCH
            self._ahead.forget(partition)
        found = self._ahead.next(self._holding.in_turn(), lambda partition: self._uncertain[partition])
        return Step() if found is None else self._work(found)

    def _work(self, found: Next) -> Step:
        position, to = found.position, found.delivered[-1].after
        try:
            buried = self.burial.bury_unreadable(found.delivered)
            may_be_stored = _posts(found.ahead) if self._uncertain[position.partition] else ()
            read = self._reading.read(_posts(found.delivered), may_be_stored)
            self._store(read, position, to)
        except StaleWorker:
            log.warning(
                "finder.stale: another worker holds partition %d of the posts; this one leaves it", to.partition
            )
            self._holding.let_go(to.partition)
            return Step(read=len(found.delivered), stale=True)
        except StoreUnavailable:
            self._holding.let_go(to.partition)
            raise
        self._holding.moved(to)
        self._ahead.worked(found)
        self._uncertain[to.partition] = max(0, self._uncertain[to.partition] - len(found.delivered))
        return Step(len(found.delivered), len(read.arrivals), 0, buried)

    def _store(self, read: Read, position: Position, to: Position) -> None:
        """Posts are stored with whom they concern, these are told, and then the position moves."""
        found, reach = self._found(read)
        self.stores.tokens.add({post.id: post.tokens for post in read.posts if post.tokens})
        crash_point("finder.before_store")
        if found:
            self.stores.posts.commit(Work(read.posts, (), (), position, reach=reach))
            crash_point("finder.after_store")
            self.mentions.publish(found)
            crash_point("finder.after_publish")
        self.stores.posts.commit(Work(() if found else read.posts, (), (), to))

    def _found(self, read: Read) -> tuple[list[Found], Mapping[str, tuple[str, ...]]]:
        """Return what each unit is told, in order, and for which units each post was found by now."""
        reach = _reach(read.heads.values())
        told: dict[str, tuple[str, ...]] = {}
        found = []
        for post, met, opinion in read.telling():
            units = sorted(self._concerned(post, met, reach) & self.watch.units.keys())
            if units:
                reach.setdefault(post.id, set()).update(units)
                told[post.id] = tuple(sorted(reach[post.id]))
            found += [Found(unit, post, tuple(map(rule_met, of_unit(met, unit))), opinion) for unit in units]
        return found, told

    def _concerned(self, post: Post, met: Sequence[Match], reach: Mapping[str, set[str]]) -> set[str]:
        """Return whose rules the post meets, and who was told of an earlier version or of what it answers."""
        units = set(reach.get(post.id, ()))
        if tuple(met) == (AN_ANSWER,):
            return units | reach.get(post.thread or "", set())
        named = {match.rule.unit for match in met}
        return units | set(self.watch.units) if None in named else units | {unit for unit in named if unit}


def _posts(delivered: Iterable[Delivered]) -> list[Post]:
    return [item.post for item in delivered if item.post is not None]


def _reach(heads: Iterable[Head]) -> dict[str, set[str]]:
    """Return post id → the units for which it was found."""
    reach: dict[str, set[str]] = {}
    for head in heads:
        reach.setdefault(head.id, set()).update(head.units)
    return reach
