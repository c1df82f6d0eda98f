"""Who takes lists for a unit: everything of the service that taking one needs, put together in one place."""

from collections.abc import Callable
from dataclasses import dataclass

from api.kept_terms import kept_terms
from api.sheets import Sheet
from api.stores import Stores
from api.words import Words
from pipeline.ports import Door
from pipeline.workflow.clerk import Clerk
from pipeline.workflow.settings import Settings

from .answering import Answering
from .letter import Reading
from .mapping import Columns
from .taking import Taken, Taking


@dataclass(frozen=True, slots=True)
class Office:
    """An account with its roles in one unit; without an account nobody records answers of letters that wait here."""

    stores: Stores
    door: Door
    clerk: Clerk
    settings: Settings
    unit: str
    account: str
    roles: frozenset[str]
    words: Words

    def take(self, sheet: Sheet, columns: Columns, told: Callable[[Taken], None]) -> Taken:
        """Every row of the list was taken, or is named with what is wrong."""
        columns.check(sheet.headings)
        reading = Reading(self.unit, columns, sheet.headings, self.stores.clock.now())
        answering = Answering(self.clerk, self.unit, self.account, self.roles, self.words) if self.account else None
        taking = Taking(self.stores.posts, self.door, reading, kept_terms(self.settings), answering)
        return taking.take(sheet.rows, told)
