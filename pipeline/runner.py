"""
The worker: posts from the bus become stored posts, mentions and groups; then the alert rules are asked.

One step is one commit, the position with it (MECHANICS §3). Nothing is decided twice: a unit's memory is loaded from
stored mentions with the decisions that they hold. Alert rules are level-triggered: asked after each commit for every
touched group, at load for all live ones, and whenever `collected_at` passes a whole hour.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from .crash_point import crash_point
from .domain.errors import StaleWorker, StoreUnavailable
from .domain.group import GroupRow
from .domain.group_merge import Standing, all_found
from .domain.mention import NO_OPINION, Opinion
from .domain.post import Millis, Post
from .domain.watch import UnitWatch, Watch
from .domain.watch_rule import WatchRule
from .opinions import opinions_of
from .ports import Classifier, Clock, Head, Position, PostBus, PosterTokens, PostStore, Work
from .recall import newest_times, recall
from .stages.arrivals import Arrival, keys_of, sort_arrivals, with_first_tokens
from .stages.fold import Candidate, UnitMemory
from .stages.folded import Folded, ends_of
from .stages.match import Match, Matcher
from .stages.watching import AN_ANSWER, PostMatcher, Watching
from .workflow.burial import Burial

log = logging.getLogger(__name__)

BATCH = 500
"""Posts per step and transaction (MECHANICS §8)."""

HOUR: Millis = 3_600_000

Met: TypeAlias = dict[tuple[str, str], tuple[Match, ...]]
"""Post id and version → the rules that this text meets; nothing of a post that broke the matcher."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one step did. `read` 0 means that the bus held nothing new."""

    read: int = 0
    stored: int = 0
    mentions: int = 0
    buried: int = 0
    stale: bool = False


@dataclass(frozen=True, slots=True)
class Stores:
    """Where the worker reads and writes."""

    bus: PostBus
    posts: PostStore
    tokens: PosterTokens


