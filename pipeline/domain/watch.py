"""What units watch, as the worker and the verbs need it: values made from the settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .conduct import SHIPPED_CONDUCT, ConductWords
from .service_line import NO_LINES, ServiceLines
from .watch_rule import WatchRule


@dataclass(frozen=True, slots=True)
class UnitWatch:
    """
    One unit's rules, places, business lines, and the words that mark a complaint about staff conduct.

    A post that names one of `area` speaks of the unit's own; those of `wide_sources` must, for they speak of more.
    """

    unit: str
    rules: tuple[WatchRule, ...]
    places: tuple[str, ...] = ()
    lines: ServiceLines = NO_LINES
    area: tuple[str, ...] = ()
    wide_sources: frozenset[str] = frozenset()
    conduct: ConductWords = SHIPPED_CONDUCT


@dataclass(frozen=True, slots=True)
class Watch:
    """
    The watches of all units; every rule in it names its unit.

    `owned` names the units of which a source speaks, where its manifest says so: for every other unit it is a wide one.
    """

    units: Mapping[str, UnitWatch]
    owned: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def addressee(self) -> str | None:
        """Return the unit to which messages are addressed: the only one; with several, rules must say whose it is."""
        return next(iter(self.units)) if len(self.units) == 1 else None

    def rules(self) -> Sequence[WatchRule]:
        """Return all rules of all units, in order."""
        return [rule for unit in self.units.values() for rule in unit.rules]
