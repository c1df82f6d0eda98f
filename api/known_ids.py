"""Which accounts, offices and units a form of a unit may name: those that there are; a slip is told at its field."""

from collections.abc import Callable, Collection

from pipeline.domain.office import read_offices
from pipeline.domain.order_form import FieldKind
from pipeline.domain.read_order import Known
from pipeline.workflow.settings import Settings

from .accounts.account import DEMO_ACCOUNT
from .accounts.people import People


def known_ids(settings: Settings, people: People) -> Callable[[str], Known]:
    """Return, for a unit, what its fields may name. Offices and units are not known where none are set."""

    def of_unit(unit: str) -> Known:
        def known(kind: FieldKind) -> Collection[str] | None:
            if kind is FieldKind.ACCOUNT:
                return _accounts(people, unit)
            if kind is FieldKind.UNIT:
                return frozenset(settings.units) - {unit} or None
            return _offices(settings, unit) if kind is FieldKind.OFFICE else None

        return known

    return of_unit


def _accounts(people: People, unit: str) -> Collection[str]:
    mine = {one.id for one in people.accounts.every() if one.sees(unit) and not one.is_disabled}
    return mine or {DEMO_ACCOUNT}


def _offices(settings: Settings, unit: str) -> Collection[str] | None:
    own = settings.units.get(unit)
    if own is None or "offices" not in own.tables:
        return None
    return {office.id for office in read_offices(own.tables["offices"])}