@dataclass(frozen=True, slots=True)
class Asking:
    """How the worker speaks to the log of decisions; given by the composition root."""

    ask: Callable[[str, Sequence[GroupRow]], None]
    head: Callable[[str], int]
    standing: Callable[[str, str], Standing]
    splits: Callable[[str], int]


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
    _memories: dict[str, UnitMemory] = field(default_factory=dict)
    _watching: Watching | None = None
    _owed: dict[str, set[str]] = field(default_factory=dict)
    _splits: dict[str, int] = field(default_factory=dict)
    _hour: Millis = 0
    _reported: str = ""

    def load(self) -> int:
        """Memory and rows are derived again, and the alert rules have been asked for all groups; returns these."""
        self._memories.clear()
        for unit in self.watch.units:
            self._derive_rows(unit)
        return self.ask_all()

    def ask_all(self) -> int:
        """The alert rules have been asked for all live groups; returns how many there are."""
        everything = {unit: set(self._memory(watch).groups()) for unit, watch in self.watch.units.items()}
        self._owed = {unit: groups for unit, groups in everything.items() if groups}
        self._ask_owed()
        return sum(map(len, everything.values()))

    def follow_splits(self, unit: str) -> None:
        """Where people have moved mentions to other groups, the memory and the rows say so too."""
        self.asking.head(unit)
        if self._splits.get(unit) != self.asking.splits(unit) and unit in self._memories:
            self._memories.pop(unit)
            self._derive_rows(unit)

    def change_watch(self, watch: Watch) -> None:
        """From the next step on these rules and places hold; what is stored keeps the versions it has."""
        if watch == self.watch:
            return
        self.watch = watch
        self._watching = None
        self._memories.clear()
        self._owed = {unit: groups for unit, groups in self._owed.items() if unit in watch.units}

    def step(self) -> Step:
        """
        Work the next posts of the bus, at most BATCH of them.

        Raises StoreUnavailable where a store refuses (nothing of the step is stored) or where the budget of
        unworkable records is used up.
        """
        self._ask_owed()
        delivered = self.stores.bus.read(self._position(), BATCH)
        if not delivered:
            return Step()
        buried = self.burial.bury_unreadable(delivered)
        posts = [item.post for item in delivered if item.post is not None]
        heads = self.stores.posts.heads(keys_of(posts))
        erased = self.stores.posts.erased({key for post in posts for key in (post.id, *post.heads)} | _ids(heads))
        sorted_out = sort_arrivals(posts, heads, erased, newest_times(self.stores.posts, posts, heads))
        arrivals = with_first_tokens(sorted_out, self.stores.tokens.of({each.post.id for each in sorted_out}))
        met = self._met([arrival for arrival in arrivals if not arrival.is_old])
        read = [arrival.post for arrival in arrivals if _key(arrival.post) in met]
        opinions = opinions_of(read, self.stores.posts, self.classifier)
        new = self._commit(arrivals, met, opinions, delivered[-1].after)
        if new is None:
            return Step(read=len(delivered), buried=buried, stale=True)
        self._ask_owed()
        return Step(len(delivered), len(arrivals), new, buried)

    def _commit(self, arrivals: Sequence[Arrival], met: Met, opinions: dict[str, Opinion], to: Position) -> int | None:
        """Everything is folded and stored, or the memory is dropped with it; None means that this worker is stale."""
        try:
            work, touched = self._work(arrivals, met, opinions, to)
            self.stores.tokens.add({each.post.id: each.post.tokens for each in arrivals if each.post.tokens})
            crash_point("worker.before_commit")
            new = self.stores.posts.commit(work)
        except StaleWorker:
            log.warning("worker.stale: another worker holds this partition; the memory is dropped and loaded again")
            self._memories.clear()
            return None
        except StoreUnavailable:
            self._memories.clear()
            raise
        crash_point("worker.after_commit")
        self._owe(touched)
        if new < len({mention.key for mention in work.mentions}):
            for unit in touched:  # a post was erased meanwhile: neither memory nor row may count it
                self._memories.pop(unit)
                self._derive_rows(unit)
        self._owe_hourly(work.posts)
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

    def _met(self, arrivals: Sequence[Arrival]) -> Met:
        """Return the matches of all units' rules; a post that breaks the matcher is buried and stays stored."""
        if self._watching is None:
            self._watching = Watching(self.watch, self.matcher_of)
        met: Met = {}
        for arrival in arrivals:
            post = arrival.post
            try:
                matches = self._watching.matches(post)
            except Exception as failure:  # noqa: BLE001 - the runner is a named boundary: it logs, counts, keeps the item
                self.burial.bury(post, "match", failure)
                continue
            if matches or arrival.is_edit:
                met[_key(post)] = matches
        return met

    def _work(
        self, arrivals: Sequence[Arrival], met: Met, opinions: dict[str, Opinion], to: Position
    ) -> tuple[Work, dict[str, set[str]]]:
        folded: list[Folded] = []
        touched: dict[str, set[str]] = {}
        for unit, watch in self.watch.units.items():
            self.follow_splits(unit)
            candidates = self._candidates(watch, arrivals, met, opinions)
            if not candidates:
                continue
            of_unit = self._fold(watch, candidates)
            groups = {self._memories[unit].group_of(candidate.post.id) for candidate in candidates}
            groups |= {merge.into for each in of_unit for merge in each.found.merges}
            touched[unit] = self._memories[unit].groups().keys() & groups
            folded += of_unit
        rows = [self._memories[unit].row(group) for unit, groups in touched.items() for group in sorted(groups)]
        mentions, (lapsed, revived) = [mention for each in folded for mention in each.mentions], ends_of(folded)
        posts = [arrival.post for arrival in arrivals]
        found = all_found(each.found for each in folded)
        return Work(posts, mentions, rows, to, lapsed=lapsed, revived=revived, found=found), touched

    def _candidates(
        self, watch: UnitWatch, arrivals: Sequence[Arrival], met: Met, said: dict[str, Opinion]
    ) -> list[Candidate]:
        """Return the unit's candidates: posts that its rules met, and new versions of posts that they once met."""
        memory, known = self._memory(watch), set[str]()
        candidates = []
        for post in (arrival.post for arrival in arrivals if _key(arrival.post) in met):
            matches = _of_unit(met[_key(post)], watch.unit)
            if matches == (AN_ANSWER,) and not (post.thread in known or memory.knows(post.thread or "")):
                matches = ()  # it answers what is no matter of this unit
            if matches or post.id in known or memory.knows(post.id):
                known.add(post.id)
                candidates.append(Candidate(post, matches, said.get(post.version, NO_OPINION)))
        return candidates

    def _fold(self, watch: UnitWatch, candidates: Sequence[Candidate]) -> list[Folded]:
        """Fold in order; where a post breaks the fold, it is buried and the others are folded anew without it."""
        seen_seq = self.asking.head(watch.unit)
        remaining = list(candidates)
        while True:
            memory, folded = self._memory(watch), []
            for candidate in remaining:
                try:
                    folded.append(memory.fold(candidate, seen_seq))
                except Exception as failure:  # noqa: BLE001 - the runner is a named boundary
                    self._memories.pop(watch.unit)  # half changed: nothing of it is kept
                    self.burial.bury(candidate.post, "fold", failure)
                    remaining.remove(candidate)
                    break
            else:
                return folded

    def _memory(self, watch: UnitWatch) -> UnitMemory:
        memory = self._memories.get(watch.unit)
        if memory is None:
            self.asking.head(unit := watch.unit)
            self._splits[unit] = self.asking.splits(unit)
            standing = partial(self.asking.standing, unit)
            memory = UnitMemory(unit, watch.places, standing, watch.lines, watch.conduct)
            recall(memory, self.stores.posts, self.stores.tokens, self.clock.now())
            self._memories[unit] = memory
        return memory

    def _derive_rows(self, unit: str) -> None:
        """The unit's rows are what its stored mentions say: a commit cut short and dropped parts are made good."""
        memory = self._memory(self.watch.units[unit])
        self.stores.posts.rebuild_groups(unit, [memory.row(group) for group in memory.groups()])

    def _owe(self, touched: Mapping[str, AbstractSet[str]]) -> None:
        for unit, groups in touched.items():
            self._owed.setdefault(unit, set()).update(groups)

    def _owe_hourly(self, posts: Sequence[Post]) -> None:
        """All groups are owed a question when a whole hour passes in the posts' own time of collection."""
        hour = max((post.collected_at for post in posts), default=0) // HOUR
        if hour > self._hour > 0:
            self._owe({unit: self._memory(watch).groups().keys() for unit, watch in self.watch.units.items()})
        self._hour = max(hour, self._hour)

    def _ask_owed(self) -> None:
        """The alert rules have been asked; what a store refused to hear stays owed, and is asked at the next step."""
        for unit in list(self._owed):
            memory = self._memory(self.watch.units[unit])
            groups = sorted(self._owed[unit] & memory.groups().keys())
            self.asking.ask(unit, [memory.row(group) for group in groups])
            del self._owed[unit]


def _key(post: Post) -> tuple[str, str]:
    return (post.id, post.version)


def _ids(heads: Mapping[str, Head]) -> frozenset[str]:
    return frozenset(head.id for head in heads.values())


def _of_unit(matches: Iterable[Match], unit: str) -> tuple[Match, ...]:
    return tuple(match for match in matches if match.rule.unit in (None, unit))
