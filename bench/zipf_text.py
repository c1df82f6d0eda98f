"""Made-up Chinese-looking posts for measurements: words and characters as uneven as in real text, all from a seed."""

import random
from collections.abc import Iterator
from itertools import accumulate

from pipeline.domain.post import Millis, Post

CHARACTERS = 3_000
WORDS = 20_000
MEAN_WORDS = 42
MARKS = "，，，。。！？、；：“”…＊"
START: Millis = 1_767_225_600_000  # 2026-01-01 UTC


class ZipfText:
    """A made-up language: the k-th most common character and word is used about 1/k as often as the first."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        common = [chr(0x4E00 + 5 * k) for k in range(CHARACTERS)]
        weights = list(accumulate(1 / (k + 8) for k in range(CHARACTERS)))
        lengths = self._random.choices([1, 2, 3, 4], weights=[2, 12, 3, 2], k=WORDS)
        self._words = ["".join(self._random.choices(common, cum_weights=weights, k=length)) for length in lengths]
        self._weights = list(accumulate(1 / (k + 4) for k in range(WORDS)))

    def text(self) -> str:
        """Return one text of about 86 characters, from a handful to some hundred."""
        count = max(2, int(self._random.lognormvariate(0, 0.7) * MEAN_WORDS * 0.66))
        words = self._random.choices(self._words, cum_weights=self._weights, k=count)
        marks = self._random.choices(MARKS, k=count // 6 + 1)
        return "".join(word + (marks[i // 6] if i % 6 == 5 else "") for i, word in enumerate(words))

    def term(self, length: int) -> str:
        """Return a term as people would look for: a piece of that many characters of a text."""
        text = self.text()
        while len(text) < length:
            text += self.text()
        start = self._random.randrange(len(text) - length + 1)
        return text[start : start + length]


def posts(language: ZipfText, number: int, days: int) -> Iterator[Post]:
    """Yield posts spread evenly over the days, each collected some minutes after it was published."""
    step = days * 86_400_000 // number
    for k in range(number):
        at = START + k * step
        yield Post(
            id=f"{k * 2654435761 % 2**64:032x}",
            version=f"{k:016x}",
            heads=(f"{k * 2654435761 % 2**64:032x}", f"{k * 40503 % 2**63 + 1:032x}"),
            source="bench-forum",
            text=language.text(),
            title="",
            collected_at=at + 300_000,
            salt=f"{k:032x}",
            address=f"https://forum.example.org/thread/{k}",
            published_at=at,
            body_hash=f"{k:064x}",
        )
