"""
The worker: posts from the bus become stored posts, mentions and groups; then the alert rules are asked.

One step is one commit, the position with it (MECHANICS §3). On the embedded profile one worker runs both halves; on the
cluster the same parts are two, with a bus between them: finder.py and grouper.py.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .crash_point import crash_point
from .domain.errors import StaleWorker, StoreUnavailable
from .domain.watch import Watch
from .domain.watch_rule import WatchRule
from .means import BATCH, Asking, Step, Stores
from .memories import Memories
from .ports import Classifier, Clock, Position
from .reading import Read, Reading, offered_to
from .stages.match import Matcher
from .stages.watching import PostMatcher
from .workflow.burial import Burial

__all__ = ["BATCH", "Asking", "Step", "Stores", "Worker"]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Worker:
    """Works the bus, one step at a time. There is one worker per store; the lease that says so is the caller's."""

    stores: Stores
    classifier: Classifier
    clock: Clock
    asking: Asking
    watch: Watch
    burial: Burial
    matcher_of: Callable[[Sequence[WatchRule]], PostMatcher] = Matcher
    _reading: Reading = field(init=False)
    _memories: Memories = field(init=False)
    _reported: str = ""

    def __post_init__(self) -> None:
        """Both halves' parts work with what this worker has."""
        self._reading, self._memories = Reading(self), Memories(self)

    def load(self) -> int:
        """Memory and rows are derived again, and the alert rules have been asked for all groups; returns these."""
        self._memories.drop()
        for unit in self.watch.units:
            self._memories.derive_rows(unit)
        return self.ask_all()

    def ask_all(self) -> int:
        """The alert rules have been asked for all live groups; returns how many there are."""
        owed = self._memories.owe_all(self.watch.units)
        self._memories.ask_owed()
        return owed

    def follow_splits(self, unit: str) -> None:
        """Where people have moved mentions to other groups, the memory and the rows say so too."""
        self._memories.follow_splits(unit)

    def change_watch(self, watch: Watch) -> None:
        """From the next step on these rules and places hold; what is stored keeps the versions it has."""
        if watch == self.watch:
            return
        self.watch = watch
        self._reading.forget_watch()
        self._memories.drop()
        self._memories.keep_owing(watch.units.__contains__)

    def step(self) -> Step:
        """
        Work the next posts of the bus, at most BATCH of them.

        Raises StoreUnavailable where a store refuses (nothing of the step is stored) or where the budget of
        unworkable records is used up.
        """
        self._memories.ask_owed()
        delivered = self.stores.bus.read(self._position(), BATCH)
        if not delivered:
            return Step()
        buried = self.burial.bury_unreadable(delivered)
        read = self._reading.read([item.post for item in delivered if item.post is not None])
        new = self._commit(read, delivered[-1].after)
        if new is None:
            return Step(read=len(delivered), buried=buried, stale=True)
        self._memories.ask_owed()
        return Step(len(delivered), len(read.arrivals), new, buried)

    def _commit(self, read: Read, to: Position) -> int | None:
        """Everything is folded and stored, or the memory is dropped with it; None means that this worker is stale."""
        offered = {unit: offered_to(unit, read) for unit in self.watch.units}
        try:
            work, touched = self._memories.work(offered, read.posts, to)
            self.stores.tokens.add({post.id: post.tokens for post in read.posts if post.tokens})
            crash_point("worker.before_commit")
            new = self.stores.posts.commit(work)
        except StaleWorker:
            log.warning("worker.stale: another worker holds this partition; the memory is dropped and loaded again")
            self._memories.drop()
            return None
        except StoreUnavailable:
            self._memories.drop()
            raise
        crash_point("worker.after_commit")
        self._memories.stored(work, touched, new)
        self._memories.owe_hourly(max((post.collected_at for post in work.posts), default=0), self.watch.units)
        return new

    def _position(self) -> Position | None:
        stream = self.stores.bus.stream
        position = self.stores.posts.position(stream, 0)
        if position is None:
            known = self.stores.posts.known_streams()
            if known and stream != self._reported:
                self._reported = stream
                log.warning("worker.new_stream: stream %s is unknown here; it is read from its beginning", stream)
        return position
