"""
Which earlier matter a post speaks of: one pass over the stream, nearest centroid over a bounded inverted index.

A post joins the group with the nearest centroid if the cosine, decayed by the time since the group was last heard of,
reaches the threshold, and if nothing speaks against it: another place of the unit, another line, building or phase of
the same kind. (Method and figures: the field study of streams; `bench/group_quality.py` prints ours.)
"""

import heapq
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.domain.post import Millis

from .place import are_one_place
from .terms import Codes, Pairs, Rarity, Vector, Weights, pairs_of

NEAR = 0.20
NEAR_OF_LITTLE = 0.30
LITTLE = 40
"""A post of fewer characters than this must be nearer: a title alone says less than a letter."""

DAY: Millis = 86_400_000
DECAY_DAYS = 180
FORGOTTEN_DAYS = math.ceil(DECAY_DAYS * math.log(1 / NEAR))
"""After 290 days even the same words would not reach the threshold, so the group is dropped."""

ASKED = 30
RECENT = 200
CANDIDATES = 16
CENTROID = 160

NOBODY: Mapping[str, float] = {}

_NUMBERED = re.compile(
    r"(\d{1,4}|[一二三四五六七八九十]{1,3})[#＃]?(号线|路公交|路车|号楼|标段|单元|[栋幢期届])|(\d{1,4})(路)"
)
"""What tells two matters of one form apart in a title: 2号线, 3栋, 二期, 210路."""


