"""
Merges of groups: what the machine may do with two groups that are one matter (MECHANICS §5).

It merges while at most one of them is owned by an incident, never splits an owned one, and between two opened
incidents only proposes. What a person decided about a group (set aside, taken back, split) it leaves alone: such a
group neither absorbs nor is absorbed. An absorbed group has therefore never been named in the log, and never is.
"""

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .post import Millis


@dataclass(frozen=True, slots=True)
class Standing:
    """
    What people and rules have decided about a group. `owner` is the incident that owns it, merges followed.

    `is_open` says of the owner that somebody still owes something there. `is_left_alone`: a person decided about the
    group itself.
    """

    owner: str | None = None
    is_open: bool = False
    is_left_alone: bool = False

    @property
    def takes_messages(self) -> bool:
        """Whether a message addressed to the unit may join the group: not one whose incident is closed."""
        return self.owner is None or self.is_open


FREE = Standing()


def all_free(_group: str) -> Standing:
    """Nobody has decided anything about a group."""
    return FREE


class Outcome(StrEnum):
    """What follows from two groups being one matter."""

    MERGE = "merge"
    PROPOSE = "propose"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class GroupMerge:
    """
    One group absorbed another: a fact of the worker, created once under (unit, absorbed), never changed.

    `order` is the fold's order behind which it happened, `post` the one whose fold showed it, `similarity` of the two
    in 1/10,000. `posters` is how many different people had written in both together within 14 days. `seen_seq` is the
    log's head under which it was decided.
    """

    unit: str
    absorbed: str
    into: str
    order: int
    post: str
    similarity: int
    posters: int
    seen_seq: int

    @property
    def key(self) -> tuple[str, str]:
        """The key under which a merge is created exactly once: a group is absorbed once."""
        return (self.unit, self.absorbed)


@dataclass(frozen=True, slots=True)
class MergeProposal:
    """
    Two groups of two opened incidents are one matter, as the machine sees it; a person decides.

    A fact of the worker, created once under (unit, one, other), `one` sorting first. The reason is the evidence: the
    `post` whose fold showed it, and how alike the groups were then (1/10,000); ids only, so that no text outlives its
    post. Which incidents it concerns is asked of the log.
    """

    unit: str
    one: str
    other: str
    order: int
    post: str
    similarity: int
    at: Millis

    @property
    def key(self) -> tuple[str, str, str]:
        """The key under which a proposal is created exactly once."""
        return (self.unit, self.one, self.other)


@dataclass(frozen=True, slots=True)
class Found:
    """What the machine did about groups that are one matter, and what it proposes, in order."""

    merges: tuple[GroupMerge, ...] = ()
    proposals: tuple[MergeProposal, ...] = ()


NOTHING = Found()


def all_found(several: Iterable[Found]) -> Found:
    """Return the merges and proposals of all, in order."""
    each = tuple(several)
    return Found(
        tuple(merge for found in each for merge in found.merges),
        tuple(proposal for found in each for proposal in found.proposals),
    )


def outcome(one: Standing, other: Standing) -> Outcome:
    """
    Return what the machine may do with two groups that are one matter.

    Nothing is merged into a closed incident: a to-do ends only by a person, and a message never joins a closed matter.
    """
    if one.is_left_alone or other.is_left_alone:
        return Outcome.NOTHING
    owned = [each for each in (one, other) if each.owner is not None]
    if not all(each.is_open for each in owned):
        return Outcome.NOTHING
    if len(owned) < 2:
        return Outcome.MERGE
    return Outcome.NOTHING if one.owner == other.owner else Outcome.PROPOSE


def survivors(merges: Iterable[GroupMerge]) -> Mapping[str, str]:
    """Return, for each absorbed group, the group that it is part of after all the merges, which come in order."""
    into: dict[str, str] = {}
    for merge in reversed(tuple(merges)):
        into[merge.absorbed] = into.get(merge.into, merge.into)
    return into


@dataclass(frozen=True, slots=True)
class Counted:
    """
    How many different people had written in a group when it last absorbed another, counted over both together.

    `order` is the fold's order of that merge: newer members have counted them again. `most` is the most that any merge
    into the group counted.
    """

    order: int = -1
    posters: int = 0
    most: int = 0


UNCOUNTED = Counted()


def count(counted: MutableMapping[str, Counted], merge: GroupMerge) -> None:
    """The surviving group has the merge's count; what was counted for the absorbed one is part of it."""
    parts = (counted.pop(merge.absorbed, UNCOUNTED), counted.get(merge.into, UNCOUNTED))
    most = max(merge.posters, *(part.most for part in parts))
    counted[merge.into] = Counted(merge.order, merge.posters, most)


def counted_of(merges: Iterable[GroupMerge]) -> Mapping[str, Counted]:
    """Return, for each group that absorbed others and still stands, what was counted then; merges come in order."""
    counted: dict[str, Counted] = {}
    for merge in merges:
        count(counted, merge)
    return counted


class MergesInOrder:
    """Stored merges, handed out as a reload comes past the order behind which each happened."""

    def __init__(self, merges: Sequence[GroupMerge]) -> None:
        self._left = sorted(merges, key=lambda merge: merge.order)  # stable: those of one order stay as they were made
        self._left.reverse()

    def before(self, order: int) -> Sequence[GroupMerge]:
        """Return the merges that happened before the mentions of this order, in order, each once."""
        due = []
        while self._left and self._left[-1].order < order:
            due.append(self._left.pop())
        return due

    def rest(self) -> Sequence[GroupMerge]:
        """Return the merges that are left, in order."""
        left, self._left = self._left[::-1], []
        return left
