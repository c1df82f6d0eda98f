"""A text with the places where watch rules met it: cut into pieces, so that a page can mark them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipeline.domain.mention import Hit


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; `terms` are those of the rules that stand there, none for what lies between."""

    text: str
    terms: tuple[str, ...] = ()


def marked(text: str, hits: Sequence[Hit], field: str) -> Sequence[Piece]:
    """Return the whole text in pieces, in order; hits of other fields and outside of the text mark nothing."""
    here = [hit for hit in hits if hit.field == field and 0 <= hit.start < hit.end <= len(text)]
    return list(_pieces(text, here))


def _pieces(text: str, hits: Sequence[Hit]) -> Iterator[Piece]:
    cuts = sorted({0, len(text), *(hit.start for hit in hits), *(hit.end for hit in hits)})
    for start, end in pairwise(cuts):
        terms = (hit.term for hit in hits if hit.start <= start and end <= hit.end)
        yield Piece(text[start:end], tuple(dict.fromkeys(terms)))
