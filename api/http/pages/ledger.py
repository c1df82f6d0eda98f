"""The ledger: how many matters of which time, how fresh it is, and the workbook itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.imports import XLSX, attachment
from api.http.moment import EPOCH, ZONE, day_start, local
from api.http.page import render
from api.http.service import TheService
from api.http.shell import unit_name
from api.ledger_table import Freshness, LedgerTable, Names, freshness_of
from api.sheets import read_moment
from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.ledger import Ledger, words_shown

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_ledger")]
MOST = 3_000
"""So many matters are written while somebody waits; the verb writes any number."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that is asked for, whole days in China; `wrong` is the word for what is wrong with it."""

    since: Millis
    until: Millis
    wrong: str = ""


@router.get("/u/{unit}/ledger")
def ledger(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The form for the time (`since`, `until`), with the count and the freshness."""
    reader = reader_of(request, service, who, unit)
    return _page(request, reader, span_of(request, reader.moments.now))


@router.get("/u/{unit}/ledger.xlsx")
def workbook(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The workbook of the time; or the form again, with what is wrong."""
    reader = reader_of(request, service, who, unit)
    span = span_of(request, reader.moments.now)
    own = _ledger(reader)
    if span.wrong or own.count(span.since, span.until) > MOST:
        return _page(request, reader, span)
    rows = list(own.rows(span.since, span.until))
    service.people.audit.shown(who.account, unit, "ledger.xlsx", words_shown(rows))
    since, until = _days(span)
    head = reader.words("ledger.head", unit=unit_name(service, unit), since=since, until=until)
    data = _table(reader).workbook(rows, head, _freshness(request, reader))
    return Response(data, media_type=XLSX, headers=attachment(f"ledger-{unit}-{since}-{until}.xlsx"))


def span_of(request: Request, now: Millis) -> Span:
    """Return the time that the address asks for: this year up to today, where it asks for none."""
    january = datetime(local(now).year, 1, 1, tzinfo=ZONE)
    first = round((january - EPOCH).total_seconds()) * 1_000
    given = [request.query_params.get(name, "").strip() for name in ("since", "until")]
    found = [read_moment(text[:20]) for text in given]
    if any(text and day is None for text, day in zip(given, found, strict=True)):
        return Span(first, day_start(now) + DAY, "bad_day")
    since = day_start(found[0].at) if found[0] else first
    until = day_start(found[1].at if found[1] else now) + DAY
    return Span(since, until) if since < until else Span(first, day_start(now) + DAY, "backwards")


def _page(request: Request, reader: Reader, span: Span) -> Response:
    count = _ledger(reader).count(span.since, span.until)
    wrong = span.wrong or ("too_many" if count > MOST else "")
    since, until = _days(span)
    values: dict[str, Any] = {
        **reader.values(),
        "since": since,
        "until": until,
        "found": count,
        "wrong": reader.words(f"ledger.{wrong}", most=MOST) if wrong else "",
        "fresh": _table(reader).freshness(_freshness(request, reader)),
    }
    return render(request, "ledger.html", values, who=reader.who, status=422 if wrong else 200)


def _ledger(reader: Reader) -> Ledger:
    stores = reader.service.stores
    return Ledger(stores.log, stores.posts, reader.state, reader.who.roles)


def _table(reader: Reader) -> LedgerTable:
    return LedgerTable(reader.words, Names(reader.called.office, reader.called.source))


def _freshness(request: Request, reader: Reader) -> Freshness:
    return freshness_of(reader.service.stores, reader.unit, request.app.state.glance.health())


def _days(span: Span) -> tuple[str, str]:
    return f"{local(span.since):%Y-%m-%d}", f"{local(span.until - 1):%Y-%m-%d}"
