"""
The watch of all units, ready to be asked about posts: which rules one meets, and what makes it a mention without any.

A rule says what is spoken of; that it is spoken of here is said by the post's source, or by a place that it names
(MECHANICS §5: "that it is this unit's is the rule's work").
"""

from collections.abc import Callable, Sequence
from typing import Protocol

from pipeline.domain.post import Kind, Post
from pipeline.domain.watch import Watch
from pipeline.domain.watch_rule import WatchRule

from .match import Match
from .place import Places

TO_THE_UNIT = Match(WatchRule(id="addressed"), ())
"""What a message addressed to the unit meets where no rule does: it must be answered, whatever its words are."""

AN_ANSWER = Match(WatchRule(id="answer"), ())
"""What an office's answer meets where no rule does: it belongs to what it answers."""


class PostMatcher(Protocol):
    """Says which rules a post meets, and where."""

    def matches(self, title: str, text: str) -> tuple[Match, ...]:
        """Return the matches of all rules."""


class Watching:
    """What all units watch. Nothing in it changes after it was made."""

    def __init__(self, watch: Watch, matcher_of: Callable[[Sequence[WatchRule]], PostMatcher]) -> None:
        self._matcher = matcher_of(watch.rules())
        self._has_addressee = watch.addressee() is not None
        self._units = frozenset(watch.units)
        self._wide_sources = {unit: own.wide_sources for unit, own in watch.units.items()}
        self._areas = {unit: Places(own.area) for unit, own in watch.units.items() if own.area}

    def matches(self, post: Post) -> tuple[Match, ...]:
        """Return what makes the post a mention, for all units; whether an answer's question is known is not asked."""
        if (to := self._stated_unit(post)) is not None:
            own = tuple(match for match in self.met_by(post) if match.rule.unit in (None, to))
            return own or (Match(WatchRule(id=TO_THE_UNIT.rule.id, unit=to), ()),)
        if matches := self.met_by(post):
            return matches
        if post.is_addressed and self._has_addressee:
            return (TO_THE_UNIT,)
        return (AN_ANSWER,) if post.kind is Kind.ANSWER and post.thread else ()

    def _stated_unit(self, post: Post) -> str | None:
        """Return to which of several units a message was handed in; where there is one, every message is its own."""
        said = post.stated.to_unit if post.stated and post.is_addressed else ""
        return said if said in self._units and not self._has_addressee else None

    def met_by(self, post: Post) -> tuple[Match, ...]:
        """Return the rules that the post meets, and where."""
        return self.met_in(post.title, post.text, source=post.source, is_addressed=post.is_addressed)

    def met_in(self, title: str, text: str, *, source: str, is_addressed: bool = False) -> tuple[Match, ...]:
        """Return the rules that words of a source meet, and where."""
        return tuple(
            match
            for match in self._matcher.matches(title, text)
            if is_addressed or not self._must_name_area(match.rule, source) or self._names_area(match.rule, title, text)
        )

    def _must_name_area(self, rule: WatchRule, source: str) -> bool:
        """Whether a rule counts only where the unit's area is named: by its own word, or in a source of wider area."""
        return rule.needs_place or (not rule.anywhere and source in self._wide_sources.get(rule.unit or "", ()))

    def _names_area(self, rule: WatchRule, title: str, text: str) -> bool:
        """Whether words name the unit's area; a unit that has set none can ask nobody to name it."""
        area = self._areas.get(rule.unit or "")
        return area is None or area.named_in(title, text) is not None
