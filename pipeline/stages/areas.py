"""Of which units' areas a post speaks: one automaton over the names of all units' places."""

from collections.abc import Mapping, Sequence

from daachorse import CharwiseDoubleArrayAhoCorasick

from .normalise import BARRIER, normalise


class Areas:
    """The areas of all units, ready to be looked for. Of a unit that has set none every post may speak."""

    def __init__(self, areas: Mapping[str, Sequence[str]]) -> None:
        units: dict[str, set[str]] = {}
        for unit, names in areas.items():
            for name in names:
                units.setdefault(normalise(name).text.strip(BARRIER), set()).add(unit)
        units.pop("", None)
        self._units = tuple(frozenset(each) for each in units.values())
        self._automaton = CharwiseDoubleArrayAhoCorasick(list(units)) if units else None
        self._without = frozenset(unit for unit, names in areas.items() if not names)

    def named_in(self, title: str, text: str) -> frozenset[str]:
        """Return the units of whose area the title or the text names a place, and those that have set no area."""
        if self._automaton is None:
            return self._without
        patterns = {
            pattern
            for field in (title, text)
            for _, _, pattern in self._automaton.find_overlapping(normalise(field).text)
        }
        return self._without.union(*(self._units[pattern] for pattern in patterns))
