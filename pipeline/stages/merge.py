"""
Which groups of a unit turn out to be one matter, and what the machine may do with them (MECHANICS §5).

A post that is near enough to several groups vouches for them: they are one where they are alike without its help too,
so that a post which tells of two matters makes them no one. Once an hour of the posts' own time of collection
(MECHANICS §3) the groups that have grown since are compared with their neighbours, without a post between them, so they
must be nearer. Thresholds: `bench/group_quality.py`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.group_merge import NOTHING, Found, GroupMerge, MergeProposal, Outcome, Standing, outcome
from pipeline.domain.mention import Mention
from pipeline.domain.post import Millis

from .group import Grouping

VOUCHED = 0.14
"""Two groups that one post is near enough to are one matter from this likeness on, of 0.10 to 0.18 that do as well."""
UNVOUCHED = 0.35
"""Two groups that no post vouches for must be nearer than posts must be to join: below it wrong merges begin."""

SEVERAL = 2
"""A group of one post was compared with all others when the post came."""
HOUR: Millis = 3_600_000


@dataclass(frozen=True, slots=True)
class Alike:
    """Two groups that are one matter, and how near they are."""

    one: str
    other: str
    similarity: float


class Merging:
    """
    One unit's memory of which groups may have come nearer to each other; it knows no clock but the input's times.

    `notice`, `absorb` and `propose` in the same order give the same memory, so a reload of the stored decisions
    decides as before.
    """

    def __init__(self, grouping: Grouping, standing: Callable[[str], Standing]) -> None:
        self._grouping = grouping
        self._standing = standing
        self._began: dict[str, int] = {}
        self._posts: dict[str, int] = {}
        self._grown: dict[str, None] = {}
        self._due: list[str] = []
        self._hour = 0
        self._into: dict[str, str] = {}
        self._proposed: set[tuple[str, str]] = set()

    def notice(self, mention: Mention, *, joined: bool) -> None:
        """The post was remembered; `joined` says that its group has grown by it."""
        self._due = []
        if not mention.backfilled and mention.collected_at // HOUR > self._hour:
            self._hour = mention.collected_at // HOUR
            self._due, self._grown = [group for group in self._grown if self._posts[group] >= SEVERAL], {}
        if mention.group is None or not joined:
            return
        self._began.setdefault(mention.group, mention.order)
        self._posts[mention.group] = self._posts.get(mention.group, 0) + 1
        self._grown[mention.group] = None

    def absorb(self, merge: GroupMerge) -> None:
        """The absorbed group is part of the other, which has grown by it and may be older now."""
        gone, into = merge.absorbed, merge.into
        self._into[gone] = into
        self._grown.pop(gone, None)
        self._grown[into] = None
        began = [self._began[group] for group in (gone, into) if group in self._began]
        self._began.pop(gone, None)
        self._began[into] = min(began, default=merge.order)
        self._posts[into] = self._posts.get(into, 0) + self._posts.pop(gone, 0)

    def propose(self, proposal: MergeProposal) -> None:
        """The proposal was made, and is not made again."""
        self._proposed.add((proposal.one, proposal.other))

    def vouched(self, reached: Sequence[str]) -> tuple[tuple[str, float], ...]:
        """Return which groups a post shows to be one with the nearest of those that it reached, and how alike."""
        alike = ((other, self._grouping.likeness(reached[0], other)) for other in reached[1:])
        return tuple((other, likeness) for other, likeness in alike if likeness >= VOUCHED)

    def after(
        self, mention: Mention, rivals: Sequence[tuple[str, float]], count: Callable[[GroupMerge], GroupMerge]
    ) -> Found:
        """
        Return what follows from the newest mention, which may have made groups one matter.

        `rivals` are the groups that its post vouched for, asked before it was remembered. `count` carries a merge out
        in the rest of the memory and returns it with the people counted.
        """
        merges: list[GroupMerge] = []
        proposals: list[MergeProposal] = []
        for alike in self._alike(mention, rivals):
            one, other = self._standing(alike.one), self._standing(alike.other)
            match outcome(one, other):
                case Outcome.MERGE:
                    survivor = self._survivor(alike, one, other)
                    absorbed = alike.one if survivor == alike.other else alike.other
                    merges.append(count(_merge(mention, absorbed, survivor, alike.similarity)))
                case Outcome.PROPOSE if tuple(sorted((alike.one, alike.other))) not in self._proposed:
                    proposals.append(_proposal(mention, alike))
                    self.propose(proposals[-1])
                case _:
                    pass
        return Found(tuple(merges), tuple(proposals)) if merges or proposals else NOTHING

    def _survivor(self, alike: Alike, one: Standing, other: Standing) -> str:
        """An owned group stays, else the one that began first: ids that people have seen the longest."""
        if (one.owner is None) != (other.owner is None):
            return alike.one if one.owner is not None else alike.other
        return min(alike.one, alike.other, key=lambda group: (self._began[group], group))

    def _alike(self, mention: Mention, rivals: Sequence[tuple[str, float]]) -> Iterator[Alike]:
        """Yield pairs of groups that are one matter; the caller merges them, or not, before it asks for the next."""
        if mention.backfilled:
            return  # what a changed rule found later moves nothing
        for rival, similarity in rivals:
            one, other = self._now(mention.group or ""), self._now(rival)
            if one != other:
                yield Alike(one, other, similarity)
        due, self._due = self._due, []
        for grown in due:
            for similarity, neighbour in self._grouping.neighbours(grown):  # none of a group that is absorbed by now
                if similarity < UNVOUCHED or grown in self._into:
                    break
                if neighbour not in self._into:
                    yield Alike(grown, neighbour, similarity)

    def _now(self, group: str) -> str:
        """Return the group that this one is part of by now."""
        while group in self._into:
            group = self._into[group]
        return group


def _merge(mention: Mention, absorbed: str, into: str, similarity: float) -> GroupMerge:
    return GroupMerge(
        unit=mention.unit,
        absorbed=absorbed,
        into=into,
        order=mention.order,
        post=mention.post,
        similarity=round(similarity * 10_000),
        posters=0,
        seen_seq=mention.seen_seq,
    )


def _proposal(mention: Mention, alike: Alike) -> MergeProposal:
    one, other = sorted((alike.one, alike.other))
    return MergeProposal(
        unit=mention.unit,
        one=one,
        other=other,
        order=mention.order,
        post=mention.post,
        similarity=round(alike.similarity * 10_000),
        at=mention.collected_at,
    )
