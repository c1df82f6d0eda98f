"""The alert rules' figures: data of a unit, changed in its settings (MECHANICS §5 and §7)."""

from dataclasses import dataclass

from .level import BY_HAND, HIGHEST, NEW_MATTER, Level
from .post import Millis

HOUR: Millis = 3_600_000
DAY: Millis = 24 * HOUR


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """
    The defaults are those of MECHANICS §5 and §7.

    New matter: `new_posts` of `new_posters` within 14 days. Growth: `growth_factor` times what was seen and at least
    `growth_posts` more; spread: `spread_sources` more; both raise by one, up to `growth_up_to`. `raises_within`: a post
    raises only this long after its own time. A message to the unit opens for longer, because boards and offices hand
    messages on late and each must be answered all the same.
    """

    version: str = "1"
    new_posts: int = 3
    new_posters: int = 2
    new_level: Level = NEW_MATTER
    addressed_level: Level = BY_HAND
    growth_factor: int = 2
    growth_posts: int = 3
    spread_sources: int = 3
    growth_up_to: Level = HIGHEST
    raises_within: Millis = 72 * HOUR
    addressed_opens_within: Millis = 30 * DAY


DEFAULT_POLICY = AlertPolicy()
