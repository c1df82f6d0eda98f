"""Settings as typed values, read from the records that every process sees (DESIGN §3, Units and settings)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import cast

from pipeline.domain.conduct import SHIPPED_CONDUCT, ConductWords, read_conduct
from pipeline.domain.service_line import NO_LINES, ServiceLines, read_lines
from pipeline.domain.unit_settings import (
    Recipient,
    Table,
    UnitProfile,
    area_of,
    read_places,
    read_profile,
    read_recipients,
)
from pipeline.domain.watch import UnitWatch, Watch
from pipeline.domain.watch_rule import WatchRule, read_rules
from pipeline.ports import Record, Records

SETTING = "setting"
SOURCE = "source/"
NOT_SET = "null"
"""The value of a setting that somebody unset: what ships holds, as if it had never been, and its revisions go on."""


def in_force(records: Records, unit: str | None = None, prefix: str = "") -> Sequence[Record]:
    """Return the records of settings that are set; every reader of settings asks here, for some were unset."""
    return [record for record in records.list(SETTING, unit, prefix) if record.value != NOT_SET]


def table_of(record: Record) -> Table | None:
    """Return what a setting's record holds; None where it says that nothing is set."""
    return cast("Table | None", json.loads(record.value))


@dataclass(frozen=True, slots=True)
class UnitSettings:
    """Everything that one unit has set."""

    profile: UnitProfile
    places: tuple[str, ...]
    rules: tuple[WatchRule, ...]
    recipients: tuple[Recipient, ...]
    tables: Mapping[str, Table]
    lines: ServiceLines = NO_LINES
    conduct: ConductWords = SHIPPED_CONDUCT


@dataclass(slots=True)
class Settings:
    """A reader of the settings that notices change: `refresh` is cheap where nothing has changed."""

    records: Records
    default_rules: Sequence[WatchRule]
    units: Mapping[str, UnitSettings]
    change: int = -1
    default_lines: ServiceLines = NO_LINES
    wide_sources: frozenset[str] = frozenset()
    owned_sources: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def refresh(self) -> bool:
        """The settings are those that are stored now; returns whether anything had changed."""
        change, _ = self.records.changed_since(SETTING, self.change)
        if change == self.change:
            return False
        self.units = {unit: self._read(unit) for unit in self._unit_ids()}
        manifests = self._manifests()
        self.wide_sources = frozenset(source for source, said in manifests.items() if said.get("local") is False)
        owned = {source: _units(said) & self.units.keys() for source, said in manifests.items()}
        self.owned_sources = {source: units for source, units in owned.items() if units}
        self.change = change  # last: what others derive from the units is kept under this number
        return True

    def watch(self) -> Watch:
        """Return what all units watch; each rule names its unit."""
        units = {unit: watch_of(unit, own, self.wide_sources) for unit, own in self.units.items()}
        return Watch(units, self.owned_sources)

    def recipients(self) -> Mapping[str, Sequence[Recipient]]:
        """Return whom each unit tells."""
        return {unit: settings.recipients for unit, settings in self.units.items()}

    def _unit_ids(self) -> list[str]:
        return sorted({record.unit for record in in_force(self.records) if record.key == "unit"})

    def _manifests(self) -> Mapping[str, Table]:
        """Return source → its manifest; what it says of the area of which the source speaks is read here."""
        stored = in_force(self.records, "", SOURCE)
        return {record.key.removeprefix(SOURCE): cast("Table", json.loads(record.value)) for record in stored}

    def _read(self, unit: str) -> UnitSettings:
        tables = {record.key: cast("Table", json.loads(record.value)) for record in in_force(self.records, unit)}
        return self.of_tables(tables)

    def of_tables(self, tables: Mapping[str, Table]) -> UnitSettings:
        """Return what a unit has set where its tables are these; what they leave out is as shipped."""
        own = tables.get("rules")
        rows = own.get("rule", []) if own else None
        return UnitSettings(
            profile=read_profile(tables["unit"]),
            places=read_places(tables.get("places", {})),
            rules=read_rules(cast("Sequence[Table]", rows)) if rows else tuple(self.default_rules),
            recipients=read_recipients(tables.get("recipients", {})),
            tables=tables,
            lines=read_lines(tables["lines"]) if "lines" in tables else self.default_lines,
            conduct=read_conduct(tables.get("conduct", {})),
        )


def watch_of(unit: str, own: UnitSettings, wide_sources: frozenset[str]) -> UnitWatch:
    """Return what a unit with these settings watches; each rule names the unit."""
    return UnitWatch(
        unit,
        tuple(replace(rule, unit=unit) for rule in own.rules),
        own.places,
        own.lines,
        area_of(own.profile, own.places),
        wide_sources,
        own.conduct,
    )


def _units(manifest: Table) -> frozenset[str]:
    """Return the units of whose area a source speaks; none where it says nothing, or speaks of more."""
    return frozenset(() if manifest.get("local") is False else cast("Sequence[str]", manifest.get("units", ())))


def read_settings(
    records: Records, default_rules: Sequence[WatchRule], default_lines: ServiceLines = NO_LINES
) -> Settings:
    """Return a reader that has read the settings once."""
    settings = Settings(records, default_rules, {}, default_lines=default_lines)
    settings.refresh()
    return settings
