"""
The watch of all units, ready to be asked about posts: which rules one meets, and what makes it a mention without any.

A rule says what is spoken of; that it is spoken of here is said by the post's source, or by a place that it names
(MECHANICS §5: "that it is this unit's is the rule's work"). What a post costs does not depend on the number of units:
rules of many units with the same words are looked for once, and places of all units by one automaton.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from pipeline.domain.post import Kind, Post
from pipeline.domain.watch import Watch
from pipeline.domain.watch_rule import WatchRule

from .areas import Areas
from .match import Match

TO_THE_UNIT = Match(WatchRule(id="addressed"), ())
"""What a message addressed to the unit meets where no rule does: it must be answered, whatever its words are."""

AN_ANSWER = Match(WatchRule(id="answer"), ())
"""What an office's answer meets where no rule does: it belongs to what it answers."""


class PostMatcher(Protocol):
    """Says which rules a post meets, and where."""

    def matches(self, title: str, text: str) -> tuple[Match, ...]:
        """Return the matches of all rules."""


@dataclass(frozen=True, slots=True)
class _Owned:
    """A rule of a unit, and its place among all rules."""

    unit: str
    place: int
    rule: WatchRule


@dataclass(slots=True)
class _Shared:
    """One wording of a rule with the units that watch it: by unit, and by which sources are wide to them."""

    by_unit: dict[str, list[_Owned]] = field(default_factory=dict)
    by_wide: dict[frozenset[str], list[_Owned]] = field(default_factory=dict)

    def add(self, owned: _Owned, wide: frozenset[str]) -> None:
        """One more unit watches this."""
        self.by_unit.setdefault(owned.unit, []).append(owned)
        self.by_wide.setdefault(wide, []).append(owned)

    def everybody(self) -> Iterable[_Owned]:
        """Yield the rule of each unit that watches this."""
        return (owned for each in self.by_unit.values() for owned in each)

    def of(self, units: Iterable[str]) -> Iterable[_Owned]:
        """Yield the rule of those units that watch this."""
        return (owned for unit in units for owned in self.by_unit.get(unit, ()))


class Watching:
    """What all units watch. Nothing in it changes after it was made."""

    def __init__(self, watch: Watch, matcher_of: Callable[[Sequence[WatchRule]], PostMatcher]) -> None:
        self._shared: dict[str, _Shared] = {}
        asked: dict[str, WatchRule] = {}
        place = 0
        for own in watch.units.values():
            for rule in own.rules:
                wording = replace(rule, unit=None)
                asked.setdefault(wording.version, wording)
                self._shared.setdefault(wording.version, _Shared()).add(_Owned(own.unit, place, rule), own.wide_sources)
                place += 1
        self._matcher = matcher_of(list(asked.values()))
        self._has_addressee = watch.addressee() is not None
        self._units = frozenset(watch.units)
        self._owned_sources: Mapping[str, frozenset[str]] = watch.owned
        self._areas = Areas({unit: own.area for unit, own in watch.units.items()})

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
        """Return the rules that words of a source meet, and where, in the order of units and of their rules."""
        met: list[tuple[int, Match]] = []
        named: frozenset[str] | None = None
        for match in self._matcher.matches(title, text):
            shared = self._shared.get(match.rule.version)
            if shared is None:  # a rule of no unit, as rehearsals have
                met.append((-1, match))
                continue
            if is_addressed or (match.rule.anywhere and not match.rule.needs_place):
                found = shared.everybody()
            else:
                named = self._areas.named_in(title, text) if named is None else named
                found = {each.place: each for each in self._counting(shared, match.rule, source, named)}.values()
            met += [(each.place, Match(each.rule, match.hits)) for each in found]
        return tuple(match for _, match in sorted(met, key=lambda each: each[0]))

    def _counting(self, shared: _Shared, rule: WatchRule, source: str, named: frozenset[str]) -> Iterable[_Owned]:
        """Yield the units' rules that count: their area is named, or the source speaks of it and asks for no name."""
        yield from shared.of(named)
        if rule.needs_place:
            return
        if (owners := self._owned_sources.get(source)) is not None:
            yield from shared.of(sorted(owners))
            return
        for wide, each in shared.by_wide.items():
            if source not in wide:
                yield from each
