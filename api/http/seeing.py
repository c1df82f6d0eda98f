"""What every read of a unit needs: the coverage beside each count, and a record of who was shown which texts."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends

from api.accounts.principal import Principal
from pipeline.domain.unit_state import UnitState
from pipeline.workflow.queue import QueueRow

from .asked import Unit
from .service import TheService
from .shown.count import Coverage, coverage_of


def coverage_now(service: TheService) -> Coverage:
    """Return the coverage as it is now."""
    return coverage_of(service.health())


TheCoverage = Annotated[Coverage, Depends(coverage_now)]
"""Type of a handler's parameter that receives the coverage."""


@dataclass(frozen=True, slots=True)
class Here:
    """The unit that is looked at, the service, and how much of the world it sees now."""

    unit: Unit
    service: TheService
    coverage: TheCoverage

    @property
    def state(self) -> UnitState:
        """Return what the unit's log says now."""
        return self.service.desk.state(self.unit)

    def note_rows(self, who: Principal, where: str, rows: Iterable[QueueRow]) -> None:
        """It will be on record that these headlines were shown."""
        self.note_posts(who, where, [row.headline.post for row in rows if row.headline.text])

    def note_posts(self, who: Principal, where: str, posts: Iterable[str]) -> None:
        """It will be on record that the texts of these posts were shown."""
        shown = list(posts)
        if shown:
            self.service.people.audit.shown(who.account, self.unit, where, shown)


TheUnit = Annotated[Here, Depends()]
"""Type of a handler's parameter that receives the unit, with everything that a read of it asks."""
