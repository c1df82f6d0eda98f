"""What full-text search compares: one form of a text and of a term, the same in every store and on both sides."""

import re

_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")
BLANK = "␣"


def searchable(text: str) -> str:
    """
    Return the text in lower case, with each white-space or control character as one visible blank.

    Otherwise nothing changes: a post contains a term exactly where `searchable(term) in searchable(text)`. Each
    character is folded by itself, so a piece of a text folds to a piece of the folded text.
    """
    # Python alone lowers a sigma by its neighbours; the final form is made the plain one, so that pieces still match.
    return _BLANK.sub(BLANK, text.lower().replace("ς", "σ"))
