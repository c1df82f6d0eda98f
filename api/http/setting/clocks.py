"""时限: within what time each thing is done, from when on, in which time, by which basis."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from api.http.form import Option
from api.settings.change import text_of
from api.settings.shipped import shipped_table
from api.words import Words
from pipeline.domain.clock import ClockKind, ClockRule, Counting, Length, Start, read_clocks
from pipeline.domain.unit_settings import Table

from .form import Box, BoxForm, Held, Reading, Section, Typed, one

LONGEST = 200
_LENGTH = re.compile(r"(\d{1,4})\s*(d|h|min|天|个?工作日|个?小时|分钟|日|时|分)")
_UNITS = {"天": "d", "日": "d", "工作日": "d", "小时": "h", "时": "h", "分钟": "min", "分": "min"}


def _rows(held: Held) -> Sequence[Table]:
    table: Any = held.table("clocks") or shipped_table("clocks")
    return table.get("clock", [])  # type: ignore[no-any-return]


def _typed(held: Held, words: Words) -> Typed:
    typed: dict[str, Sequence[str]] = {}
    for number, row in enumerate(_rows(held)):
        for key in ("basis", "start", "calendar"):
            typed[f"{key}.{number}"] = [str(row.get(key, ""))]
        for key in ("length", "warning"):
            typed[f"{key}.{number}"] = [said_length(str(row.get(key, "")), words)]
    return typed


def said_length(length: str, words: Words) -> str:
    """Return a length as people say it; "" for none."""
    found = _LENGTH.fullmatch(length)
    return words(f"setting_clocks.unit_{found[2]}", count=found[1]) if found else length


def plain_length(said: str) -> str:
    """Return a length as a settings file writes it: 2小时 is 2h; what is none stays as it was typed."""
    found = _LENGTH.fullmatch(said.strip())
    if not found:
        return said.strip()
    unit = found[2].removeprefix("个")
    return f"{int(found[1])}{_UNITS.get(unit, unit)}"


def _reads(typed: Typed, held: Held, words: Words) -> Reading:
    problems: dict[str, str] = {}
    rows = [_row(typed, row, number, problems, words) for number, row in enumerate(_rows(held))]
    table: Table = {"clock": rows}
    return Reading(None if text_of(table) == text_of(shipped_table("clocks")) else table, problems)


def _row(typed: Typed, row: Table, number: int, problems: dict[str, str], words: Words) -> Table:
    changed = dict(row)
    changed |= {key: one(typed, f"{key}.{number}") for key in ("basis", "start", "calendar")}
    changed |= {key: plain_length(one(typed, f"{key}.{number}")) for key in ("length", "warning")}
    if not changed["warning"]:
        del changed["warning"]
    if not changed["basis"] or len(str(changed["basis"])) > LONGEST:
        problems[f"basis.{number}"] = words("setting_clocks.no_basis", most=LONGEST)
    for key in ("length", "warning"):
        found = _LENGTH.fullmatch(str(changed.get(key, "1h")))
        if found is None or int(found[1]) == 0 or (found[2] == "d" and int(found[1]) > 366):
            problems[f"{key}.{number}"] = words("setting_clocks.length_bad")
    for key, choices in (("start", Start), ("calendar", Counting)):
        if changed[key] not in [each.value for each in choices]:
            problems[f"{key}.{number}"] = words("problem.choice")
    return changed


def _boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    return [
        Section(_title(row, words), _boxes_of(typed, number, problems, words), _for_whom(row, words))
        for number, row in enumerate(_rows(held))
    ]


def _boxes_of(typed: Typed, number: int, problems: Mapping[str, str], words: Words) -> Sequence[Box]:
    def box(key: str, options: Sequence[str] = ()) -> Box:
        name = f"{key}.{number}"
        said = one(typed, name)
        return Box(
            name,
            words(f"setting_clocks.{key}"),
            "select" if options else "text",
            said,
            words(f"setting_clocks.{key}_hint") if key in ("length", "warning") else "",
            problems.get(name, ""),
            [Option(each, words(f"setting_clocks.{key}_{each}"), each == said) for each in options],
        )

    starts = [each.value for each in Start]
    return [box("length"), box("calendar", [each.value for each in Counting]), box("start", starts), box("warning"),
            box("basis")]  # fmt: skip


def _title(row: Table, words: Words) -> str:
    return words.named("setting_clocks", f"kind_{row.get('kind', '')}")


def _for_whom(row: Table, words: Words) -> str:
    """Return for which matters a clock is, where it is not for all."""
    levels: Any = row.get("levels") or ()
    said = [words(f"level.{level}") for level in levels]
    for key in ("origins", "lines"):
        found: Any = row.get(key) or ()
        said += [str(each) for each in found]
    if row.get("switch"):
        said.append(words("setting_clocks.switched"))
    return words("setting_clocks.only", said=words("common.and").join(said)) if said else ""


def _says(held: Held, words: Words) -> str:
    rules = read_clocks({"clock": list(_rows(held))})
    kinds = (ClockKind.ACKNOWLEDGE, ClockKind.VERIFY, ClockKind.REPLY)
    first = [next((rule for rule in rules if rule.kind is kind and not rule.levels), None) for kind in kinds]
    return words("common.and").join(_rule_said(rule, words) for rule in first if rule)


def _rule_said(rule: ClockRule, words: Words) -> str:
    kind, length = words(f"setting_clocks.kind_{rule.kind}"), said_length(_plain(rule.length), words)
    return words(
        "setting_clocks.said", kind=kind, length=length, calendar=words(f"setting_clocks.calendar_{rule.calendar}")
    )


def _plain(length: Length) -> str:
    return str(length)


CLOCKS = BoxForm("clocks", _boxes, _typed, _reads, _says)
