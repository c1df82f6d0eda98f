"""Which matters there are: each complaint, question or plea once, however many people write about it."""

from collections.abc import Callable, Mapping
from itertools import count

from pipeline.domain.post import Millis

from .phrasebook import MatterTemplate
from .season import DAY
from .teller import Matter, Teller

SAME_WITHIN: Millis = 2 * DAY
"""Who writes the same of the same place within this time writes about the same matter, whether he knows it or not."""


class Matters:
    """Begins matters. Remembers the last one of each kind, story and place."""

    def __init__(self, teller: Teller, chance: Callable[[], float]) -> None:
        self._teller = teller
        self._chance = chance
        self._numbers = count(1)
        self._last: dict[tuple[str, int, str], tuple[Matter, Millis]] = {}

    def begin(self, template: MatterTemplate, at: Millis) -> tuple[Matter, bool]:
        """Return the matter that somebody now writes about, and whether it is new."""
        luck = self._chance()
        matter = Matter(f"m{next(self._numbers)}", template, luck)
        story = int(luck * len(template.core))
        anchor = template.anchors[story]
        if not anchor or not template.spread:
            return matter, True
        key = (template.id, story, self._teller.settle(matter, anchor))
        known, seen_at = self._last.get(key, (matter, at))
        self._last[key] = (known, at)
        if known is matter or at - seen_at > SAME_WITHIN:
            self._last[key] = (matter, at)
            return matter, True
        return known, False


def by_id(templates: tuple[MatterTemplate, ...]) -> Mapping[str, MatterTemplate]:
    """Return the kinds of matters by their ids."""
    return {template.id: template for template in templates}
