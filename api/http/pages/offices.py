"""承办单位: the directory of handling offices. Who is written to now, one office edited, a liaison who is absent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.called import offices_of
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.problem import missing
from api.http.service import TheService
from api.http.setting.saving import held_of, record_of
from api.offices.directory import id_of_name, line_named, words_in
from api.settings.change import Moved, Wanted, change_setting
from api.words import Words
from pipeline.domain.errors import BadInput
from pipeline.domain.office import (
    Contact,
    Fault,
    Office,
    OfficeKind,
    Reach,
    date_at,
    faults_of,
    office_table,
    office_tables,
    reach_of,
)

router = APIRouter(include_in_schema=False)
Changer = Annotated[Principal, needs("change_settings")]
KEY = "offices"


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """One office of the list, and who is written to today; `reach` without a mailbox means paper."""

    office: Office
    reach: Reach
    is_absent: bool


@dataclass(frozen=True, slots=True)
class Absent:
    """Whose liaison is absent, up to which day; "" is here again."""

    office: Annotated[str, Form()] = ""
    until: Annotated[str, Form()] = ""


@dataclass(frozen=True, slots=True)
class Typed:
    """One office as it was typed. `was` is its id, "" for a new one."""

    was: Annotated[str, Form()] = ""
    name: Annotated[str, Form()] = ""
    kind: Annotated[str, Form()] = ""
    lines: Annotated[str, Form()] = ""
    places: Annotated[str, Form()] = ""
    mail: Annotated[str, Form()] = ""
    liaison_post: Annotated[str, Form()] = ""
    liaison_mail: Annotated[str, Form()] = ""
    deputy_post: Annotated[str, Form()] = ""
    deputy_mail: Annotated[str, Form()] = ""
    absent_until: Annotated[str, Form()] = ""
    revision: Annotated[int, Form()] = 0
    remove: Annotated[str, Form()] = ""


@router.get("/u/{unit}/offices")
def every(request: Request, service: TheService, unit: str, who: Changer, done: str = "") -> Response:
    """All offices, with who is written to today."""
    held_of(service, unit)
    reader = reader_of(request, service, who, unit)
    return _list(request, reader, said=f"offices_page.{done}" if done in ("saved", "removed", "imported") else "")


@router.post("/u/{unit}/offices/absence")
def absence(
    request: Request,
    service: TheService,
    unit: str,
    who: Changer,
    absent: Annotated[Absent, Depends()],
) -> Response:
    """The liaison is absent up to the day, which counts; or is here again."""
    held_of(service, unit)
    reader = reader_of(request, service, who, unit)
    known = offices_of(service, unit)
    if absent.office not in [one.id for one in known]:
        raise missing(f"office {absent.office[:40]}")
    changed = tuple(replace(one, absent_until=absent.until) if one.id == absent.office else one for one in known)
    if any(fault.key == "absent_until" for one in changed for fault in faults_of(office_table(one))):
        return _list(request, reader, wrong="offices_page.fault_date", status=422)
    reason = reader.words("offices_page.why_absent" if absent.until else "offices_page.why_back")
    refused = save(reader, changed, revision_of(reader), reason)
    return (
        RedirectResponse(f"/u/{unit}/offices?done=saved", 303)
        if not refused
        else _list(request, reader, wrong=refused, status=409)
    )


@router.get("/u/{unit}/offices/edit")
def form(request: Request, service: TheService, unit: str, who: Changer, office: str = "") -> Response:
    """The form of one office; a blank one for a new office."""
    held_of(service, unit)
    reader = reader_of(request, service, who, unit)
    known = next((one for one in offices_of(service, unit) if one.id == office), None)
    if office and known is None:
        raise missing(f"office {office[:40]}")
    return _form(request, reader, _typed_of(known, revision_of(reader)), {})


@router.post("/u/{unit}/offices/edit")
def change(
    request: Request, service: TheService, unit: str, who: Changer, typed: Annotated[Typed, Depends()]
) -> Response:
    """The office holds as it was typed, or is gone; or what is wrong stands beside each field."""
    held_of(service, unit)
    reader = reader_of(request, service, who, unit)
    known = offices_of(service, unit)
    others = [one for one in known if one.id != typed.was]
    if typed.was and len(others) == len(known):
        raise missing(f"office {typed.was[:40]}")
    if typed.remove:
        if _is_working(reader, typed.was):
            return _form(request, reader, typed, {"remove": reader.words("offices_page.still_working")})
        wrong = save(reader, others, typed.revision, reader.words("offices_page.why_removed"))
        return _answer(request, reader, typed, wrong, "removed")
    office, problems = _read(reader, typed, others)
    if problems:
        return _form(request, reader, typed, problems)
    changed = [office if one.id == typed.was else one for one in known] if typed.was else [*known, office]
    return _answer(
        request, reader, typed, save(reader, changed, typed.revision, reader.words("offices_page.why_edited")), "saved"
    )


def _answer(request: Request, reader: Reader, typed: Typed, refused: str, done: str) -> Response:
    if refused:
        return _form(request, reader, typed, {"": reader.words(refused) if "." in refused else refused}, status=409)
    return RedirectResponse(f"/u/{reader.unit}/offices?done={done}", 303)


def save(reader: Reader, offices: Sequence[Office], revision: int, reason: str) -> str:
    """The directory holds, with author and reason; returns "" or the key of the words that say why it does not."""
    service = reader.service
    table = office_tables(offices) if offices else None
    try:
        wanted = Wanted(reader.unit, KEY, table, revision)
        change_setting(service.stores.records, service.clock, wanted, author=reader.who.actor, reason=reason)
    except Moved:
        return "offices_page.moved"
    except BadInput:
        return "offices_page.refused"
    service.settings.refresh()
    return ""


def revision_of(reader: Reader) -> int:
    """Return the revision of the directory that is seen now."""
    record = record_of(reader.service, reader.unit, KEY)
    return record.revision if record else 0


def today(reader: Reader) -> str:
    """Return the day in the unit's zone."""
    return date_at(reader.service.clock.now(), reader.service.editor.calendar(reader.unit).offset)


