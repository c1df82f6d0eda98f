"""A text laid out for reading: what comes first weighs most (the first 60 characters carry nearly all of a topic)."""

import re
from dataclasses import dataclass

from .lexicon import normal_form

LONGEST = 20_000
"""Characters that are read of a text; a longer one has said what it is about before."""

OPENING = 60
"""Characters after the title, or after the first sentence, that weigh more than the rest."""

_SALUTE = re.compile(
    r"(?:(?:尊敬的|敬爱的)[^,。!:\n]{0,24}[,。!:\n]*|(?:各位)?(?:领导|书记|局长|县长|市长|同志)们?[,。!:\n]*"
    r"|(?:你们?好|您们?好|你好呀)[,。!:\n]*|\n+)+"
)
_SENTENCE_END = re.compile(r"[。!?;\n…]+")
_LONGEST_TITLE = 80


@dataclass(frozen=True, slots=True)
class Passage:
    """
    A text in its normal form, title first. Positions before `head_end` are the title (or the first sentence where
    there is none), those before `opening_end` the opening.
    """

    text: str
    head_end: int
    opening_end: int

    @property
    def is_empty(self) -> bool:
        """No letter or character that could mean anything."""
        return not any(character.isalnum() for character in self.text)

    def region(self, position: int) -> int:
        """Return 0 in the title, 1 in the opening, 2 in the rest."""
        return 0 if position < self.head_end else 1 if position < self.opening_end else 2


def lay_out(title: str, text: str) -> Passage:
    """Return the passage of a post; salutations are no part of an opening."""
    head = normal_form(title)
    body = normal_form(text[:LONGEST])
    salute = _SALUTE.match(body)
    body = body[salute.end() :] if salute else body
    if head and body.startswith(head):
        body = body[len(head) :]
    if not head:
        end = _SENTENCE_END.search(body)
        cut = min(end.end() if end else len(body), _LONGEST_TITLE)
        head, body = body[:cut], body[cut:]
    whole = f"{head}\n{body}"
    head_end = len(head)
    return Passage(whole, head_end, head_end + 1 + OPENING)
