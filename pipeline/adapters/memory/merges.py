"""Merges of groups and proposals of merges in memory."""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.domain.errors import StaleWorker
from pipeline.domain.group_merge import Found, GroupMerge, MergeProposal, survivors
from pipeline.domain.mention import Mention
from pipeline.domain.people import GroupMark


class Merges:
    """Everything that was merged and proposed, and what each absorbed group is part of."""

    def __init__(self) -> None:
        self._merges: dict[tuple[str, str], GroupMerge] = {}
        self._proposals: dict[tuple[str, str, str], MergeProposal] = {}

    def refuse_stale(
        self, found: Found, mentions: Iterable[Mention], marks: Mapping[tuple[str, str], GroupMark]
    ) -> None:
        """Raise StaleWorker where the worker did not know of a merge, or of what people decided about its groups."""
        for merge in found.merges:
            known = self._merges.get(merge.key)
            if known is not None and known.into != merge.into:
                raise StaleWorker(f"group {merge.absorbed} was absorbed by {known.into}; load the unit again")
            decided = [marks.get((merge.unit, group)) for group in (merge.absorbed, merge.into)]
            if known is None and any(mark is not None and mark.seq > merge.seen_seq for mark in decided):
                raise StaleWorker(f"people decided about group {merge.absorbed} or {merge.into}; load the unit again")
        for mention in mentions:
            known = self._merges.get((mention.unit, mention.group or ""))
            if known is not None and mention.order > known.order:
                raise StaleWorker(f"group {mention.group} was absorbed by {known.into}; load the unit again")

    def add(self, found: Found) -> None:
        """The merges and proposals are stored, each once."""
        for merge in found.merges:
            self._merges.setdefault(merge.key, merge)
        for proposal in found.proposals:
            self._proposals.setdefault(proposal.key, proposal)

    def merges(self, unit: str) -> Sequence[GroupMerge]:
        """Return the unit's merges in order."""
        return sorted((one for one in self._merges.values() if one.unit == unit), key=lambda merge: merge.order)

    def proposals(self, unit: str) -> Sequence[MergeProposal]:
        """Return the unit's proposals in order."""
        return sorted((one for one in self._proposals.values() if one.unit == unit), key=lambda made: made.order)

    def now(self, unit: str, group: str) -> str:
        """Return the group that this one is part of by now: itself where it was never absorbed."""
        while (merge := self._merges.get((unit, group))) is not None:
            group = merge.into
        return group

    def parts(self, unit: str, group: str) -> frozenset[str]:
        """Return the group with all that it has absorbed; for an absorbed one those of the group it is part of."""
        now = self.now(unit, group)
        return frozenset((now, *(part for part, into in survivors(self.merges(unit)).items() if into == now)))
