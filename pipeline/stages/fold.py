"""
The fold: candidates in order become mentions with decisions, per unit.

What the fold decides (group, repost) is stored in the mention and never decided twice: a reload calls `remember` with
the stored mentions and arrives at the same memory that `fold` left behind.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.domain.conduct import SHIPPED_CONDUCT, ConductWords
from pipeline.domain.found import Met
from pipeline.domain.group import GroupRow, group_id
from pipeline.domain.group_merge import (
    NOTHING,
    UNCOUNTED,
    Counted,
    GroupMerge,
    MergeProposal,
    Standing,
    all_free,
    count,
)
from pipeline.domain.member import Member, absorb, row_of, with_mentions
from pipeline.domain.mention import NO_OPINION, Mention, Opinion
from pipeline.domain.post import Kind, Post, Token
from pipeline.domain.service_line import NO_LINES, ServiceLines

from .conduct import ConductMatcher
from .folded import Folded, Key
from .group import Grouping
from .known import Known
from .merge import Merging
from .near_duplicate import ORIGINAL, NearDuplicates, Repost
from .place import Places
from .wording import SAME_WORDS, body_of, is_order
from .writers import Writers, Wrote


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that a unit's rules met, with the classifier's opinion; no match is a text that they meet no more."""

    post: Post
    matches: tuple[Met, ...]
    opinion: Opinion
    backfilled: bool = False


@dataclass(frozen=True, slots=True)
class _Decision:
    """
    The group of a post, what it repeats and how alike, and the group that it continues without joining it.

    `rivals` are other groups of which it shows that they are one with its own, and how alike they are.
    """

    group: str | None = None
    repost_of: str | None = None
    similarity: int = 0
    linked: str | None = None
    rivals: tuple[tuple[str, float], ...] = ()


