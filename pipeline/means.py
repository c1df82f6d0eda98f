"""What the worker and each of its halves work with, and what one step of any of them says."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from .domain.group import GroupRow
from .domain.group_merge import Standing
from .domain.watch import Watch
from .domain.watch_rule import WatchRule
from .ports import Classifier, Clock, PostBus, PosterTokens, PostStore
from .stages.watching import PostMatcher
from .workflow.burial import Burial

BATCH = 500
"""Records per step and transaction (MECHANICS §8)."""


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


class ReadingMeans(Protocol):
    """What the first half works with; asked for at each use, since settings change while it runs."""

    stores: Stores
    classifier: Classifier
    watch: Watch
    burial: Burial

    @property
    def matcher_of(self) -> Callable[[Sequence[WatchRule]], PostMatcher]:
        """How rules become what can be asked about posts."""


class FoldingMeans(Protocol):
    """What the second half works with; asked for at each use, since settings change while it runs."""

    stores: Stores
    clock: Clock
    asking: Asking
    watch: Watch
    burial: Burial
