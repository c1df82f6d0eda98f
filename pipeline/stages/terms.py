"""What a post is about, as weighted pairs of characters (sublinear tf × idf), and how rare each pair is."""

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .normalise import BARRIER, normalise
from .shingle import own_clauses
from .stock_phrases import EACH, PHRASES, POSTS

Codes: TypeAlias = NDArray[np.int64]
"""Pairs of characters as numbers: 21 bits each."""
Weights: TypeAlias = NDArray[np.float64]

TITLE_COUNTS = 3
BODY = 300
KEPT = 60

_WIDTH = 21


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of a text in order of appearance, how often each occurs, and how long the text is."""

    codes: Codes
    often: Weights
    length: int


@dataclass(frozen=True, slots=True)
class Vector:
    """Weights of length 1 over the weightiest pairs, the heaviest first."""

    codes: Codes
    weights: Weights


def pairs_of(title: str, text: str) -> Pairs:
    """Return the pairs of the title, which counts threefold, and of the first 300 characters of the text."""
    head, body = own_clauses(title), own_clauses(text[: 2 * BODY])[:BODY]
    title_pairs = _pairs(head)
    every = np.concatenate([title_pairs] * TITLE_COUNTS + [_pairs(body)])
    codes, first, often = np.unique(every, return_index=True, return_counts=True)
    order = np.argsort(first)
    return Pairs(codes[order], often[order].astype(np.float64), len(head) + len(body))


def _pairs(form: str) -> Codes:
    codes = np.frombuffer(form.encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    joined: Codes = codes[:-1] << _WIDTH | codes[1:]
    if BARRIER in form:
        barred = codes == ord(BARRIER)
        joined = joined[~(barred[:-1] | barred[1:])]
    return joined


@functools.cache
def _background() -> Mapping[int, int]:
    codes = np.unique(_pairs(normalise(PHRASES).text))
    return dict.fromkeys(codes.tolist(), EACH)


class Rarity:
    """How many posts had each pair, beginning with what all letters have in common."""

    def __init__(self) -> None:
        self._posts = POSTS
        self._having = dict(_background())

    def add(self, pairs: Pairs) -> None:
        """One more post had these pairs."""
        self._posts += 1
        having = self._having
        for code in pairs.codes.tolist():
            having[code] = having.get(code, 0) + 1

    def vector(self, pairs: Pairs) -> Vector:
        """Return the post's vector as rarity stands now; it is empty where the post says nothing of its own."""
        seen = self._having.get
        having = np.array([seen(code, 0) for code in pairs.codes.tolist()], dtype=np.float64)
        weights = (1.0 + np.log(pairs.often)) * np.log((self._posts + 1.0) / (having + 1.0))
        heaviest = np.argsort(-weights, kind="stable")[:KEPT]
        heaviest = heaviest[weights[heaviest] > 0.0]
        kept = weights[heaviest]
        return Vector(pairs.codes[heaviest], kept / np.sqrt(kept @ kept) if len(kept) else kept)
