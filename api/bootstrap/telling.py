"""What each unit has set about telling people: recipients, hours, budget, calendar."""

from collections.abc import Callable, Mapping

from pipeline.domain.calendar_setting import read_calendar
from pipeline.domain.office import read_offices
from pipeline.domain.read_sending import read_sending
from pipeline.domain.unit_settings import Table
from pipeline.domain.working_calendar import working_calendar
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.settings import Settings, UnitSettings


def send_practice_of(settings: Settings) -> Callable[[str], SendPractice]:
    """Return how to find what a unit has set about telling; shipped figures, and nobody, where it has set nothing."""
    of_change: dict[int, dict[str, SendPractice]] = {}

    def practice(unit: str) -> SendPractice:
        if settings.change not in of_change:
            of_change.clear()
        known = of_change.setdefault(settings.change, {})
        if unit not in known:
            own = settings.units.get(unit)
            known[unit] = _practice(own) if own else SendPractice()
        return known[unit]

    return practice


def _practice(own: UnitSettings) -> SendPractice:
    tables: Mapping[str, Table] = own.tables
    calendar = read_calendar(tables["calendar"]) if "calendar" in tables else working_calendar()
    offices = read_offices(tables.get("offices", {}))
    return SendPractice(own.recipients, read_sending(tables.get("notices", {})), calendar, offices)