def fault_said(words: Words, fault: Fault) -> str:
    """Return what is wrong with one value in the reader's language."""
    return words(f"offices_page.fault_{fault.what}", value=fault.value)


def _is_working(reader: Reader, office: str) -> bool:
    every = reader.state.incidents.values()
    return any(task.office == office and task.waits for one in every if one.is_open for task in one.assignments)


def _read(reader: Reader, typed: Typed, others: Sequence[Office]) -> tuple[Office, dict[str, str]]:
    """Return the office as it was typed, and what is wrong with it by the name of the field."""
    held = held_of(reader.service, reader.unit)
    named = {word: line_named(word, held.own.lines) for word in words_in(typed.lines)}
    office = Office(
        id=typed.was or id_of_name(typed.name.strip()),
        name=typed.name.strip(),
        kind=OfficeKind(typed.kind) if typed.kind in list(OfficeKind) else None,
        lines=tuple(dict.fromkeys(line for line in named.values() if line)),
        places=tuple(words_in(typed.places)),
        mail=typed.mail.strip(),
        liaison=Contact(typed.liaison_post.strip(), typed.liaison_mail.strip()),
        deputy=Contact(typed.deputy_post.strip(), typed.deputy_mail.strip()),
        absent_until=typed.absent_until.strip(),
    )
    faults = faults_of({"name": "", **office_table(office)}, [office_table(one) for one in others])
    faults += [Fault("lines", "line", word) for word, line in named.items() if line is None]
    return office, {fault.key.replace(".", "_"): fault_said(reader.words, fault) for fault in reversed(faults)}


def _typed_of(office: Office | None, revision: int) -> Typed:
    if office is None:
        return Typed(revision=revision)
    return Typed(
        was=office.id,
        name=office.name,
        kind=office.kind.value if office.kind else "",
        lines="、".join(office.lines),
        places="、".join(office.places),
        mail=office.mail,
        liaison_post=office.liaison.post,
        liaison_mail=office.liaison.mail,
        deputy_post=office.deputy.post,
        deputy_mail=office.deputy.mail,
        absent_until=office.absent_until,
        revision=revision,
    )


def _list(request: Request, reader: Reader, *, said: str = "", wrong: str = "", status: int = 200) -> Response:
    day = today(reader)
    rows = [
        OfficeRow(one, reach_of(one, day), one.is_liaison_absent(day))
        for one in offices_of(reader.service, reader.unit)
    ]
    values: dict[str, Any] = {
        **reader.values(),
        "rows": rows,
        "said": reader.words(said) if said else "",
        "wrong": reader.words(wrong) if wrong else "",
        "absences": _usual_absences(day, reader.words),
        "lines_said": {line.id: line.name for line in held_of(reader.service, reader.unit).own.lines.lines},
        "has_site": bool(reader.service.editor.site),
    }
    return render(request, "offices.html", values, who=reader.who, status=status)


def _usual_absences(day: str, words: Words) -> Sequence[tuple[str, str]]:
    """Return (last day, words) of the absences that people choose: today, this week, next week, the month."""
    now = date.fromisoformat(day)
    sunday = now + timedelta(days=6 - now.weekday())
    month = (now.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    ends = {"today": now, "week": sunday, "next_week": sunday + timedelta(days=7), "month": month}
    return [(end.isoformat(), words(f"offices_page.until_{name}", day=f"{end:%m-%d}")) for name, end in ends.items()]


def _form(request: Request, reader: Reader, typed: Typed, problems: Mapping[str, str], status: int = 0) -> Response:
    held = held_of(reader.service, reader.unit)
    values = {
        **reader.values(),
        "typed": typed,
        "problems": problems,
        "kinds": [kind.value for kind in OfficeKind],
        "known_lines": [held.own.lines.name_of(line.id) for line in held.own.lines.lines],
        "known_places": held.own.places,
    }
    return render(request, "office.html", values, who=reader.who, status=status or (422 if problems else 200))
