"""
The grouper, the second half of the worker on the cluster: what was found becomes mentions and groups, unit by unit.

One step works records of one partition of the mentions bus, and is one commit, the position with it (MECHANICS §3).
Whoever holds a unit's partition is the one writer of the unit: he loads its memory, derives its rows, and asks the
alert rules, for units that nobody speaks of too.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .crash_point import crash_point
from .domain.errors import StaleWorker, StoreUnavailable
from .domain.found import Found
from .domain.post import Millis
from .domain.watch import Watch
from .holding import Holding
from .means import BATCH, Asking, Step, Stores
from .memories import HOUR, Memories
from .ports import Clock, DeliveredFound, MentionBus, Position, Work
from .stages.fold import Candidate
from .workflow.burial import Burial

log = logging.getLogger(__name__)

LOADED_PER_STEP = 50
"""So many units are loaded before a step reads on: a process that takes over hundreds answers its broker meanwhile."""


@dataclass(slots=True)
class Grouper:
    """Groups what was found, one step at a time, for the units whose partitions this process holds."""

    stores: Stores
    mentions: MentionBus
    clock: Clock
    asking: Asking
    watch: Watch
    burial: Burial
    _memories: Memories = field(init=False)
    _holding: Holding = field(init=False)
    _to_load: dict[str, None] = field(default_factory=dict)
    _proved: set[int] = field(default_factory=set)
    _strange: Position | None = None
    _idle_hour: Millis = 0

    def __post_init__(self) -> None:
        """Its parts work with what it has."""
        self._memories = Memories(self, self._prove)
        self._holding = Holding(self.mentions, self.stores.posts, lambda: self.stores.bus.stream)

    @property
    def units(self) -> Sequence[str]:
        """The units of which this process is the one writer now."""
        return [unit for unit in self.watch.units if self._is_ours(unit)]

    def load(self) -> None:
        """Before the next steps read on, the memories and rows of all units held here are derived again."""
        self._memories.drop()
        self._to_load |= dict.fromkeys(self.units)

    def follow_splits(self, unit: str) -> None:
        """Where people have moved mentions to other groups, the memory and the rows say so too."""
        if self._is_ours(unit) and unit in self.watch.units:
            self._proved.clear()
            try:
                self._memories.follow_splits(unit)
            except StaleWorker:
                self._leave_stale(self.mentions.partition_of(unit))

    def change_watch(self, watch: Watch) -> None:
        """From the next step on these places and lines hold; units for which nothing changed keep their memory."""
        if watch == self.watch:
            return
        before, self.watch = self.watch.units, watch
        changed = {unit for unit in {*before, *watch.units} if before.get(unit) != watch.units.get(unit)}
        self._memories.drop(changed.__contains__)
        self._memories.keep_owing(watch.units.__contains__)
        self._to_load = {unit: None for unit in self._to_load if unit in watch.units}
        self._to_load |= dict.fromkeys(unit for unit in self.units if unit in changed)

    def ask_all(self) -> int:
        """The alert rules are owed all groups of the units that are loaded here; returns how many there are."""
        return self._memories.owe_all(self._loaded())

    def step(self) -> Step:
        """
        Load units that wait for it, ask what is owed, and work the next findings of the partition whose turn it is.

        Raises StoreUnavailable where a store refuses (nothing of the step is stored) or where the budget of
        unworkable records is used up.
        """
        self._follow()
        self._load_some()
        self._memories.ask_owed()
        for position in self._holding.in_turn():
            if delivered := self.mentions.read(position, BATCH):
                return self._work(position, delivered)
        self._owe_when_idle()
        return Step()

    def _follow(self) -> None:
        """Units of partitions that are another's are forgotten; those of partitions taken just now are to be loaded."""
        moves = self._holding.follow()
        if not (moves.gained or moves.lost):
            return
        self._leave(frozenset((*moves.gained, *moves.lost)))
        self._to_load |= dict.fromkeys(
            unit for unit in self.watch.units if self.mentions.partition_of(unit) in moves.gained
        )

    def _leave(self, partitions: frozenset[int]) -> None:
        """Nothing is kept of the partitions' units: another may write them from now on."""
        self._memories.drop(lambda unit: self.mentions.partition_of(unit) in partitions)
        self._memories.keep_owing(lambda unit: self.mentions.partition_of(unit) not in partitions)
        self._to_load = {unit: None for unit in self._to_load if self.mentions.partition_of(unit) not in partitions}

    def _load_some(self) -> None:
        """Rows are derived again, and the alert rules are owed all groups, of the next units that wait for it."""
        self._proved.clear()
        for unit in list(self._to_load)[:LOADED_PER_STEP]:
            try:
                self._memories.derive_rows(unit)
            except StaleWorker:
                self._leave_stale(self.mentions.partition_of(unit))
                return
            self._memories.owe_all([unit])
            del self._to_load[unit]

    def _prove(self, unit: str) -> None:
        """Raise StaleWorker where the unit's partition is another's by now; asked once a step for each partition."""
        partition = self.mentions.partition_of(unit)
        if partition not in self._proved:
            self.stores.posts.commit(Work((), (), (), self._holding.position(partition)))
            self._proved.add(partition)

    def _work(self, position: Position, delivered: Sequence[DeliveredFound]) -> Step:
        partition = position.partition
        found = [item.found for item in delivered if item.found is not None]
        if self._waits_for_settings(position, found):
            return Step(read=len(delivered))
        try:
            buried = self.burial.bury_unreadable(delivered) + self._bury_misplaced(partition, found)
            new = self._commit(found, delivered[-1].after)
        except StaleWorker:
            log.warning(
                "grouper.stale: another worker holds partition %d of the mentions; this one leaves it", partition
            )
            self._let_go(partition)
            return Step(read=len(delivered), stale=True)
        except StoreUnavailable:
            self._let_go(partition)
            raise
        self._memories.ask_owed()
        return Step(len(delivered), 0, new, buried)

    def _commit(self, found: Sequence[Found], to: Position) -> int:
        """What is new to each unit is folded and stored, and the position has moved; returns how many mentions."""
        work, touched = self._memories.work(self._offered(found, to.partition), (), to)
        crash_point("grouper.before_commit")
        new = self.stores.posts.commit(work)
        crash_point("grouper.after_commit")
        self._holding.moved(to)
        self._memories.stored(work, touched, new)
        self._memories.owe_hourly(max((each.collected_at for each in found), default=0), self._loaded())
        return new

    def _offered(self, found: Sequence[Found], partition: int) -> Mapping[str, Sequence[Candidate]]:
        """Return what each unit has not heard yet, in order, of posts that are not erased."""
        erased = self.stores.posts.erased({key for each in found for key in (each.post.id, *each.post.heads)})
        offered: dict[str, list[Candidate]] = {}
        heard: dict[tuple[str, str], tuple[Millis, str]] = {}
        for each in found:
            unit, post = each.unit, each.post
            if unit not in self.watch.units or self.mentions.partition_of(unit) != partition:
                continue
            now, last = (post.collected_at, post.version), heard.get((unit, post.id), (-1, ""))
            is_known = now[0] < last[0] or now == last or self._memories.memory(unit).has_heard(post)
            if is_known or not erased.isdisjoint((post.id, *post.heads)):
                continue
            heard[unit, post.id] = now
            offered.setdefault(unit, []).append(Candidate(post, each.rules, each.opinion))
        return offered

    def _waits_for_settings(self, position: Position, found: Sequence[Found]) -> bool:
        """
        Whether a unit is named that is not watched here, for the first time at this place.

        The first half may have seen newer settings: they are looked at before the next step, which then takes such a
        unit for one that is no more.
        """
        strange = {each.unit for each in found} - self.watch.units.keys()
        if not strange or self._strange == position:
            return False
        self._strange = position
        log.info("grouper.strange_unit: %d units are not watched here (yet); settings are read again", len(strange))
        return True

    def _bury_misplaced(self, partition: int, found: Sequence[Found]) -> int:
        """A finding that lies in another partition than its unit's is a dead letter: its writer is not this process."""
        misplaced = [each for each in found if self.mentions.partition_of(each.unit) != partition]
        error = ValueError("a finding in another partition than its unit's")
        return sum(self.burial.bury(each.post, "group", error) for each in misplaced)

    def _leave_stale(self, partition: int) -> None:
        log.warning("grouper.stale: another worker holds partition %d of the mentions; this one leaves it", partition)
        self._let_go(partition)

    def _let_go(self, partition: int) -> None:
        self._holding.let_go(partition)
        self._leave(frozenset({partition}))

    def _owe_when_idle(self) -> None:
        """With nothing to read, the hours pass by the clock: what only time decides is asked all the same."""
        hour = self.clock.now() // HOUR
        if hour > self._idle_hour > 0:
            self._memories.owe_all(self._loaded())
        self._idle_hour = max(hour, self._idle_hour)

    def _loaded(self) -> Sequence[str]:
        """Return the units held here but those that are loaded later, and asked about then."""
        return [unit for unit in self.units if unit not in self._to_load]

    def _is_ours(self, unit: str) -> bool:
        return self._holding.holds(self.mentions.partition_of(unit))
