"""A post's words with the hits of the watch rules in them, as pieces that a template escapes one by one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.mention import Hit


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text; `is_hit` where a rule met it."""

    text: str
    is_hit: bool


def pieces(text: str, hits: Iterable[Hit], field: str) -> Sequence[Piece]:
    """Return the whole text in pieces; hits that overlap or touch are one, those outside the text are none."""
    return list(_pieces(text, _spans(len(text), hits, field)))


def _spans(length: int, hits: Iterable[Hit], field: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of code points that are marked, in order and apart."""
    wanted = sorted((hit.start, hit.end) for hit in hits if hit.field == field and 0 <= hit.start < hit.end <= length)
    begin, end = -1, -1
    for start, stop in wanted:
        if start > end:
            if end > 0:
                yield begin, end
            begin = start
        end = max(end, stop) if start <= end else stop
    if end > 0:
        yield begin, end


def _pieces(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[Piece]:
    place = 0
    for begin, end in spans:
        if begin > place:
            yield Piece(text[place:begin], is_hit=False)
        yield Piece(text[begin:end], is_hit=True)
        place = end
    if place < len(text):
        yield Piece(text[place:], is_hit=False)
