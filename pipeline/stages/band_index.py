"""
Which remembered texts may be near a text: MinHash signatures in bands, kept in flat arrays.

Each band has a table from its key to the newest text with that key; each text names the next older one. A text costs
about 1.5 KB, a look-up goes through 64 tables at once. What is found depends only on what is remembered, never on the
size of the tables.
"""

from collections import Counter
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

from .shingle import Shingles

BANDS = 64
ROWS = 2
PERMUTATIONS = BANDS * ROWS
SEED = 20_261_122
DEPTH = 64
"""How many texts with the same key are looked at, newest first: a template of thousands must not stop the stream."""

Keys: TypeAlias = NDArray[np.uint32]
"""One key per band."""

_MULTIPLIER = np.uint32(0x9E3779B1)
_EMPTY = np.uint32(0)
"""What no key is."""
_SMALLEST = 64
_FEW = 24
_WIDTH = 4
"""Keys per bucket; a table has half as many buckets as texts, so that few keys overflow into a dictionary."""


def bands_of(shingles: Shingles) -> Keys:
    """Return one key per band: two rows of the MinHash signature mixed into 32 bits."""
    whole = np.array([0, len(shingles)], dtype=np.uint64)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(shingles.astype(np.uint64), whole, PERMUTATIONS, SEED)
    signature = np.array(matrix.to_rows()[0], dtype=np.uint32)
    keys: Keys = (signature[0::ROWS] * _MULTIPLIER ^ signature[1::ROWS]) * _MULTIPLIER
    return np.maximum(keys, _EMPTY + np.uint32(1))


