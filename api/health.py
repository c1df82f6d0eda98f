"""What readiness can say of the service and of its parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


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
class Health:
    """What readiness says: each part as it is, what the supervisor saw, which classifier speaks, and the coverage."""

    parts: Sequence[Part]
    processes: Mapping[str, str]
    model: str
    sources_alive: int
    sources: int

    def says(self, state: str) -> list[str]:
        """Return the sentences of the parts in this state."""
        return [part.says for part in self.parts if part.state == state]