class UnitMemory:
    """One unit's memory of what was folded: near-duplicates, groups, members, who wrote when."""

    def __init__(
        self,
        unit: str,
        places: Iterable[str],
        standing: Callable[[str], Standing] = all_free,
        lines: ServiceLines = NO_LINES,
        conduct: ConductWords = SHIPPED_CONDUCT,
    ) -> None:
        self.unit = unit
        self._lines = lines
        self._conduct = ConductMatcher(conduct)
        self.next_order = 0
        self._places = Places(tuple(places))
        self._standing = standing
        self._near = NearDuplicates()
        self._grouping = Grouping()
        self._merging = Merging(self._grouping, standing)
        self._posts: dict[str, Known] = {}
        self._members: dict[str, dict[str, Member]] = {}
        self._counted: dict[str, Counted] = {}
        self._writers = Writers()

    def fold(self, candidate: Candidate, seen_seq: int) -> Folded:
        """
        Decide for one candidate and remember it; call in the order of the stream.

        A mention is created once: a text that is back after an edit makes no second one, and its old ones are revived.
        """
        post = candidate.post
        is_answer = post.kind is Kind.ANSWER  # the office's own words are no complaint, plea or grave matter
        known = self._told(post)
        group = (decision := self._decided(candidate, known)).group
        is_new = known is None or known.group is None
        posters = self._posters_with(group, candidate, writes=decision.repost_of is None and is_new and not is_answer)
        line, place = self._line_of(candidate), self._place_of(post)
        decided = tuple(
            Mention(
                unit=self.unit,
                post=post.id,
                version=post.version,
                rule=match.rule.id,
                rule_version=match.rule.version,
                hits=match.hits,
                opinion=NO_OPINION if is_answer else candidate.opinion,
                group=group,
                repost_of=decision.repost_of,
                similarity=decision.similarity,
                seen_seq=seen_seq,
                order=self.next_order,
                collected_at=post.collected_at,
                occurred_at=post.occurred_at,
                service_line=line,
                place=place,
                posters=posters,
                grave=match.rule.grave and not is_answer,
                grave_level=match.rule.grave_level or 2,
                addressed=post.is_addressed,
                imported=bool(post.stated and post.stated.imported),
                backfilled=candidate.backfilled,
                linked=decision.linked,
                conduct=not is_answer and self._conduct.complains(post.title, post.text),
            )
            for match in candidate.matches
        )
        lapsed = self._lapsed(known, {match.rule.id for match in candidate.matches})
        mentions = tuple(mention for mention in decided if known is None or mention.key not in known.mentions)
        revived = self._revived(known, {mention.key for mention in decided}, post)
        found = NOTHING
        if mentions:
            self.remember(mentions, post, post.tokens)
            found = self._merging.after(mentions[0], decision.rivals, self._merged)
        return Folded(mentions, lapsed, revived, found)

    def _told(self, post: Post) -> Known | None:
        """Return what is known of the post, which has been heard of in this version now; None where nothing is."""
        known = self._posts.get(post.id)
        if known is not None:
            known.hear(post.collected_at, post.version)
        return known

    def _place_of(self, post: Post) -> str | None:
        """Return the place that whoever handed the post over says, if it is one of the unit's; else what it names."""
        said = post.stated.place if post.stated else ""
        return said if said in self._places else self._places.named_in(post.title, post.text)

    def _line_of(self, candidate: Candidate) -> str | None:
        said = candidate.post.stated.line if candidate.post.stated else ""
        if self._lines.holds(said):
            return said
        rules = (match.rule.service_line for match in candidate.matches)
        return self._lines.line_of(candidate.opinion.service_line.label, rules)

    def remember(self, mentions: Sequence[Mention], post: Post, tokens: tuple[Token, ...]) -> None:
        """The decisions of one post are part of the memory, as if they had just been made."""
        first = mentions[0]
        self.next_order = max(self.next_order, *(mention.spoke + 1 for mention in mentions))
        known = self._posts.setdefault(first.post, Known())
        is_new = known.group is None and post.kind is not Kind.ANSWER
        known.group, known.repost_of, known.similarity = first.group, first.repost_of, first.similarity
        known.mentions.update((mention.key, mention) for mention in mentions)
        known.hear(first.collected_at, first.version)
        self._merging.notice(first, joined=is_new)
        if first.group is None:
            return
        members = self._members.setdefault(first.group, {})
        members[first.post] = with_mentions(members.get(first.post), mentions, post)
        if not is_new:
            return
        self._near.remember(first.post, body_of(post), first.collected_at, repost_of=first.repost_of, place=first.place)
        self._grouping.remember(first.group, post.title, post.text, first.occurred_at, place=first.place)
        if first.repost_of is None:
            self._writers.remember(first.group, Wrote(first.occurred_at, tokens, first.backfilled))

    def absorb(self, merge: GroupMerge) -> None:
        """One group is part of another, as it was decided."""
        for post in absorb(self._members, merge):
            self._posts[post].group = merge.into
        count(self._counted, merge)
        self._writers.absorb(merge.absorbed, merge.into)
        self._grouping.absorb(merge.absorbed, merge.into)
        self._merging.absorb(merge)

    def propose(self, proposal: MergeProposal) -> None:
        """The proposal was made, and is not made again."""
        self._merging.propose(proposal)

    def group_of(self, post_id: str) -> str | None:
        """Return the group that the post was put into."""
        known = self._posts.get(post_id)
        return known.group if known else None

    def knows(self, post_id: str) -> bool:
        """Whether a mention of the post was ever folded."""
        return post_id in self._posts

    def has_heard(self, post: Post) -> bool:
        """Whether just this version of the post was folded before, or one that was collected later."""
        known = self._posts.get(post.id)
        return known is not None and known.has_heard(post)

    def row(self, group: str) -> GroupRow:
        """Return the group's row as its members give it."""
        return row_of(self.unit, group, self._members[group].values(), self._counted.get(group, UNCOUNTED))

    def groups(self) -> Mapping[str, Mapping[str, Member]]:
        """Return all groups with their members."""
        return self._members

    def _decided(self, candidate: Candidate, known: Known | None) -> _Decision:
        """Return what is decided of a post; an edit stays where the post is, and a repost with what it repeats."""
        post = candidate.post
        if known is not None and known.group is not None:
            return _Decision(known.group, known.repost_of, known.similarity)
        if post.kind is Kind.ANSWER:
            return _Decision(self.group_of(post.thread or ""))
        if not _is_grouped(candidate):
            return _Decision()
        place = self._place_of(post)
        if said := self._stated_group(post):
            return _Decision(said) if self._takes(said, post) else self._begun(post, said)
        repost = self._near.decide(post.id, body_of(post), post.collected_at, place=place)
        if is_order(post) and repost.similarity < SAME_WORDS:
            repost = ORIGINAL
        group, rivals = (self.group_of(repost.of) if repost.of else None), tuple[tuple[str, float], ...]()
        if group is None and not is_order(post):
            reached = self._grouping.reached(post.title, post.text, post.occurred_at, place=place)
            group, rivals = (reached[0], self._merging.vouched(reached)) if reached else (None, ())
        if group is not None and self._takes(group, post):
            return _Decision(group, repost.of, repost.similarity, None, rivals)
        return self._begun(post, group, repost)

    def _takes(self, group: str, post: Post) -> bool:
        """Whether the post may join the group: a message to the unit joins no closed matter."""
        return not post.is_addressed or self._standing(group).takes_messages

    def _stated_group(self, post: Post) -> str | None:
        """Return the group in which whoever handed the post over says that it belongs."""
        return self.group_of(post.stated.same_as) if post.stated and post.stated.same_as else None

    def _begun(self, post: Post, linked: str | None, repost: Repost = ORIGINAL) -> _Decision:
        """The post begins a group of its own, which continues another where that one takes no messages."""
        return _Decision(group_id(self.unit, post.id), repost.of, repost.similarity, linked)

    def _merged(self, merge: GroupMerge) -> GroupMerge:
        """The merge is carried out; returns it with how many people wrote in both groups together."""
        self._writers.absorb(merge.absorbed, merge.into)
        counted = replace(merge, posters=self._writers.count(merge.into))
        self.absorb(counted)
        return counted

    def _posters_with(self, group: str | None, candidate: Candidate, *, writes: bool) -> int:
        """Return how many people have written in the group, the candidate's among them if he writes there."""
        if group is None:
            return 0
        post, backfilled = candidate.post, candidate.backfilled
        also = Wrote(post.occurred_at, post.tokens, backfilled) if writes else None
        return self._writers.count(group, backfilled=backfilled, also=also)

    def _lapsed(self, known: Known | None, still: Container[str]) -> tuple[Key, ...]:
        """Mentions of rules that the newest version does not meet have ended; returns their keys."""
        if known is None:
            return ()
        gone = [mention for mention in known.mentions.values() if not mention.lapsed and mention.rule not in still]
        known.mentions.update((mention.key, replace(mention, lapsed=True)) for mention in gone)
        grouped = [mention for mention in known.mentions.values() if mention.group is not None]
        if gone and grouped and known.group is not None:
            members = self._members[known.group]
            is_lapsed = all(mention.lapsed for mention in grouped)
            members[gone[0].post] = replace(members[gone[0].post], is_lapsed=is_lapsed)
        return tuple(mention.key for mention in gone)

    def _revived(self, known: Known | None, keys: Container[Key], post: Post) -> tuple[tuple[Key, int], ...]:
        """Mentions of a version that is there again hold again as they were decided; returns their keys and when."""
        if known is None:
            return ()
        now = self.next_order
        again = [replace(one, lapsed=False, again=now) for one in known.mentions.values() if one.key in keys]
        known.mentions.update((mention.key, mention) for mention in again)
        for order in sorted({mention.order for mention in again if mention.group is not None}):
            members = self._members[known.group or ""]
            decided = [mention for mention in again if mention.order == order]
            members[post.id] = with_mentions(members[post.id], decided, post)
        self.next_order += bool(again)
        return tuple((mention.key, now) for mention in again)


def _is_grouped(candidate: Candidate) -> bool:
    """Return whether the gate is open: `about` is the one gate, past which grave and addressed posts go too."""
    return (
        candidate.opinion.about.label is not False
        or candidate.post.is_addressed
        or any(match.rule.grave for match in candidate.matches)
    )