class BandIndex:
    """Texts by the number in which they were added, from 0."""

    def __init__(self) -> None:
        self._count = 0
        self._lanes = np.arange(BANDS)
        self._full_depth = np.full(2 * BANDS, DEPTH)
        self._allocate(_SMALLEST)

    def __len__(self) -> int:
        """Return how many texts have a number."""
        return self._count

    def add(self, keys: Keys) -> int:
        """The text is found by its bands from now on; returns its number."""
        if self._count == len(self._keys):
            self.keep(np.arange(self._count))
        number = self._count
        self._count += 1
        self._keys[number] = keys
        buckets = self._buckets(keys)
        same = self._same(keys, buckets)
        lanes, columns = np.nonzero(same)
        if len(lanes):
            places = buckets[lanes]
            self._older[number, lanes] = self._newest[places, columns]
            self._newest[places, columns] = number
        if len(lanes) < BANDS:
            self._add_new(number, keys, buckets, np.flatnonzero(~same.any(axis=1)))
        return number

    def sharing(self, keys: Keys, alive: NDArray[np.bool_]) -> Counter[int]:
        """Return the living texts that share a band, and how many bands each shares."""
        buckets = self._buckets(keys)
        lanes, columns = np.nonzero(self._same(keys, buckets))
        numbers = self._newest[buckets[lanes], columns]
        if self._overflow and len(lanes) < BANDS:
            lanes, numbers = self._with_overflow(keys, buckets, lanes, numbers)
        found: Counter[int] = Counter()
        left = self._full_depth[: len(lanes)]
        older = self._older.ravel()
        while len(numbers) > _FEW:
            living = alive.take(numbers)
            found.update(numbers[living].tolist())
            left = left - living
            numbers = older.take(numbers.astype(np.int64) * BANDS + lanes)
            going = ((numbers >= 0) & (left > 0)).nonzero()[0]
            numbers, lanes, left = numbers.take(going), lanes.take(going), left.take(going)
        for lane, number, more in zip(lanes.tolist(), numbers.tolist(), left.tolist(), strict=True):
            found.update(self._chain(lane, number, more, alive))
        return found

    def _chain(self, lane: int, number: int, more: int, alive: NDArray[np.bool_]) -> list[int]:
        """Return so many living texts of one band's chain; for a few bands this is faster than all at once."""
        older, lives = self._older.item, alive.item
        chain: list[int] = []
        while number >= 0 and len(chain) < more:
            if lives(number):
                chain.append(number)
            number = older(number, lane)
        return chain

    def keep(self, numbers: NDArray[np.int64]) -> None:
        """Only the texts of these numbers remain, numbered anew in their order, with room for as many again."""
        keys = self._keys[numbers]
        self._count = len(keys)
        self._allocate(max(_SMALLEST, 1 << (2 * self._count - 1).bit_length()))
        self._keys[: self._count] = keys
        if not len(keys):
            return
        for lane in range(BANDS):
            self._rebuild(lane, keys[:, lane])

    def _rebuild(self, lane: int, keys: Keys) -> None:
        order = np.argsort(keys, kind="stable").astype(np.int32)
        ranked = keys[order]
        follows = np.append(False, ranked[1:] == ranked[:-1])
        self._older[order[follows], lane] = order[np.flatnonzero(follows) - 1]
        last = np.append(~follows[1:], True)
        distinct, newest = ranked[last], order[last]
        buckets = (distinct >> self._shift).astype(np.int64) + lane * self._per_lane
        columns = np.arange(len(buckets)) - np.searchsorted(buckets, buckets)
        fits = columns < _WIDTH
        self._table[buckets[fits], columns[fits]] = distinct[fits]
        self._newest[buckets[fits], columns[fits]] = newest[fits]
        self._filled[: len(self._table)] += np.bincount(buckets[fits], minlength=len(self._table)).astype(np.int8)
        for key, number in zip(distinct[~fits].tolist(), newest[~fits].tolist(), strict=True):
            self._overflow[lane, key] = number

    def _add_new(self, number: int, keys: Keys, buckets: NDArray[np.int64], lanes: NDArray[np.int64]) -> None:
        """Give a text its place in the bands whose bucket does not hold its key."""
        columns = self._filled[buckets[lanes]]
        fits = columns < _WIDTH
        fitting, columns = lanes[fits], columns[fits]
        places = buckets[fitting] * _WIDTH + columns
        self._table.ravel()[places] = keys[fitting]
        self._newest.ravel()[places] = number
        self._filled[buckets[fitting]] = columns + np.int8(1)
        for lane in lanes[~fits].tolist():
            name = (lane, int(keys[lane]))
            self._older[number, lane] = self._overflow.get(name, -1)
            self._overflow[name] = number

    def _with_overflow(
        self, keys: Keys, buckets: NDArray[np.int64], lanes: NDArray[np.int64], numbers: NDArray[np.int32]
    ) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the lanes and newest texts of their keys, with those of keys that found no room in their bucket."""
        full = np.flatnonzero(self._filled[buckets] == _WIDTH).tolist()
        more = [(lane, number) for lane in full if (number := self._overflow.get((lane, int(keys[lane])))) is not None]
        if not more:
            return lanes, numbers
        extra = np.array(more, dtype=np.int32)
        return np.append(lanes, extra[:, 0]), np.append(numbers, extra[:, 1])

    def _buckets(self, keys: Keys) -> NDArray[np.int64]:
        buckets: NDArray[np.int64] = self._lanes * self._per_lane + (keys >> self._shift)
        return buckets

    def _same(self, keys: Keys, buckets: NDArray[np.int64]) -> NDArray[np.bool_]:
        same: NDArray[np.bool_] = self._table.take(buckets, axis=0) == keys[:, None]
        return same

    def _allocate(self, capacity: int) -> None:
        self._per_lane = capacity // 2
        buckets = BANDS * self._per_lane
        self._shift = np.uint32(32 - (self._per_lane - 1).bit_length())
        self._keys = np.empty((capacity, BANDS), dtype=np.uint32)
        self._older = np.full((capacity, BANDS), -1, dtype=np.int32)
        self._table = np.full((buckets, _WIDTH), _EMPTY, dtype=np.uint32)
        self._newest = np.full((buckets, _WIDTH), -1, dtype=np.int32)
        self._filled = np.zeros(buckets, dtype=np.int8)
        self._overflow: dict[tuple[int, int], int] = {}
