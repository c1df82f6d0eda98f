"""Which posts complain about the conduct of staff: found like every watched word, in all spellings of a text."""

from functools import lru_cache

from pipeline.domain.conduct import SHIPPED_CONDUCT, ConductWords
from pipeline.domain.watch_rule import Near, WatchRule

from .match import Matcher


class ConductMatcher:
    """Says whether a post complains about staff conduct. Nothing in it changes after it was made."""

    def __init__(self, words: ConductWords = SHIPPED_CONDUCT) -> None:
        self._matcher = _matcher(words)

    def complains(self, title: str, text: str) -> bool:
        """Whether a word for staff stands near a word for how they behaved."""
        return bool(self._matcher.matches(title, text))


@lru_cache(maxsize=64)
def _matcher(words: ConductWords) -> Matcher:
    """Return the words' automaton; every unit that has added none shares one."""
    near = Near(words.staff, words.acts, words.within)
    return Matcher([WatchRule(id="conduct", exclude_phrases=words.except_in, near=near)])
