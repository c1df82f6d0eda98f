"""
One form for all spellings of a text, with the way back: rules and shingles see the form, people see the stored text.

The form is made code point by code point, so that each of its characters comes from exactly one stored character:
compatibility forms (full width, ①) become plain, letters small, Traditional characters Simplified; marks, spaces,
emoji and separators inside words (民/政/局) are dropped. Marks that end a clause, brackets of emotes and the mask `＊`
become a barrier, which no term crosses.
"""

import functools
import unicodedata
from dataclasses import dataclass

from .simplified import PAIRS

BARRIER = "\n"
MASK = "＊"
"""What intake writes over a masked character. It is recognised before NFKC, which would make it a separator."""

_BARRIERS = frozenset("。｡！？!?；;，,：:…—[]［］\n\r\v\f\x85\u2028\u2029" + MASK)


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in its normal form beside the stored text that it was made of."""

    text: str
    source: str

    @property
    def offsets(self) -> tuple[int, ...]:
        """Return for each character of the form the index of the stored character it came from (built on each call)."""
        image = _folding()
        return tuple(index for index, character in enumerate(self.source) for _ in image[ord(character)])


class _Folding(dict[int, str]):
    """The form of every code point, found when it is first met. It depends on nothing but Unicode and the pairs."""

    def __init__(self) -> None:
        super().__init__()
        self._simplified = dict(zip(PAIRS[::2], PAIRS[1::2], strict=True))

    def __missing__(self, code: int) -> str:
        """Return the form of a code point and keep it."""
        form = self[code] = self._form(chr(code))
        return form

    def _form(self, character: str) -> str:
        if character in _BARRIERS:
            return BARRIER
        plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).lower())
        return "".join(self._simplified.get(c, c) for c in plain if c.isalnum())


@functools.cache
def _folding() -> _Folding:
    return _Folding()


def normalise(text: str) -> Normalised:
    """Return the text in its normal form; the form of a form is itself."""
    return Normalised(text.translate(_folding()), text)
