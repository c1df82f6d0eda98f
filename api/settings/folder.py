"""
Settings between a folder of TOML files and the records: `huiyin apply DIR` and `huiyin export-settings DIR`.

Everything in the folder is checked before anything is written, beside what the unit has set already; every problem is
named at once. A setting that did not change is not written. Each revision keeps author and reason.
"""

import tomllib
from collections.abc import Sequence
from pathlib import Path

import tomli_w

from api.demo_mark import demo_problems
from crawlers.read_manifest import manifest_from_dict
from pipeline.domain.errors import BadInput
from pipeline.domain.masking import mask
from pipeline.domain.unit_settings import Table
from pipeline.ports import Clock, Record, Records
from pipeline.workflow.settings import SETTING, SOURCE, in_force, table_of

from .change import Change, others, text_of
from .checks import CHECKS, Check, cross_problems


def apply_folder(folder: Path, records: Records, clock: Clock, *, author: str, reason: str) -> Sequence[Change]:
    """
    The settings of the folder hold, and are seen by all processes within 2 s. Returns what changed.

    Raises:
        BadInput: the folder has problems; all of them are named and nothing was written.
    """
    tables, problems = _read_files(folder)
    unit = str(tables.get("unit", {}).get("id", ""))
    problems += cross_problems({**others(records, unit), **tables} if unit else tables)
    problems += [line for key, table in tables.items() for line in demo_problems(records, key, table)]
    _refuse(folder, problems)
    changes = []
    for key, table in tables.items():
        of = "" if key.startswith(SOURCE) else unit
        value = text_of(table)
        stored = records.get(SETTING, of, key)
        if stored is not None and stored.value == value:
            continue
        revision = stored.revision if stored else 0
        if records.put(Record(SETTING, of, key, 0, value, clock.now(), author, mask(reason)), expect=revision):
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
    for record in [*in_force(records, unit), *in_force(records, "", SOURCE)]:
        name = f"sources/{record.key.removeprefix(SOURCE)}" if record.key.startswith(SOURCE) else record.key
        path = folder / f"{name}.toml"
        path.write_bytes(tomli_w.dumps(table_of(record) or {}).encode())
        written.append(path)
    return written


def read_folder(folder: Path) -> dict[str, Table]:
    """Return the checked tables of a settings folder by key; raise BadInput with every problem in it."""
    tables, problems = _read_files(folder)
    _refuse(folder, [*problems, *cross_problems(tables)])
    return tables


def _read_files(folder: Path) -> tuple[dict[str, Table], list[str]]:
    """Return the tables that are well by themselves, and the problems of the others."""
    if not (folder / "unit.toml").is_file():
        raise BadInput(f"{folder}: no unit.toml in it; a settings folder begins with one", code="CFG-202")
    problems: list[str] = []
    tables: dict[str, Table] = {}
    for path in sorted(folder.glob("*.toml")):
        _read_file(path, path.stem, CHECKS.get(path.stem), tables, problems)
    for path in sorted(folder.glob("sources/*.toml")):
        _read_file(path, SOURCE + path.stem, manifest_from_dict, tables, problems)
    return tables, problems


def _refuse(folder: Path, problems: Sequence[str]) -> None:
    if problems:
        raise BadInput("\n".join([f"{folder} cannot be applied; nothing was changed.", *problems]), code="CFG-200")


def _read_file(path: Path, key: str, check: Check | None, tables: dict[str, Table], problems: list[str]) -> None:
    if check is None:
        problems.append(f"{path.name}: no such settings file; known: {', '.join(sorted(CHECKS))} [CFG-203]")
        return
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        text_of(table)
    except (ValueError, TypeError, RecursionError, OSError) as cause:  # also a time, or a nesting without end
        problems.append(f"{path.name}: is no TOML that can be read ({cause}) [CFG-002]")
        return
    try:
        check(table)
    except BadInput as cause:
        problems.append(f"{path.name}: {cause}")
    else:
        tables[key] = table
