"""
The second half's part of a step: candidates are folded per unit, and the alert rules are asked.

Nothing is decided twice: a unit's memory is loaded from stored mentions with the decisions that they hold. Alert rules
are level-triggered: asked after each commit for every touched group, at load for all live ones, and whenever a whole
hour has passed.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from .domain.found import Met
from .domain.group_merge import all_found
from .domain.post import Millis, Post
from .domain.watch import UnitWatch
from .means import FoldingMeans
from .ports import Position, Work
from .recall import recall
from .stages.fold import Candidate, UnitMemory
from .stages.folded import Folded, ends_of
from .stages.watching import AN_ANSWER

HOUR: Millis = 3_600_000

Touched: TypeAlias = dict[str, AbstractSet[str]]
"""Unit → the groups that a step touched."""


@dataclass(slots=True)
class Memories:
    """
    The memories of units, their rows, and which questions the alert rules are owed.

    `may_write` raises StaleWorker where the unit is another worker's by now; it is asked before rows are derived.
    """

    means: FoldingMeans
    may_write: Callable[[str], None] = lambda _unit: None
    _memories: dict[str, UnitMemory] = field(default_factory=dict)
    _owed: dict[str, set[str]] = field(default_factory=dict)
    _splits: dict[str, int] = field(default_factory=dict)
    _hour: Millis = 0

    def drop(self, is_lost: Callable[[str], bool] = lambda _unit: True) -> None:
        """The memories of these units, of all unless said, are loaded again before they are used."""
        self._memories = {unit: memory for unit, memory in self._memories.items() if not is_lost(unit)}

    def keep_owing(self, is_ours: Callable[[str], bool]) -> None:
        """Questions about other units than these are owed no more: another worker asks them."""
        self._owed = {unit: groups for unit, groups in self._owed.items() if is_ours(unit)}

    def derive_rows(self, unit: str) -> None:
        """The unit's rows are what its stored mentions say: a commit cut short and dropped parts are made good."""
        self.may_write(unit)
        memory = self.memory(unit)
        self.means.stores.posts.rebuild_groups(unit, [memory.row(group) for group in memory.groups()])

    def owe_all(self, units: Iterable[str]) -> int:
        """The alert rules are owed a question on every group of the units; returns how many there are."""
        everything = {unit: set(self.memory(unit).groups()) for unit in units}
        self.owe({unit: groups for unit, groups in everything.items() if groups})
        return sum(map(len, everything.values()))

    def owe(self, touched: Mapping[str, AbstractSet[str]]) -> None:
        """The alert rules are owed a question on these groups too."""
        for unit, groups in touched.items():
            self._owed.setdefault(unit, set()).update(groups)

    def ask_owed(self) -> None:
        """The alert rules have been asked; what a store refused to hear stays owed, and is asked at the next step."""
        for unit in list(self._owed):
            memory = self.memory(unit)
            groups = sorted(self._owed[unit] & memory.groups().keys())
            self.means.asking.ask(unit, [memory.row(group) for group in groups])
            del self._owed[unit]

    def follow_splits(self, unit: str) -> None:
        """Where people have moved mentions to other groups, the memory and the rows say so too."""
        self.means.asking.head(unit)
        if self._splits.get(unit) != self.means.asking.splits(unit) and unit in self._memories:
            self._memories.pop(unit)
            self.derive_rows(unit)

    def memory(self, unit: str) -> UnitMemory:
        """Return the unit's memory, loaded where it is not there."""
        memory = self._memories.get(unit)
        if memory is None:
            means, watch = self.means, self.means.watch.units[unit]
            means.asking.head(unit)
            self._splits[unit] = means.asking.splits(unit)
            standing = partial(means.asking.standing, unit)
            memory = UnitMemory(unit, watch.places, standing, watch.lines, watch.conduct)
            recall(memory, means.stores.posts, means.stores.tokens, means.clock.now())
            self._memories[unit] = memory
        return memory

    def work(
        self, offered: Mapping[str, Iterable[Candidate]], posts: Sequence[Post], to: Position
    ) -> tuple[Work, Touched]:
        """Return what is to be stored of what each unit was offered, and which groups that touches."""
        folded: list[Folded] = []
        touched: Touched = {}
        for unit, each in offered.items():
            self.follow_splits(unit)
            candidates = self._taken(unit, each)
            if not candidates:
                continue
            of_unit = self._fold(self.means.watch.units[unit], candidates)
            groups = {self._memories[unit].group_of(candidate.post.id) for candidate in candidates}
            groups |= {merge.into for one in of_unit for merge in one.found.merges}
            touched[unit] = self._memories[unit].groups().keys() & groups
            folded += of_unit
        rows = [self._memories[unit].row(group) for unit, groups in touched.items() for group in sorted(groups)]
        mentions, (lapsed, revived) = [mention for one in folded for mention in one.mentions], ends_of(folded)
        found = all_found(one.found for one in folded)
        return Work(posts, mentions, rows, to, lapsed=lapsed, revived=revived, found=found), touched

    def stored(self, work: Work, touched: Touched, new: int) -> None:
        """The work is stored, `new` mentions of it for the first time: rows are right, and questions are owed."""
        self.owe(touched)
        if new < len({mention.key for mention in work.mentions}):
            for unit in touched:  # a post was erased meanwhile: neither memory nor row may count it
                self._memories.pop(unit)
                self.derive_rows(unit)

    def owe_hourly(self, at: Millis, units: Iterable[str]) -> None:
        """All groups of the units are owed a question when a whole hour has passed at the moment."""
        hour = at // HOUR
        if hour > self._hour > 0:
            self.owe({unit: self.memory(unit).groups().keys() for unit in units})
        self._hour = max(hour, self._hour)

    def _taken(self, unit: str, offered: Iterable[Candidate]) -> list[Candidate]:
        """Return what concerns the unit: posts that its rules met, and new versions of posts that they once met."""
        memory, known = self.memory(unit), set[str]()
        candidates = []
        for each in offered:
            post, matches = each.post, each.matches
            if _is_answer(matches) and not (post.thread in known or memory.knows(post.thread or "")):
                matches = ()  # it answers what is no matter of this unit
            if matches or post.id in known or memory.knows(post.id):
                known.add(post.id)
                candidates.append(Candidate(post, matches, each.opinion))
        return candidates

    def _fold(self, watch: UnitWatch, candidates: Sequence[Candidate]) -> list[Folded]:
        """Fold in order; where a post breaks the fold, it is buried and the others are folded anew without it."""
        seen_seq = self.means.asking.head(watch.unit)
        remaining = list(candidates)
        while True:
            memory, folded = self.memory(watch.unit), []
            for candidate in remaining:
                try:
                    folded.append(memory.fold(candidate, seen_seq))
                except Exception as failure:  # noqa: BLE001 - a named boundary: it logs, counts, keeps the item
                    self._memories.pop(watch.unit)  # half changed: nothing of it is kept
                    self.means.burial.bury(candidate.post, "fold", failure)
                    remaining.remove(candidate)
                    break
            else:
                return folded


def _is_answer(matches: Sequence[Met]) -> bool:
    """Whether a post is a mention as an office's answer alone."""
    said = AN_ANSWER.rule
    return [(met.rule.id, met.rule.version) for met in matches] == [(said.id, said.version)]
