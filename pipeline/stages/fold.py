"""
The fold: candidates in order become mentions with decisions, per unit.

What the fold decides (group, repost) is stored in the mention and never decided twice: a reload calls `remember` with
the stored mentions and arrives at the same memory that `fold` left behind.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pipeline.domain.group import GroupRow, group_id
from pipeline.domain.member import WINDOW, Member, row_of, with_mentions
from pipeline.domain.mention import NO_OPINION, Mention, Opinion
from pipeline.domain.post import Kind, Millis, Post, Token
from pipeline.domain.service_line import NO_LINES, ServiceLines

from .group import Grouping
from .match import Match
from .near_duplicate import NearDuplicates
from .place import Places

Key: TypeAlias = tuple[str, str, str, str, str]
"""The key of a mention."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A post that a unit's rules met, with the classifier's opinion."""

    post: Post
    matches: tuple[Match, ...]
    opinion: Opinion
    backfilled: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """What folding one candidate changed: new mentions, keys of those that ended, and of those met again and when."""

    mentions: tuple[Mention, ...]
    lapsed: tuple[Key, ...] = ()
    revived: tuple[tuple[Key, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Wrote:
    """
    That somebody wrote in a group, for counting people; without tokens a person of his own.

    What a changed rule found later (`backfilled`) is counted only for posts that were found so too, so that it never
    helps to raise anything.
    """

    at: Millis
    tokens: tuple[Token, ...]
    backfilled: bool


@dataclass(slots=True)
class _Known:
    """What the unit knows of a post: its group, and all mentions that there ever were, as they stand."""

    group: str | None = None
    repost_of: str | None = None
    similarity: int = 0
    mentions: dict[Key, Mention] = field(default_factory=dict)


def always_open(_group: str) -> bool:
    """No group is closed to a message addressed to the unit."""
    return True


class UnitMemory:
    """One unit's memory of what was folded: near-duplicates, groups, members, who wrote when."""

    def __init__(
        self,
        unit: str,
        places: Iterable[str],
        takes_messages: Callable[[str], bool] = always_open,
        lines: ServiceLines = NO_LINES,
    ) -> None:
        self.unit = unit
        self._lines = lines
        self.next_order = 0
        self._places = Places(tuple(places))
        self._takes_messages = takes_messages
        self._near = NearDuplicates()
        self._grouping = Grouping()
        self._posts: dict[str, _Known] = {}
        self._members: dict[str, dict[str, Member]] = {}
        self._wrote: dict[str, list[_Wrote]] = {}

    def fold(self, candidate: Candidate, seen_seq: int) -> Folded:
        """
        Decide for one candidate and remember it; call in the order of the stream.

        A mention is created once: a text that is there again after an edit was taken back makes no second one, and
        what it made then is revived.
        """
        post = candidate.post
        is_answer = post.kind is Kind.ANSWER  # the office's own words are no complaint, plea or grave matter
        known = self._posts.get(post.id)
        group, repost_of, similarity, linked = self._decided(candidate, known)
        tokens = post.tokens
        is_new = known is None or known.group is None
        posters = self._posters_with(group, candidate, writes=repost_of is None and is_new and not is_answer)
        line = self._lines.line_of(
            candidate.opinion.service_line.label, (match.rule.service_line for match in candidate.matches)
        )
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
                repost_of=repost_of,
                similarity=similarity,
                seen_seq=seen_seq,
                order=self.next_order,
                collected_at=post.collected_at,
                occurred_at=post.occurred_at,
                service_line=line,
                place=self._places.named_in(post.title, post.text),
                posters=posters,
                grave=match.rule.grave and not is_answer,
                grave_level=match.rule.grave_level or 2,
                addressed=post.is_addressed,
                backfilled=candidate.backfilled,
                linked=linked,
            )
            for match in candidate.matches
        )
        lapsed = self._lapsed(known, {match.rule.id for match in candidate.matches})
        mentions = tuple(mention for mention in decided if known is None or mention.key not in known.mentions)
        revived = self._revived(known, {mention.key for mention in decided}, post)
        if mentions:
            self.remember(mentions, post, tokens)
        return Folded(mentions, lapsed, revived)

    def remember(self, mentions: Sequence[Mention], post: Post, tokens: tuple[Token, ...]) -> None:
        """The decisions of one post are part of the memory, as if they had just been made."""
        first = mentions[0]
        self.next_order = max(self.next_order, *(mention.spoke + 1 for mention in mentions))
        known = self._posts.setdefault(first.post, _Known())
        is_new = known.group is None and post.kind is not Kind.ANSWER
        known.group, known.repost_of, known.similarity = first.group, first.repost_of, first.similarity
        known.mentions.update((mention.key, mention) for mention in mentions)
        if first.group is None:
            return
        members = self._members.setdefault(first.group, {})
        members[first.post] = with_mentions(members.get(first.post), mentions, post)
        if not is_new:
            return
        self._near.remember(first.post, _body(post), first.collected_at, repost_of=first.repost_of, place=first.place)
        self._grouping.remember(first.group, post.title, post.text, first.occurred_at, place=first.place)
        if first.repost_of is None:
            self._wrote[first.group] = _still_counted(
                [*self._wrote.get(first.group, ()), _Wrote(first.occurred_at, tokens, first.backfilled)]
            )

    def group_of(self, post_id: str) -> str | None:
        """Return the group that the post was put into."""
        known = self._posts.get(post_id)
        return known.group if known else None

    def knows(self, post_id: str) -> bool:
        """Whether a mention of the post was ever folded."""
        return post_id in self._posts

    def row(self, group: str) -> GroupRow:
        """Return the group's row as its members give it."""
        return row_of(self.unit, group, self._members[group].values())

    def groups(self) -> Mapping[str, Mapping[str, Member]]:
        """Return all groups with their members."""
        return self._members

    def _decided(self, candidate: Candidate, known: _Known | None) -> tuple[str | None, str | None, int, str | None]:
        """Return the group, what the post repeats and how alike, and the group that it continues without joining it."""
        post = candidate.post
        if known is not None and known.group is not None:
            return known.group, known.repost_of, known.similarity, None
        if post.kind is Kind.ANSWER:
            return self.group_of(post.thread or ""), None, 0, None
        if not _is_grouped(candidate):
            return None, None, 0, None
        place = self._places.named_in(post.title, post.text)
        repost = self._near.decide(post.id, _body(post), post.collected_at, place=place)
        group = self.group_of(repost.of) if repost.of else None
        if group is None:
            group = self._grouping.decide(post.title, post.text, post.occurred_at, place=place)
        if group is not None and (not post.is_addressed or self._takes_messages(group)):
            return group, repost.of, repost.similarity, None
        return group_id(self.unit, post.id), repost.of, repost.similarity, group

    def _posters_with(self, group: str | None, candidate: Candidate, *, writes: bool) -> int:
        """Return how many people wrote within the window; it ends at the newest post, in whatever order posts come."""
        if group is None:
            return 0
        wrote = [one for one in self._wrote.get(group, ()) if candidate.backfilled or not one.backfilled]
        if writes:
            wrote.append(_Wrote(candidate.post.occurred_at, candidate.post.tokens, candidate.backfilled))
        until = max((one.at for one in wrote), default=0)
        return different_people([one.tokens for one in wrote if one.at > until - WINDOW])

    def _lapsed(self, known: _Known | None, still: Container[str]) -> tuple[Key, ...]:
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

    def _revived(self, known: _Known | None, keys: Container[Key], post: Post) -> tuple[tuple[Key, int], ...]:
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


