"""A source as a page lists it: who it is, why it is watched, at which pace, and how it fares."""

from dataclasses import dataclass

from pipeline.domain.post import Millis


@dataclass(frozen=True, slots=True)
class SourceLine:
    """
    One source of the settings. `is_alive` is None where it is not enabled; `why` it is not alive, and `since` when.

    `last_good_at` is when its entrance was last seen (0: never), `last_new_at` when it last brought something new.
    `is_unusual`: the last round found other than `least` to `most`.
    """

    source: str
    name: str
    publisher: str
    kind: str
    host: str
    reason: str
    every_minutes: int
    pace_seconds: float
    is_alive: bool | None
    why: str = ""
    since: Millis = 0
    last_good_at: Millis = 0
    last_new_at: Millis = 0
    found: int = 0
    least: int = 0
    most: int = 0
    is_unusual: bool = False
