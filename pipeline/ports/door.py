"""The one door in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from pipeline.domain.post import RawPost


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of raw posts at the door: on the bus, turned away (erased before), or buried as dead letters."""

    published: int = 0
    turned_away: int = 0
    buried: int = 0


class Door(Protocol):
    """The one door in: intake (ids, masking, tokens, salt), then the bus. Spiders, files and people use it alike."""

    def admit(self, raws: Sequence[RawPost]) -> Admitted:
        """Every raw post is on the bus, turned away or buried when the call returns; or StoreUnavailable is raised."""