def ends_of(folded: Iterable[Folded]) -> tuple[Sequence[Key], Sequence[tuple[Key, int]]]:
    """Return the keys of mentions that have lapsed when all is folded, and those that were revived, with when."""
    lapsed: dict[Key, None] = {}
    revived: dict[Key, int] = {}
    for each in folded:
        for key, order in each.revived:
            lapsed.pop(key, None)
            revived[key] = order
        lapsed |= dict.fromkeys(each.lapsed)
    return tuple(lapsed), tuple(revived.items())


def different_people(tokens: Sequence[tuple[Token, ...]]) -> int:
    """Return how many different people wrote; two posts are one person's where they share a token of one period."""
    seen: set[Token] = set()
    people = 0
    for of_post in tokens:
        if not of_post or seen.isdisjoint(of_post):
            people += 1
        seen.update(of_post)
    return people


def _still_counted(wrote: list[_Wrote]) -> list[_Wrote]:
    """Return those who can still be counted: the window only moves on, and what was backfilled does not move it."""
    until = max((one.at for one in wrote if not one.backfilled), default=0)
    return [one for one in wrote if one.at > until - WINDOW]


def _is_grouped(candidate: Candidate) -> bool:
    """Return whether the gate is open: `about` is the one gate, past which grave and addressed posts go too."""
    return (
        candidate.opinion.about.label is not False
        or candidate.post.is_addressed
        or any(match.rule.grave for match in candidate.matches)
    )


def _body(post: Post) -> str:
    return f"{post.title}\n{post.text}" if post.title else post.text
