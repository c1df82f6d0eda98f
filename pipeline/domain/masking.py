"""
Masking at the door: what leads to a private person becomes `＊`, one for each code point (DESIGN §1.3, MECHANICS §2).

The length stays, so offsets hold; what is masked already stays as it is, so masking twice changes nothing.
"""

from .dwellings import find_dwellings
from .handles import find_handles
from .minors import find_marks_of_minors
from .name_rule import without_kept
from .names import find_names
from .numbers import Span, find_numbers

MASK = "＊"
"""U+FF0A. It is a barrier for matching and shingles, recognised before any normalisation."""


def mask(text: str, keep: frozenset[str] = frozenset()) -> str:
    """
    Return the text with private names, numbers and dwellings masked, one `＊` for each code point.

    `keep` are terms that stay whole: places, terms of rules, words of the service. Nothing is raised. Masking is
    repeated until it changes nothing, so a second call changes nothing.
    """
    while text:
        masked = _mask_once(text, keep)
        if masked == text:
            break
        text = masked
    return text


def _mask_once(text: str, keep: frozenset[str]) -> str:
    spans = find_private(text, keep)
    if not spans:
        return text
    chars = list(text)
    for start, end in spans:
        chars[start:end] = MASK * (end - start)
    return "".join(chars)


def find_private(text: str, keep: frozenset[str] = frozenset()) -> list[Span]:
    """Return the spans that one pass masks; they may overlap."""
    spans = [*find_numbers(text), *find_names(text, keep)]
    for span in (*find_dwellings(text), *find_handles(text), *find_marks_of_minors(text)):
        spans += without_kept(text, span, keep)
    return spans
