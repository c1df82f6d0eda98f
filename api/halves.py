"""The two halves of the worker in one process of a cluster, which several such processes share by partitions."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.watch import Watch
from pipeline.finder import Finder
from pipeline.grouper import Grouper
from pipeline.means import Step
from pipeline.ports import Classifier
from pipeline.workflow.burial import BUDGET, Burial

FINDS_IN_A_ROW = 5
"""So many steps of the first half are grouped by one of the second, where posts wait: each commit costs."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Finder and grouper in turn, as the one worker of the embedded profile is; both bury into one budget."""

    finder: Finder
    grouper: Grouper
    burial: Burial

    @property
    def classifier(self) -> Classifier:
        """The classifier that speaks."""
        return self.finder.classifier

    def load(self) -> None:
        """Memories and rows of the units held here are derived again before the next steps."""
        self.grouper.load()

    def change_watch(self, watch: Watch) -> None:
        """From the next step on these rules, places and lines hold."""
        self.finder.change_watch(watch)
        self.grouper.change_watch(watch)

    def ask_all(self) -> int:
        """The alert rules are owed all groups of the units held here; returns how many."""
        return self.grouper.ask_all()

    def follow_splits(self, unit: str) -> None:
        """Where people have moved mentions to other groups, memory and rows say so too."""
        self.grouper.follow_splits(unit)

    def step(self) -> Step:
        """
        Work what is next: some steps of the first half while there are posts, then one of the second.

        Raises StoreUnavailable as each of them does. Where the first half is refused, the second works all the same,
        unless too much was buried: then all stands.
        """
        found: list[Step] = []
        try:
            while len(found) < FINDS_IN_A_ROW and (not found or (found[-1].read and not found[-1].stale)):
                found.append(self.finder.step())
        except StoreUnavailable:
            if self.burial.count <= BUDGET:
                self.grouper.step()
            raise
        steps = [*found, self.grouper.step()]
        return Step(
            read=sum(step.read for step in steps),
            stored=sum(step.stored for step in steps),
            mentions=sum(step.mentions for step in steps),
            buried=sum(step.buried for step in steps),
            stale=any(step.stale for step in steps),
        )

    def where(self) -> str:
        """Return which partitions this process holds."""
        posts, mentions = self.finder.stores.bus.held(), self.grouper.mentions.held()
        return f"holds posts {_named(posts)}, mentions {_named(mentions)}"


def _named(partitions: Sequence[int]) -> str:
    return ",".join(map(str, partitions)) or "none"
