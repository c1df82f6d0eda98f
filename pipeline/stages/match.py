"""
Which watch rules a post meets, and where its terms stand.

One automaton holds the terms and exclusion phrases of all rules, so that the cost of a post does not depend on their
number. Title and text are read together; no term crosses from one to the other.
"""

import bisect
import itertools
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto

from daachorse import CharwiseDoubleArrayAhoCorasick

from pipeline.domain.errors import BadInput
from pipeline.domain.mention import Hit
from pipeline.domain.watch_rule import Near, WatchRule

from .normalise import BARRIER, normalise


@dataclass(frozen=True, slots=True)
class Match:
    """A rule that a post meets, with the terms that made it so, in the order title, text."""

    rule: WatchRule
    hits: tuple[Hit, ...]


_SEAM = "\0"
"""Between title and text: a character that no normal form holds, so no term crosses."""


class _Role(Enum):
    """What a term does in its rule."""

    ANY = auto()
    ALL = auto()
    NONE = auto()
    EXCLUDE = auto()
    NEAR_A = auto()
    NEAR_B = auto()


@dataclass(frozen=True, slots=True)
class _Use:
    """A pattern's part in one rule; `term` is the spelling of the rule."""

    rule: int
    role: _Role
    term: str


@dataclass(frozen=True, slots=True)
class _Found:
    """A term at its place in the normal form."""

    start: int
    end: int
    use: _Use


@dataclass(slots=True)
class _Evidence:
    """What was found for one rule."""

    found: list[_Found] = field(default_factory=list)
    excluding: list[_Found] = field(default_factory=list)
    forbidden: bool = False


class Matcher:
    """
    All watch rules, ready to be asked about posts. Nothing in it changes after it was made.

    Raises BadInput where a term has no normal form, so that it could never be found.
    """

    def __init__(self, rules: Sequence[WatchRule]) -> None:
        self.rules = tuple(rules)
        uses: dict[str, list[_Use]] = {}
        for number, rule in enumerate(self.rules):
            for role, term in _terms(rule):
                uses.setdefault(_form(rule, term), []).append(_Use(number, role, term))
        self._uses = tuple(uses.values())
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(uses)) if uses else None

    def matches(self, title: str, text: str) -> tuple[Match, ...]:
        """Return the rules that the post meets, in the order of the rules; hits refer to title and text exactly."""
        if self._automaton is None:
            return ()
        head, body = normalise(title), normalise(text)
        found = self._automaton.find_overlapping(f"{head.text}{_SEAM}{body.text}")
        if not found:
            return ()
        met = [
            (self.rules[number], hits)
            for number, evidence in sorted(self._evidence(found).items())
            if (hits := _met(self.rules[number], evidence, len(head.text)))
        ]
        if not met:
            return ()
        offsets = (*head.offsets, 0, *body.offsets)
        return tuple(Match(rule, tuple(_hit(hit, offsets, len(head.text)) for hit in hits)) for rule, hits in met)

    def _evidence(self, found: Iterable[tuple[int, int, int]]) -> dict[int, _Evidence]:
        by_rule: dict[int, _Evidence] = {}
        for start, end, pattern in found:
            for use in self._uses[pattern]:
                evidence = by_rule.get(use.rule)
                if evidence is None:
                    evidence = by_rule[use.rule] = _Evidence()
                if use.role is _Role.NONE:
                    evidence.forbidden = True
                elif use.role is _Role.EXCLUDE:
                    evidence.excluding.append(_Found(start, end, use))
                else:
                    evidence.found.append(_Found(start, end, use))
        return by_rule


def _terms(rule: WatchRule) -> Iterable[tuple[_Role, str]]:
    lists = [
        (_Role.ANY, rule.any),
        (_Role.ALL, rule.all),
        (_Role.NONE, rule.none),
        (_Role.EXCLUDE, rule.exclude_phrases),
    ]
    if rule.near:
        lists += [(_Role.NEAR_A, rule.near.a), (_Role.NEAR_B, rule.near.b)]
    return ((role, term) for role, terms in lists for term in dict.fromkeys(terms))


def _form(rule: WatchRule, term: str) -> str:
    form = normalise(term).text.strip(BARRIER)
    if not form:
        raise BadInput(
            f"rule {rule.id}: nothing of the term {term!r} is left to look for; write it with letters", code="CFG-303"
        )
    return form


def _met(rule: WatchRule, evidence: _Evidence, boundary: int) -> list[_Found]:
    """Return the hits of a rule that is met, longest first where they cover each other; none where it is not met."""
    if evidence.forbidden:
        return []
    found = _outside(evidence.found, evidence.excluding) if evidence.excluding else evidence.found
    near = _pairs(rule.near, found, boundary) if rule.near else []
    kept = [hit for hit in found if hit.use.role in (_Role.ANY, _Role.ALL)]
    present = {(hit.use.role, hit.use.term) for hit in kept}
    if rule.any and not any(role is _Role.ANY for role, _ in present):
        return []
    if any((_Role.ALL, term) not in present for term in rule.all):
        return []
    if rule.near and not near:
        return []
    return _outermost(kept + near)


def _outside(found: list[_Found], phrases: list[_Found]) -> list[_Found]:
    """Return the hits that no exclusion phrase covers."""
    phrases = sorted(phrases, key=_start)
    reach = list(itertools.accumulate((phrase.end for phrase in phrases), max))
    outside: list[_Found] = []
    for hit in found:
        before = bisect.bisect_right(phrases, hit.start, key=_start)
        if not before or reach[before - 1] < hit.end:
            outside.append(hit)
    return outside


def _pairs(near: Near, found: list[_Found], boundary: int) -> list[_Found]:
    """Return every hit that has its partner near, in the same field; hits that overlap are no pair."""
    ones = [hit for hit in found if hit.use.role is _Role.NEAR_A]
    others = [hit for hit in found if hit.use.role is _Role.NEAR_B]
    paired: list[_Found] = []
    for hits, partners in ((ones, others), (others, ones)):
        starts = sorted(partner.start for partner in partners)
        ends = sorted(partner.end for partner in partners)
        for hit in hits:
            floor, ceiling = (0, boundary) if hit.start < boundary else (boundary + 1, sys.maxsize)
            if _any_within(starts, hit.end, min(hit.end + near.within, ceiling - 1)) or _any_within(
                ends, max(hit.start - near.within, floor + 1), hit.start
            ):
                paired.append(hit)
    return paired


def _any_within(places: list[int], low: int, high: int) -> bool:
    index = bisect.bisect_left(places, low)
    return index < len(places) and places[index] <= high


def _outermost(found: list[_Found]) -> list[_Found]:
    """Return the hits in order, without those that stand inside a longer one."""
    kept: list[_Found] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.end > kept[-1].end:
            kept.append(hit)
    return kept


def _hit(found: _Found, offsets: tuple[int, ...], boundary: int) -> Hit:
    field = "title" if found.start < boundary else "text"
    return Hit(field, found.use.term, offsets[found.start], offsets[found.end - 1] + 1)


def _start(found: _Found) -> int:
    return found.start
