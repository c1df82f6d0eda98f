"""
Settings between a folder of TOML files and the records: `huiyin apply DIR` and `huiyin export-settings DIR`.

Everything in the folder is checked before anything is written; every problem is named at once. A setting that did not
change is not written. Each revision keeps author and reason.
"""

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tomli_w

from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.calendar_setting import read_calendar
from pipeline.domain.clock import read_clocks
from pipeline.domain.conduct import read_conduct
from pipeline.domain.errors import BadInput
from pipeline.domain.read_policy import read_policy
from pipeline.domain.read_sending import read_escalation, read_sending
from pipeline.domain.rule_linter import lint_rules
from pipeline.domain.service_line import read_lines, unknown_line
from pipeline.domain.unit_settings import read_offices, read_places, read_profile, read_recipients
from pipeline.domain.watch_rule import read_rules
from pipeline.ports import Clock, Record, Records

from .bundled import bundled_lines

SETTING = "setting"
SOURCE = "source/"

Table = Mapping[str, object]


def _check_rules(table: Table) -> None:
    rows = table.get("rule", [])
    read_rules(rows if isinstance(rows, list) else [], "rules.toml")


def _refused_triggers(tables: Mapping[str, Table]) -> list[str]:
    """Return what the rule linter says; the unit's places are no persons, whatever they are called."""
    rows = tables.get("rules", {}).get("rule", [])
    places = read_places(tables.get("places", {}))
    findings = lint_rules(read_rules(rows if isinstance(rows, list) else [], "rules.toml"), frozenset(places))
    return [f"rules.toml: rule {found.rule}: {found.term}: {found.why} [CFG-320]" for found in findings]


def _unknown_lines(tables: Mapping[str, Table]) -> list[str]:
    """Return which rules and clocks name a business line that the unit's table does not hold, at either level."""
    known = read_lines(tables["lines"]) if "lines" in tables else bundled_lines()
    rows = tables.get("rules", {}).get("rule", [])
    rules = read_rules(rows if isinstance(rows, list) else [])
    named = [("rules.toml: rule", rule.id, rule.service_line) for rule in rules if rule.service_line]
    clocks = read_clocks(tables["clocks"]) if "clocks" in tables else ()
    named += [("clocks.toml: clock", clock.id, line) for clock in clocks for line in sorted(clock.lines)]
    wrong = ((where, of, unknown_line(line, known)) for where, of, line in named)
    return [f"{where} {of}: {sentence} [CFG-423]" for where, of, sentence in wrong if sentence]


CHECKS: Mapping[str, Callable[[Table], object]] = {
    "unit": read_profile,
    "places": read_places,
    "rules": _check_rules,
    "recipients": read_recipients,
    "offices": read_offices,
    "lines": read_lines,
    "calendar": read_calendar,
    "clocks": read_clocks,
    "alerts": read_policy,
    "notices": read_sending,
    "escalation": read_escalation,
    "conduct": read_conduct,
}
"""What each file of a settings folder must pass; `sources/*.toml` pass the manifest's own reader."""


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that an `apply` wrote; `revision` is the new one."""

    unit: str
    key: str
    revision: int


def apply_folder(folder: Path, records: Records, clock: Clock, *, author: str, reason: str) -> Sequence[Change]:
    """
    The settings of the folder hold, and are seen by all processes within 2 s. Returns what changed.

    Raises:
        BadInput: the folder has problems; all of them are named and nothing was written.
    """
    tables = read_folder(folder)
    unit = str(tables["unit"]["id"])
    changes = []
    for key, table in tables.items():
        of = "" if key.startswith(SOURCE) else unit
        value = json.dumps(table, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_as_text)
        stored = records.get(SETTING, of, key)
        if stored is not None and stored.value == value:
            continue
        revision = stored.revision if stored else 0
        if records.put(Record(SETTING, of, key, 0, value, clock.now(), author, reason), expect=revision):
            changes.append(Change(of, key, revision + 1))
        elif not _holds(records, of, key, value):
            raise BadInput(f"{key}: somebody changed it at this moment; run apply again", code="CFG-210")
    return changes


def _holds(records: Records, unit: str, key: str, value: str) -> bool:
    """Whether somebody else set the same meanwhile, as processes do that start together on new data."""
    stored = records.get(SETTING, unit, key)
    return stored is not None and stored.value == value


def export_folder(folder: Path, records: Records, unit: str) -> Sequence[Path]:
    """The folder holds the unit's settings as files that `apply` reads back unchanged; returns the files written."""
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    written = []
    for record in [*records.list(SETTING, unit), *records.list(SETTING, "", SOURCE)]:
        name = f"sources/{record.key.removeprefix(SOURCE)}" if record.key.startswith(SOURCE) else record.key
        path = folder / f"{name}.toml"
        path.write_bytes(tomli_w.dumps(json.loads(record.value)).encode())
        written.append(path)
    return written


def read_folder(folder: Path) -> dict[str, Table]:
    """Return the checked tables of a settings folder by key; raise BadInput with every problem in it."""
    if not (folder / "unit.toml").is_file():
        raise BadInput(f"{folder}: no unit.toml in it; a settings folder begins with one", code="CFG-202")
    problems: list[str] = []
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*.toml")):
        _read_file(path, path.stem, CHECKS.get(path.stem), tables, problems)
    for path in sorted(folder.glob("sources/*.toml")):
        _read_file(path, SOURCE + path.stem, manifest_from_dict, tables, problems)
    problems += _refused_triggers(tables) + _unknown_lines(tables)
    if problems:
        raise BadInput("\n".join([f"{folder} cannot be applied; nothing was changed.", *problems]), code="CFG-200")
    return tables


def _as_text(value: object) -> str:
    """TOML knows dates and JSON does not; the readers take both forms."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a setting cannot hold {type(value).__name__}")


def _read_file(
    path: Path, key: str, check: Callable[[Table], object] | None, tables: dict[str, Table], problems: list[str]
) -> None:
    if check is None:
        problems.append(f"{path.name}: no such settings file; known: {', '.join(sorted(CHECKS))} [CFG-203]")
        return
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        check(table)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as cause:
        problems.append(f"{path.name}: is no TOML that can be read ({cause}) [CFG-002]")
    except BadInput as cause:
        problems.append(f"{path.name}: {cause}")
    else:
        tables[key] = table
