"""What readiness can say of the service and of its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.domain.post import Millis
from pipeline.workflow.running import Gap


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of the service, by name. A `problem` keeps the service from its work; `degraded` is what it works without,
    such as a dead source.
    """

    name: str
    state: Literal["well", "degraded", "problem"]
    says: str


@dataclass(frozen=True, slots=True)
class DeadSource:
    """An enabled source that is not alive: its name for people, the code of why, since when (0: it was never seen)."""

    name: str
    why: str
    since: Millis = 0


@dataclass(frozen=True, slots=True)
class Health:
    """
    What readiness says: each part as it is, what the supervisor saw, which classifier speaks, and the coverage.

    `has_classifier` False: every post asks a person. `dead` are the sources that are not alive,
    `gaps` the times of the last week in which nothing ran. `carried_until`: up to when another machine crawled, by the
    newest file that was carried here; 0 where this machine crawls.
    """

    parts: Sequence[Part]
    processes: Mapping[str, str]
    model: str
    sources_alive: int
    sources: int
    has_classifier: bool = True
    dead: Sequence[DeadSource] = ()
    gaps: Sequence[Gap] = ()
    carried_until: Millis = 0

    @property
    def is_whole(self) -> bool:
        """Whether a count of nothing means nothing: there are sources, and all of them are alive."""
        return 0 < self.sources == self.sources_alive

    def with_parts(self, more: Sequence[Part]) -> "Health":
        """Return the same with more parts."""
        return replace(self, parts=[*self.parts, *more])

    def says(self, state: str) -> list[str]:
        """Return the sentences of the parts in this state."""
        return [part.says for part in self.parts if part.state == state]

    def unwell(self, state: str) -> list[str]:
        """Return the names of the parts in this state."""
        return [part.name for part in self.parts if part.state == state]
