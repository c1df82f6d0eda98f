"""A list of letters is handed in, its columns are confirmed, it is taken in the background, and the result is shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from api.accounts.principal import Principal
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.imports import XLSX, attachment, imports_of, office_of
from api.http.page import render
from api.http.problem import missing
from api.http.service import TheService
from api.letters.columns import FIELDS, is_about_people, propose
from api.letters.foresight import foresee
from api.letters.imports import Held
from api.letters.letter import Reading, names_in, without_names
from api.letters.mapping import ORIGINS, Columns, recall, remember
from api.letters.report import problem_said, report_of
from pipeline.domain.errors import BadInput
from pipeline.domain.intake import masked_text
from pipeline.domain.post import Origin

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("import_letters")]
LARGEST = 10 << 20
LONGEST_CELL = 60


@dataclass(frozen=True, slots=True)
class Chosen:
    """Columns as a page shows them. `wrong` is what is wrong with them, "" where nothing is."""

    columns: Columns
    has_said_done: bool
    wrong: str = ""
    remembered: str = ""


@router.get("/u/{unit}/letters/import")
def blank(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The form for the file."""
    return _ask(request, reader_of(request, service, who, unit), "")


@router.post("/u/{unit}/letters/import")
async def hand_in(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The list waits for its columns; or it is said why it is none. It is held in memory alone."""
    form = await request.form()
    file = form.get("file")
    data = await file.read(LARGEST + 1) if isinstance(file, UploadFile) else b""
    name = (file.filename or "") if isinstance(file, UploadFile) else ""
    await form.close()

    def hold() -> Response:
        reader = reader_of(request, service, who, unit)
        if not data or len(data) > LARGEST:
            key = "letters.too_large" if data else "letters.no_file"
            return _ask(request, reader, reader.words(key, most=LARGEST >> 20))
        try:
            held = imports_of(request).hold(unit, who.account, name, data)
        except BadInput as refusal:
            return _ask(request, reader, sheet_problem(reader, refusal))
        return RedirectResponse(f"/u/{unit}/letters/import/{held.token}", 303)

    return await run_in_threadpool(hold)


@router.get("/u/{unit}/letters/import/{token}")
def columns(request: Request, service: TheService, unit: str, token: str, who: Who) -> Response:
    """Which column is what: as somebody confirmed it before, else as the headings say."""
    reader = reader_of(request, service, who, unit)
    if imports_of(request).progress(unit, token) is not None:
        return RedirectResponse(f"/u/{unit}/letters/imports/{token}", 303)
    held = imports_of(request).held(token, unit, who.account)
    if held is None:
        return _ask(request, reader, reader.words("letters.LTR-107"))
    return _choose(request, reader, held, _first_choice(reader, held))


@router.post("/u/{unit}/letters/import/{token}")
async def confirm(request: Request, service: TheService, unit: str, token: str, who: Who) -> Response:
    """The list is being taken, and its columns are remembered; or it is shown again, with what is wrong."""
    async with request.form() as form:
        sent = {name: value for name, value in form.multi_items() if isinstance(value, str)}

    def carry_on() -> Response:
        reader = reader_of(request, service, who, unit)
        held = imports_of(request).held(token, unit, who.account)
        if held is None:
            return _ask(request, reader, reader.words("letters.LTR-107"))
        chosen = _chosen(reader, held, sent)
        if chosen.wrong or sent.get("step") == "look":
            return _choose(request, reader, held, chosen)
        own = chosen.columns
        remember(service.stores.records, unit, held.sheet.headings, own, (who.account, service.clock.now()))
        office = office_of(service, unit, who, reader.words)
        begun = imports_of(request).start(held, lambda sheet, told: office.take(sheet, own, told))
        return RedirectResponse(f"/u/{unit}/letters/imports/{begun}", 303)

    return await run_in_threadpool(carry_on)


@router.get("/u/{unit}/letters/imports/{ident}")
def result(request: Request, service: TheService, unit: str, ident: str, who: Who) -> Response:
    """How the import fares, and in the end what became of every row."""
    reader = reader_of(request, service, who, unit)
    progress = imports_of(request).progress(unit, ident)
    if progress is None:
        raise missing("this import")
    said = [(each.number, problem_said(reader.words, each), each.code) for each in progress.taken.problems[:200]]
    values = {
        **reader.values(),
        "progress": progress,
        "problems": said,
        "by": reader.called.who(f"account:{progress.account}"),
    }
    return render(request, "letter_result.html", {**values, "at": reader.at}, who=who)


@router.get("/u/{unit}/letters/imports/{ident}/refused.xlsx")
def refused(request: Request, service: TheService, unit: str, ident: str, who: Who) -> Response:
    """The rows that were not taken, with their numbers and reasons."""
    progress = imports_of(request).progress(unit, ident)
    if progress is None:
        raise missing("this import")
    words = reader_of(request, service, who, unit).words
    return Response(report_of(words, progress), media_type=XLSX, headers=attachment("refused.xlsx"))


def sheet_problem(reader: Reader, refusal: BadInput) -> str:
    """Return why a file could not be read, in the reader's language, with the code."""
    said = reader.words.texts.get(f"letters.{refusal.code}")
    return f"{said}（{refusal.code}）" if said else str(refusal)


def _first_choice(reader: Reader, held: Held) -> Chosen:
    known = recall(reader.service.stores.records, reader.unit, held.sheet.headings)
    if known is not None:
        said = reader.words(
            "letters.remembered", who=reader.called.who(f"account:{known.author}"), when=reader.at(known.at)
        )
        return Chosen(known.columns, has_said_done=True, remembered=said)
    is_letters = any("信" in heading or "访" in heading for heading in (held.name, *held.sheet.headings))
    origin = Origin.LETTER if is_letters and "12345" not in held.name else Origin.HOTLINE
    return Chosen(Columns(propose(held.sheet.headings), origin), has_said_done=False)


def _chosen(reader: Reader, held: Held, sent: Mapping[str, str]) -> Chosen:
    by_field = {
        field: int(column)
        for field in FIELDS
        if (column := sent.get(f"column_{field}", "")).isdecimal() and len(column) < 4
    }
    origin = next((one for one in ORIGINS if one.name == sent.get("origin")), Origin.HOTLINE)
    done = sent.get("done_is_answered", "")
    own = Columns(by_field, origin, done == "yes")
    wrong = ""
    try:
        own.check(held.sheet.headings)
    except BadInput as refusal:
        wrong = reader.words(f"letters.{refusal.code}")
    if not wrong and "done_at" in by_field and not own.says_answered and done not in ("yes", "no"):
        wrong = reader.words("letters.say_done")
    return Chosen(own, has_said_done=bool(done), wrong=wrong)


def _ask(request: Request, reader: Reader, wrong: str) -> Response:
    values = {**reader.values(), "wrong": wrong, "most": LARGEST >> 20}
    return render(request, "letter_import.html", values, who=reader.who, status=422 if wrong else 200)


def _choose(request: Request, reader: Reader, held: Held, chosen: Chosen) -> Response:
    headings = held.sheet.headings
    reading = Reading(reader.unit, chosen.columns, headings, reader.service.clock.now())
    ahead = None if chosen.wrong or "content" not in chosen.columns.by_field else foresee(held.sheet, reading)
    values: dict[str, Any] = {
        **reader.values(),
        "held": held,
        "chosen": chosen,
        "fields": FIELDS,
        "origins": ORIGINS,
        "columns": [
            (index, heading or f"({index + 1})")
            for index, heading in enumerate(headings)
            if not is_about_people(heading)
        ],
        "kept_out": [heading for heading in headings if is_about_people(heading)],
        "rows": [(row.number, _masked(row.cells, headings)) for row in held.first],
        "ahead": ahead,
        "problems": [(one.number, problem_said(reader.words, one)) for one in ahead.problems] if ahead else [],
    }
    return render(request, "letter_columns.html", values, who=reader.who, status=422 if chosen.wrong else 200)


def _masked(cells: Sequence[str], headings: Sequence[str]) -> Sequence[str]:
    """Return cells as the page may show them: masked and short; None of what says who somebody is."""
    people = names_in(cells, headings)
    return [
        "" if is_about_people(heading) else masked_text(without_names(cell, people), frozenset())[:LONGEST_CELL]
        for cell, heading in zip(cells, headings, strict=True)
    ]
