"""What pages know of sources: the desk that tries and keeps them, as a protocol, and the values that it speaks in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from api.source_checklist import Checklist, Standing
from pipeline.domain.post import Millis

from .tried import Tried

Typed = Mapping[str, str]
"""What was typed into the form of a source, by field."""

FIELDS = (
    "name",
    "publisher",
    "why",
    "owner",
    "origin",
    "local",
    "every_minutes",
    "pace_seconds",
    "listed_as",
    "purpose",
)
"""What a person says of a source; the rest is what the probe found."""

MINUTES = (5, 10, 15, 30, 60, 120, 360, 720, 1440)
PACES = (5, 10, 20, 30, 60, 120)


@dataclass(frozen=True, slots=True)
class Under:
    """A try that somebody asked for: the addresses asked so far, and the result when there is one."""

    id: str
    address: str
    place: str
    steps: tuple[str, ...]
    tried: Tried | None
    is_broken: bool
    refusal: str = ""

    @property
    def is_running(self) -> bool:
        """Whether it goes on."""
        return self.tried is None and not self.is_broken and not self.refusal


@dataclass(frozen=True, slots=True)
class Kept:
    """A source that is set: its table, the revision of its record, and who changed it last, when and why."""

    source: str
    table: Mapping[str, object]
    revision: int
    author: str
    at: Millis
    reason: str


@dataclass(frozen=True, slots=True)
class Past:
    """One revision of a source: what it did (added, changed, paused, resumed, removed), who, when and why."""

    did: str
    author: str
    at: Millis
    reason: str


class Unfit(Exception):
    """The form cannot be taken: `problems` is field → word of what is wrong; nothing was changed."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(", ".join(f"{name}: {word}" for name, word in problems.items()))
        self.problems = problems


class SourceBook(Protocol):
    """Tries addresses and keeps sources; every change is a record with author and reason."""

    def start(self, address: str, account: str, place: str = "") -> str:
        """The address is being tried; returns the try's id. Raises Refused (SRC-513) where too many are under way."""

    def look(self, try_id: str, account: str) -> Under | None:
        """Return how a try of this account stands; None where there is none, or it was forgotten after a while."""

    def enable(self, tried: Tried, typed: Typed, author: str) -> str:
        """The source is set and enabled; returns its id. Raises Unfit."""

    def kept(self, source: str) -> Kept | None:
        """Return a source that is set; None where there is none."""

    def typed(self, kept: Kept) -> Typed:
        """Return the form of a source as it would have been typed."""

    def usual_owner(self) -> str:
        """Return the post that answers for the newest source; "" where there is none."""

    def history(self, source: str) -> Sequence[Past]:
        """Return what was done with a source, newest first."""

    def change(self, kept: Kept, typed: Typed, author: str, reason: str) -> None:
        """What was typed holds. Raises Unfit, or Moved where somebody changed it meanwhile."""

    def switch(self, kept: Kept, author: str, reason: str, *, on: bool) -> None:
        """The source is enabled, or paused: its posts stay. Raises Moved, or BadInput."""

    def remove(self, kept: Kept, author: str, reason: str) -> None:
        """The source is set no longer; its posts and its history stay. Raises Moved."""

    def checklist(self, unit: str) -> Checklist:
        """Return how the unit stands to the ten places."""

    def say(self, unit: str, place: str, standing: Standing, author: str) -> None:
        """What a person says of a place holds, with its revision; raises BadInput or Moved."""
