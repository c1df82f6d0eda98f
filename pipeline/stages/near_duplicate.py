"""
Which earlier post a post repeats: forwarded, quoted, cut short, or lightly edited.

Candidates share a MinHash band (64 bands of 2 rows over 3-grams). A candidate is the original where the shorter text
is contained in the longer one: at least 60 % of its shingles by weight, at least 8 of them, a shingle weighing less
the more remembered posts have it. Texts under 12 characters are compared exactly. (Method and figures: the field study
of streams; `bench/repost_quality.py` prints ours.)
"""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.post import Millis

from .band_index import BandIndex, Keys, bands_of
from .place import are_one_place
from .shingle import Shingles, own_words, shingles

CONTAINED = 6_000
SHARED = 8
SHORT = 12
CANDIDATES = 16
DAY: Millis = 86_400_000
_BUCKETS = 128
"""Counters per remembered post; with them a shingle's count is right up to about one."""


@dataclass(frozen=True, slots=True)
class Repost:
    """`of` is the key of the original, None where the post is one itself; `similarity` in 1/10,000."""

    of: str | None
    similarity: int = 0


ORIGINAL = Repost(None)


@dataclass(frozen=True, slots=True)
class _Read:
    """What is compared of a text: nothing where it has no words of its own, no bands where it is short."""

    exact: bytes | None
    shingles: Shingles
    bands: Keys | None


def _read(text: str) -> _Read:
    form = own_words(text)
    if not form:
        return _Read(None, shingles(""), None)
    exact = hashlib.blake2b(form.encode(), digest_size=16).digest()
    grams = shingles(form)
    return _Read(exact, grams, bands_of(grams) if len(form) >= SHORT and len(grams) else None)


class NearDuplicates:
    """
    One unit's memory of originals, as long as the window; it knows no clock but the input's `at`.

    `remember` in the same order gives the same memory, so a reload of the window's posts decides as before. A day that
    has left the window, seen from the newest post, is forgotten whole.
    """

    def __init__(self, window_days: int = 30) -> None:
        self._window = window_days
        self._newest: int | None = None
        self._keys: list[str] = []
        self._grams: list[Shingles] = []
        self._days: list[int] = []
        self._places: list[str | None] = []
        self._alive = np.zeros(64, dtype=np.bool_)
        self._living = 0
        self._bands = BandIndex()
        self._counts = np.zeros(_BUCKETS, dtype=np.uint32)
        self._exact: dict[bytes, tuple[str, int]] = {}
        self._last = ("", _read(""))

    def __len__(self) -> int:
        """Return how many posts are remembered."""
        return self._living + len(self._exact)

    def decide(self, key: str, text: str, at: Millis, *, place: str | None = None) -> Repost:
        """
        Return what the post repeats: the original in the window that it shares most with.

        A letter in the words of another that names another place is no repost: it is another matter.
        """
        read = self._reading(text)
        if read.exact is None:
            return ORIGINAL
        oldest = at // DAY - self._window
        same = self._exact.get(read.exact)
        if same and same[0] != key and same[1] >= oldest:
            return Repost(same[0], 10_000)
        if read.bands is None or not self._living:
            return ORIGINAL
        sharing = self._bands.sharing(read.bands, self._alive)
        fitting = sorted(n for n in sharing if self._may_be_original(n, key, oldest, place))
        if len(fitting) > CANDIDATES:
            fitting = sorted(sorted(fitting, key=lambda n: -sharing[n])[:CANDIDATES])
        return self._nearest(read.shingles, fitting) if fitting else ORIGINAL

    def remember(
        self, key: str, text: str, at: Millis, *, repost_of: str | None = None, place: str | None = None
    ) -> None:
        """The post can be found as an original; a repost cannot, what repeats it repeats its original."""
        day = at // DAY
        self._forget_before(day)
        read = self._reading(text)
        if repost_of is not None or read.exact is None or day < self._oldest:
            return
        self._exact.setdefault(read.exact, (key, day))
        if read.bands is None:
            return
        if len(self._bands) == len(self._alive):
            self._compact()
        self._alive[self._bands.add(read.bands)] = True
        self._keys.append(key)
        self._grams.append(read.shingles)
        self._days.append(day)
        self._places.append(place)
        self._living += 1
        if self._living * _BUCKETS > len(self._counts):
            self._recount()
        else:
            self._counts[self._bucket(read.shingles)] += np.uint32(1)

    @property
    def _oldest(self) -> int:
        return -1 if self._newest is None else self._newest - self._window

    def _may_be_original(self, number: int, key: str, oldest: int, place: str | None) -> bool:
        return self._days[number] >= oldest and self._keys[number] != key and are_one_place(place, self._places[number])

    def _reading(self, text: str) -> _Read:
        """Return what is compared of a text; the last is kept, because a post is decided and then remembered."""
        if self._last[0] != text:
            self._last = (text, _read(text))
        return self._last[1]

    def _nearest(self, own: Shingles, candidates: list[int]) -> Repost:
        """Return the candidate that shares most, of those of which enough is shared."""
        grams = [self._grams[n] for n in candidates]
        starts = np.cumsum([0, *(len(g) for g in grams[:-1])])
        flat = np.concatenate(grams)
        shared = own[np.minimum(np.searchsorted(own, flat), len(own) - 1)] == flat
        weights = self._weights(flat)
        inside = np.add.reduceat(weights * shared, starts)
        smaller = np.minimum(np.add.reduceat(weights, starts), self._weights(own).sum())
        similarity = inside * 10_000 // smaller
        enough = (similarity >= CONTAINED) & (np.add.reduceat(shared.astype(np.int64), starts) >= SHARED)
        if not enough.any():
            return ORIGINAL
        best = int(np.argmax(inside * enough))
        return Repost(self._keys[candidates[best]], int(similarity[best]))

    def _weights(self, grams: Shingles) -> NDArray[np.int64]:
        """Return log((posts + 1) / posts with the shingle) in 1/1,000, as whole numbers, so that sums are exact."""
        having = np.maximum(self._counts.take(self._bucket(grams)), 1)
        weights: NDArray[np.int64] = (np.log((self._living + 1) / having) * 1_000).astype(np.int64)
        np.maximum(weights, 1, out=weights)
        return weights

    def _bucket(self, grams: Shingles) -> Shingles:
        return grams & np.uint32(len(self._counts) - 1)

    def _forget_before(self, day: int) -> None:
        if self._newest is not None and day <= self._newest:
            return
        self._newest = day
        dead = [n for n, d in enumerate(self._days) if d < self._oldest and self._alive[n]]
        self._exact = {exact: kept for exact, kept in self._exact.items() if kept[1] >= self._oldest}
        if dead:
            self._alive[dead] = False
            self._living -= len(dead)
            self._recount()

    def _recount(self) -> None:
        """Count the shingles of the living in as many buckets as their number asks for."""
        size = _BUCKETS << max(0, self._living - 1).bit_length()
        self._counts = np.zeros(size, dtype=np.uint32)
        for number in np.flatnonzero(self._alive).tolist():
            self._counts[self._bucket(self._grams[number])] += np.uint32(1)

    def _compact(self) -> None:
        """Give the living new numbers, in their order, and room for as many again."""
        numbers = np.flatnonzero(self._alive)
        kept = numbers.tolist()
        self._bands.keep(numbers)
        self._keys = [self._keys[n] for n in kept]
        self._grams = [self._grams[n] for n in kept]
        self._days = [self._days[n] for n in kept]
        self._places = [self._places[n] for n in kept]
        self._alive = np.zeros(max(64, 2 * len(kept)), dtype=np.bool_)
        self._alive[: len(kept)] = True
