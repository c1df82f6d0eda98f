"""Which place of the unit a post speaks of: the longest name of a township, village or neighbourhood in it."""

from collections.abc import Sequence

from daachorse import MATCH_KIND_LEFTMOST_LONGEST, CharwiseDoubleArrayAhoCorasick

from .normalise import BARRIER, normalise


def are_one_place(one: str | None, other: str | None) -> bool:
    """Whether two posts may speak of one place: one names none, or the one lies in the other (城关镇, 城关镇东风村)."""
    return one is None or other is None or one in other or other in one


class Places:
    """The names of a unit's places, ready to be looked for. Other spellings of a name lead to the name as given."""

    def __init__(self, names: Sequence[str]) -> None:
        forms: dict[str, str] = {}
        for name in names:
            forms.setdefault(normalise(name).text.strip(BARRIER), name)
        forms.pop("", None)
        self._names = tuple(forms.values())
        self._known = frozenset(names)
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(forms), MATCH_KIND_LEFTMOST_LONGEST) if forms else None

    def __contains__(self, name: str) -> bool:
        """Whether it is a place of the unit, as its table writes it."""
        return name in self._known

    def named_in(self, title: str, text: str) -> str | None:
        """
        Return the place of a post, None where it names none.

        A name in the title wins, then the longer one (东风村 of 城关镇东风村 is no 城关镇), then the first.
        """
        if self._automaton is None:
            return None
        for field in (title, text):
            found = self._automaton.find(normalise(field).text)
            if found:
                longest = max(found, key=lambda hit: (hit[1] - hit[0], -hit[0]))
                return self._names[longest[2]]
        return None
