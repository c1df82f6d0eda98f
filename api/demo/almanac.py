"""What is written about on a day: the kinds of matters with their weights, heavier near a feast."""

from bisect import bisect
from collections.abc import Sequence
from itertools import accumulate

from .phrasebook import MatterTemplate
from .season import seasons

ON_TOPIC = 0.12
"""The share of matters outside the feasts that are civil affairs; their rumours, spreads and replies come on top."""


class Almanac:
    """Draws the kind of the next matter, and says how busy a day is. Remembers the last day only."""

    def __init__(self, templates: Sequence[MatterTemplate]) -> None:
        self._templates = tuple(templates)
        self._seasons = seasons()
        ours = sum(template.weight for template in templates if template.about)
        others = sum(template.weight for template in templates if not template.about)
        self._unit = tuple(
            template.weight * (ON_TOPIC / ours if template.about else (1 - ON_TOPIC) / others) for template in templates
        )
        self._day = -1
        self._cumulative: tuple[float, ...] = ()

    def draw(self, day: int, chance: float) -> MatterTemplate:
        """Return the kind of matter that a number in [0, 1) picks on this day."""
        self._turn_to(day)
        return self._templates[bisect(self._cumulative, chance * self._cumulative[-1])]

    def busy(self, day: int) -> float:
        """Return how many matters this day has, as a multiple of an ordinary day."""
        self._turn_to(day)
        return self._cumulative[-1]

    def _turn_to(self, day: int) -> None:
        if day == self._day:
            return
        feasts = self._seasons.get(day, ())
        weights = list(self._unit)
        for at, template in enumerate(self._templates):
            for feast in feasts:
                weights[at] *= template.seasons.get(feast, 1.0)
        self._day = day
        self._cumulative = tuple(accumulate(weights))
