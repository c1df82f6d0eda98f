"""业务领域: what each line is called, and new lines; the ids stand in every stored row and never change."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.http.form import Option
from api.settings.change import text_of
from api.settings.shipped import lines_table, shipped_table
from api.words import Words
from pipeline.domain.unit_settings import Table

from .form import Box, BoxForm, Held, Reading, Section, Typed, one, shown_list

LONGEST = 40


def _table(held: Held) -> Mapping[str, Any]:
    own: Any = held.table("lines") or lines_table(held.own.lines)
    return own  # type: ignore[no-any-return]


def _typed(held: Held, words: Words) -> Typed:
    del words
    return {f"name.{row['id']}": [str(row.get("name") or row["id"])] for row in _table(held)["line"]}


def _reads(typed: Typed, held: Held, words: Words) -> Reading:
    problems: dict[str, str] = {}
    rows = []
    for row in _table(held)["line"]:
        name = one(typed, f"name.{row['id']}")
        if not name or len(name) > LONGEST:
            problems[f"name.{row['id']}"] = words("setting_lines.name_bad", most=LONGEST)
        changed = {key: value for key, value in row.items() if key != "name"}
        rows.append(changed | ({"name": name} if name != row["id"] else {}))
    new = "".join(one(typed, "new_name").split())
    if new:
        if len(new) > LONGEST or new in {row["id"] for row in rows}:
            problems["new_name"] = words("setting_lines.new_bad", most=LONGEST)
        parent = one(typed, "new_parent")
        rows.append({"id": new} | ({"parent": parent} if parent else {}))
    table: Table = {**_table(held), "line": rows}
    return Reading(None if text_of(table) == text_of(shipped_table("lines")) else table, problems)


def _boxes(typed: Typed, held: Held, problems: Mapping[str, str], words: Words) -> Sequence[Section]:
    rows: Sequence[Table] = _table(held)["line"]
    tops = [str(row["id"]) for row in rows if not row.get("parent")]
    sections = [
        Section(top, [_name(row, typed, problems) for row in rows if top in (row["id"], row.get("parent"))])
        for top in tops
    ]
    parent = one(typed, "new_parent")
    options = [Option("", words("setting_lines.top"), not parent)]
    options += [Option(top, top, top == parent) for top in tops]
    name, wrong = one(typed, "new_name"), problems.get("new_name", "")
    new = [
        Box("new_name", words("setting_lines.new_name"), "text", name, "", wrong),
        Box("new_parent", words("setting_lines.new_parent"), "select", parent, options=options),
    ]
    return [*sections, Section(words("setting_lines.new"), new, words("setting_lines.new_how"))]


def _name(row: Table, typed: Typed, problems: Mapping[str, str]) -> Box:
    name = f"name.{row['id']}"
    return Box(name, str(row["id"]), "text", one(typed, name), "", problems.get(name, ""))


def _says(held: Held, words: Words) -> str:
    tops = [line.name for line in held.own.lines.lines if line.parent is None]
    return words("setting_lines.said", count=len(tops), names=shown_list(tops, words))


LINES = BoxForm("lines", _boxes, _typed, _reads, _says)