@dataclass(slots=True)
class _Group:
    """A group's centroid and what may speak against joining it."""

    key: str
    last_at: Millis
    codes: Codes
    weights: Weights
    norm: float
    places: set[str] = field(default_factory=set)
    numbers: dict[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Read:
    """What is compared of a post, as rarity stood when it was read."""

    pairs: Pairs
    vector: Vector
    numbers: dict[str, set[str]]


class Grouping:
    """
    One unit's memory of matters; it knows no clock but the input's times.

    `remember` in the same order gives the same memory, so a reload of the stored decisions decides as before.
    """

    def __init__(self) -> None:
        self._rarity = Rarity()
        self._groups: dict[str, _Group] = {}
        self._postings: dict[int, dict[str, float]] = {}
        self._newest: Millis | None = None
        self._last: tuple[str, str, _Read] | None = None

    def __len__(self) -> int:
        """Return how many groups are remembered."""
        return len(self._groups)

    def decide(self, title: str, text: str, at: Millis, *, place: str | None = None) -> str | None:
        """Return the group that the post belongs to; None where it begins one of its own."""
        return next(iter(self.reached(title, text, at, place=place)), None)

    def reached(self, title: str, text: str, at: Millis, *, place: str | None = None) -> tuple[str, ...]:
        """Return every group that the post is near enough to, the nearest first: it belongs to that one."""
        read = self._reading(title, text)
        near = NEAR if read.pairs.length >= LITTLE else NEAR_OF_LITTLE
        return tuple(
            group.key
            for similarity, group in self._nearest(read.vector, at)
            if similarity >= near and not _speaks_against(group, place, read.numbers)
        )

    def likeness(self, one: str, other: str) -> float:
        """Return how near two groups are, decayed as between posts; 0 where something speaks against or one is gone."""
        mine, yours = self._groups.get(one), self._groups.get(other)
        if mine is None or yours is None or _are_different(mine, yours):
            return 0.0
        (cosine,) = _cosines(_direction(mine), [yours])
        return cosine * _decay(mine.last_at - yours.last_at)

    def neighbours(self, group: str) -> Iterable[tuple[float, str]]:
        """Return the groups near a group of which nothing speaks against it, the nearest first."""
        known = self._groups.get(group)
        if known is None:
            return ()
        near = self._nearest(_direction(known), known.last_at)
        return [(near, other.key) for near, other in near if other is not known and not _are_different(known, other)]

    def absorb(self, absorbed: str, into: str) -> None:
        """The first group is forgotten, and the other stands where the members of both are."""
        gone = self._groups.pop(absorbed, None)
        if gone is None:
            return
        self._unpost(absorbed, gone.codes)
        known = self._groups.get(into)
        if known is None:
            known = self._groups[into] = replace(gone, key=into)
        else:
            self._unpost(into, _move(known, Vector(gone.codes, gone.weights)))
            known.last_at = max(known.last_at, gone.last_at)
            known.places |= gone.places
            for kind, numbers in gone.numbers.items():
                known.numbers.setdefault(kind, set()).update(numbers)
        self._post(known, Vector(gone.codes, gone.weights))

    def remember(self, group: str, title: str, text: str, at: Millis, *, place: str | None = None) -> None:
        """The post is a member of the group, which has moved to where its members are."""
        read = self._reading(title, text)
        self._last = None
        self._forget_before(at)
        known = self._groups.get(group)
        if known is None:
            known = self._groups[group] = _Group(group, at, read.vector.codes, read.vector.weights, 1.0)
        else:
            known.last_at = max(known.last_at, at)
            self._unpost(group, _move(known, read.vector))
        if place is not None:
            known.places.add(place)
        for kind, numbers in read.numbers.items():
            known.numbers.setdefault(kind, set()).update(numbers)
        self._post(known, read.vector)
        self._rarity.add(read.pairs)

    def _reading(self, title: str, text: str) -> _Read:
        """Return what is compared; a post is decided and then remembered, so the last is kept until then."""
        if self._last and self._last[0] == title and self._last[1] == text:
            return self._last[2]
        pairs = pairs_of(title, text)
        read = _Read(pairs, self._rarity.vector(pairs), _numbers(title))
        self._last = (title, text, read)
        return read

    def _nearest(self, vector: Vector, at: Millis) -> Iterable[tuple[float, _Group]]:
        """Return the candidates by decayed cosine, the nearest first, the earlier of equals."""
        scores: dict[str, float] = {}
        scored = scores.get
        for code, weight in zip(vector.codes[:ASKED].tolist(), vector.weights[:ASKED].tolist(), strict=True):
            for key, other in self._postings.get(code, NOBODY).items():
                scores[key] = scored(key, 0.0) + weight * other
        if not scores:
            return ()
        likely = heapq.nlargest(CANDIDATES, scores, key=scores.__getitem__)
        candidates = [self._groups[key] for key in likely]
        cosines = _cosines(vector, candidates)
        decayed = [
            (cosine * _decay(at - group.last_at), group) for cosine, group in zip(cosines, candidates, strict=True)
        ]
        return sorted(decayed, key=lambda near: -near[0])

    def _post(self, group: _Group, vector: Vector) -> None:
        """The group stands last, as the most recent, in the postings of the post's pairs, with its weight now."""
        now = dict(zip(group.codes.tolist(), (group.weights / group.norm).tolist(), strict=True))
        for code in vector.codes.tolist():
            weight = now.get(code)
            if weight is None:
                continue
            posting = self._postings.get(code)
            if posting is None:
                self._postings[code] = {group.key: weight}
                continue
            posting.pop(group.key, None)
            posting[group.key] = weight
            if len(posting) > RECENT:
                del posting[next(iter(posting))]

    def _forget_before(self, at: Millis) -> None:
        """Groups that nothing can join any more are gone; looked for once a day of the input's time."""
        if self._newest is not None and at // DAY <= self._newest // DAY:
            return
        self._newest = at
        for key in [k for k, group in self._groups.items() if group.last_at < at - FORGOTTEN_DAYS * DAY]:
            self._unpost(key, self._groups.pop(key).codes)

    def _unpost(self, key: str, codes: Codes) -> None:
        for code in codes.tolist():
            posting = self._postings.get(code, {})
            posting.pop(key, None)
            if not posting:
                self._postings.pop(code, None)


def _numbers(title: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number, kind, line, road in _NUMBERED.findall(title):
        found.setdefault(kind or road, set()).add(number or line)
    return found


def _speaks_against(group: _Group, place: str | None, numbers: dict[str, set[str]]) -> bool:
    """Return whether the post is of another place than every member, or of another number of the same kind."""
    if group.places and not any(are_one_place(place, known) for known in group.places):
        return True
    return any(group.numbers.get(kind) and not own & group.numbers[kind] for kind, own in numbers.items())


def _are_different(one: _Group, other: _Group) -> bool:
    """Return whether no place of one is a place of the other, or no number of the same kind."""
    if one.places and other.places and not any(are_one_place(a, b) for a in one.places for b in other.places):
        return True
    return any(numbers.isdisjoint(other.numbers.get(kind, numbers)) for kind, numbers in one.numbers.items())


def _decay(apart: Millis) -> float:
    return math.exp(-abs(apart) / (DECAY_DAYS * DAY))


def _direction(group: _Group) -> Vector:
    """Return the group's centroid of length 1, the heaviest pairs first."""
    heaviest = np.argsort(-group.weights, kind="stable")
    return Vector(group.codes[heaviest], group.weights[heaviest] / group.norm)


def _cosines(vector: Vector, groups: list[_Group]) -> list[float]:
    order = np.argsort(vector.codes)
    codes, weights = vector.codes[order], vector.weights[order]
    flat = np.concatenate([group.codes for group in groups])
    place = np.minimum(np.searchsorted(codes, flat), len(codes) - 1)
    products = np.where(codes[place] == flat, weights[place], 0.0) * np.concatenate([g.weights for g in groups])
    starts = np.cumsum([0, *(len(group.codes) for group in groups[:-1])])
    dots = np.add.reduceat(products, starts)
    return [dot / group.norm for dot, group in zip(dots.tolist(), groups, strict=True)]


def _move(group: _Group, vector: Vector) -> Codes:
    """The centroid is the sum of its members' vectors, of its weightiest pairs at most; returns the pairs it lost."""
    codes, place = np.unique(np.concatenate((group.codes, vector.codes)), return_inverse=True)
    weights: Weights = np.bincount(place, np.concatenate((group.weights, vector.weights))).astype(np.float64)
    heaviest = np.argsort(-weights, kind="stable")
    kept, lost = heaviest[:CENTROID], heaviest[CENTROID:]
    group.codes, group.weights = codes[kept], weights[kept]
    group.norm = math.sqrt(float(group.weights @ group.weights))
    return codes[lost]
