"""The directory of handling offices from a spreadsheet: read, shown with every problem on its line, then saved."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from api.accounts.principal import Principal
from api.http.called import offices_of
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.service import TheService
from api.http.setting.saving import held_of
from api.offices.directory import FIELDS, MOST_ROWS, Line, Merged, columns_of, merged, unknown_places
from api.sheets import read_sheet
from api.words import Words
from pipeline.domain.errors import BadInput

from .offices import fault_said, revision_of, save

router = APIRouter(include_in_schema=False)
Changer = Annotated[Principal, needs("change_settings")]
LARGEST = 2 << 20
"""Bytes of a directory; it has some hundred lines."""
LONGEST_CELL = 300
NONE = "none"
"""A column that somebody says is not in the table."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A table that was handed in: headings, lines, and what came of its columns; `left_out` lines were too many."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    columns: Mapping[str, int]
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a table: `result` None where it could not be read as a directory."""

    handed: Handed
    result: Merged | None = None
    wrong: str = ""
    status: int = 0


@router.get("/u/{unit}/offices/import")
def blank(request: Request, service: TheService, unit: str, who: Changer) -> Response:
    """The form: a file, or cells copied from a spreadsheet."""
    held_of(service, unit)
    return _ask(request, reader_of(request, service, who, unit))


@router.post("/u/{unit}/offices/import")
async def hand_in(request: Request, service: TheService, unit: str, who: Changer) -> Response:
    """What the table would change is shown, with the lines that cannot be taken; once that was seen, it is saved."""
    form = await request.form()
    sent = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    file = form.get("file")
    data = await file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
    name = file.filename or "" if isinstance(file, UploadFile) else ""
    await form.close()
    return await run_in_threadpool(_carry_out, request, (service, who, unit), sent, (name, data))


def _carry_out(
    request: Request, at: tuple[TheService, Principal, str], sent: Mapping[str, str], file: tuple[str, bytes]
) -> Response:
    service, who, unit = at
    held = held_of(service, unit)
    reader = reader_of(request, service, who, unit)
    try:
        handed = _again(sent) if sent.get("table") else _read(sent, file, reader.words)
    except BadInput as refusal:
        return _ask(
            request, reader, sent.get("pasted", ""), reader.words.texts.get(f"letters.{refusal.code}", str(refusal))
        )
    if "name" not in handed.columns:
        return _show(request, reader, Outcome(handed, None, reader.words("offices_page.no_name_column")))
    result = merged(offices_of(service, unit), handed.lines, handed.columns, handed.headings, held.own.lines)
    if sent.get("step") != "save" or not (result.added or result.changed):
        return _show(request, reader, Outcome(handed, result))
    said = reader.words("offices_page.why_imported", added=len(result.added), changed=len(result.changed))
    revision = sent.get("revision", "")
    wrong = save(reader, result.offices, int(revision) if revision.isdecimal() else 0, said)
    if wrong:
        return _show(request, reader, Outcome(handed, result, reader.words(wrong), 409))
    return RedirectResponse(f"/u/{unit}/offices?done=imported", 303)


def _read(sent: Mapping[str, str], file: tuple[str, bytes], words: Words) -> Handed:
    """Return the table of the file, else of the pasted cells. Raises BadInput where there is none to be read."""
    name, data = file
    if len(data) > LARGEST:
        raise BadInput(words("offices_page.too_large"), code="INP-190")
    if not data and not sent.get("pasted", "").strip():
        raise BadInput(words("offices_page.nothing"), code="INP-190")
    sheet = read_sheet(data, name) if data else read_sheet(sent["pasted"].encode(), "pasted.tsv")
    rows = iter(sheet.rows)
    lines = [Line(row.number, tuple(cell[:LONGEST_CELL] for cell in row.cells)) for row in islice(rows, MOST_ROWS)]
    return Handed(sheet.headings, tuple(lines), columns_of(sheet.headings), sum(1 for _ in rows))


def _again(sent: Mapping[str, str]) -> Handed:
    """Return the table that the page carried, with the columns that were chosen. Raises BadInput for anything else."""
    try:
        said = json.loads(sent["table"])
        headings = tuple(str(heading) for heading in said["headings"])
        lines = tuple(
            Line(int(number), tuple(str(cell)[:LONGEST_CELL] for cell in cells))
            for number, cells in said["lines"][:MOST_ROWS]
        )
        left_out = int(said["left_out"])
    except (ValueError, TypeError, KeyError) as cause:
        raise BadInput("the page was changed on its way; hand the table in again", code="INP-190") from cause
    chosen = {field: sent.get(f"column_{field}", "") for field in FIELDS}
    columns = {
        field: int(column) for field, column in chosen.items() if column.isdecimal() and int(column) < len(headings)
    }
    return Handed(headings, lines, columns, left_out)


def _ask(request: Request, reader: Reader, pasted: str = "", wrong: str = "") -> Response:
    values = {**reader.values(), "pasted": pasted, "wrong": wrong, "handed": None}
    return render(request, "office_import.html", values, who=reader.who, status=422 if wrong else 200)


def _show(request: Request, reader: Reader, outcome: Outcome) -> Response:
    handed, result, wrong = outcome.handed, outcome.result, outcome.wrong
    words = reader.words
    table = {
        "headings": handed.headings,
        "lines": [(line.number, line.cells) for line in handed.lines],
        "left_out": handed.left_out,
    }
    values: dict[str, Any] = {
        **reader.values(),
        "pasted": "",
        "wrong": wrong,
        "handed": handed,
        "fields": list(FIELDS),
        "table": json.dumps(table, ensure_ascii=False),
        "result": result,
        "problems": _problems_said(result, words) if result else [],
        "private": _cells_said(result, words) if result else [],
        "strange": _strange_places(reader, result) if result else [],
        "revision": revision_of(reader),
        "is_useful": bool(result and (result.added or result.changed)),
    }
    return render(
        request, "office_import.html", values, who=reader.who, status=outcome.status or (422 if wrong else 200)
    )


def _cells_said(result: Merged, words: Words) -> Sequence[str]:
    """Return which cells are not taken, without the name that stands there."""
    cells = [(one.number, one.heading) for one in result.private]
    return [words("offices_page.cell", number=number, heading=heading) for number, heading in cells]


def _problems_said(result: Merged, words: Words) -> Sequence[str]:
    return [
        words(
            "offices_page.on_line",
            number=one.number,
            heading=one.heading or words.named("offices_page", f"field_{one.fault.key.replace('.', '_')}"),
            wrong=fault_said(words, one.fault),
        )
        for one in result.problems
    ]


def _strange_places(reader: Reader, result: Merged) -> Sequence[str]:
    named = {*result.added, *result.changed}
    own = held_of(reader.service, reader.unit).own
    found = unknown_places([one for one in result.offices if one.name in named], own.places)
    return [reader.words("offices_page.strange_place", office=office, place=place) for office, place in found]
