"""
Text as Elasticsearch finds any piece of it: folded, then each code point a token of its own.

The `whitespace` analyzer cuts at blanks alone, so the phrase of a term's characters is an exact piece of the text. The
folding leaves no white space (`domain.searchable`), and it is the one that the other stores use.
"""

from pipeline.domain.searchable import searchable


def spaced(text: str) -> str:
    """Return the folded text with a blank between any two code points; "" of an empty text."""
    return " ".join(searchable(text))


def can_be_asked(term: str) -> bool:
    """Whether a stored text can hold the term: it has a character, and none that is half of one (a lone surrogate)."""
    return bool(term) and not any("\ud800" <= character <= "\udfff" for character in term)
