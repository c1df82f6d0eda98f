"""
Levels 等级: Ⅰ red, Ⅱ orange, Ⅲ yellow, Ⅳ blue, as the integers 1 to 4 (MECHANICS §5).

A lower number is a higher level. Names and colours are data of a unit; the decider knows only the numbers.
"""

from typing import TypeAlias

Level: TypeAlias = int

HIGHEST: Level = 1
LOWEST: Level = 4
BY_HAND: Level = 4
"""Opened by a person, or addressed to the unit."""
NEW_MATTER: Level = 3
LOWEST_FOR_EMERGENCY: Level = 2
"""The clocks of 5 h and 24 h exist only for Ⅰ and Ⅱ, switched on by a person."""
LOWEST_FOR_FOUR_EYES: Level = 2
"""To call a matter of Ⅰ or Ⅱ irrelevant takes a second person."""
HIGHEST_TO_SETTLE: Level = 3
"""Settling on one screen is for Ⅲ and Ⅳ."""


def is_level(value: int) -> bool:
    """Whether the number is one of the four levels."""
    return HIGHEST <= value <= LOWEST


def is_higher(one: Level, other: Level) -> bool:
    """Whether the first level is graver than the second."""
    return one < other


def one_up(level: Level) -> Level:
    """Return the next graver level; Ⅰ stays Ⅰ."""
    return max(HIGHEST, level - 1)
