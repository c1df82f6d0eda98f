"""Letters, visits and 12345 by number: what was received, what is done, what is answered and what waits."""

from dataclasses import dataclass
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.imports import XLSX, attachment, imports_of
from api.http.page import render
from api.http.service import TheService
from api.letters.table import letters_table
from pipeline.domain.post import Origin
from pipeline.workflow.letter_list import Asked, LetterList, Standing, posts_read

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("read_letters")]
SHOWN = 50
MOST_ROWS = 20_000
LONGEST = 80
ORIGINS = (Origin.HOTLINE, Origin.LETTER)


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters are asked for. What is none of the choices asks for nothing."""

    standing: Annotated[str, Query(max_length=20)] = ""
    origin: Annotated[str, Query(max_length=20)] = ""
    q: Annotated[str, Query(max_length=200)] = ""
    cursor: Annotated[str, Query(max_length=100)] = ""

    def asked(self) -> Asked:
        """Return what the list is asked for."""
        standing = Standing(self.standing) if self.standing in list(Standing) else Standing.ALL
        origin = Origin(self.origin) if self.origin in ORIGINS else None
        return Asked(standing, origin, self.q.strip()[:LONGEST])


@router.get("/u/{unit}/letters")
def letters(request: Request, service: TheService, unit: str, who: Who, only: Annotated[Filter, Depends()]) -> Response:
    """The list with its counts, the newest first."""
    reader, asked = reader_of(request, service, who, unit), only.asked()
    found = _list(reader)
    page = found.page(asked, only.cursor or None, SHOWN)
    service.people.audit.shown(who.account, unit, "letters", list(posts_read(page.rows)))
    values = {
        **reader.values(),
        "counts": found.counts(Asked(origin=asked.origin)),
        "page": page,
        "asked": asked,
        "standings": list(Standing),
        "origins": ORIGINS,
        "at": reader.at,
        "may_import": who.may("import_letters"),
        "imports": imports_of(request).last(unit) if who.may("import_letters") else (),
        "longest": LONGEST,
    }
    return render(request, "letters.html", values, who=who)


@router.get("/u/{unit}/letters.xlsx")
def workbook(
    request: Request, service: TheService, unit: str, who: Who, only: Annotated[Filter, Depends()]
) -> Response:
    """The same list as a workbook, at most MOST_ROWS letters."""
    reader, asked = reader_of(request, service, who, unit), only.asked()
    found = _list(reader)
    rows = list(islice(found.rows(asked), MOST_ROWS))
    service.people.audit.shown(who.account, unit, "letters.xlsx", list(posts_read(rows)))
    data = letters_table(reader.words, rows, found.counts(Asked(origin=asked.origin)), reader.moments.now)
    return Response(data, media_type=XLSX, headers=attachment(f"letters-{unit}.xlsx"))


@router.get("/u/{unit}/letters/")
def with_slash(unit: str, who: Who) -> Response:
    """The list; an address that somebody typed."""
    del who
    return RedirectResponse(f"/u/{unit}/letters", 303)


def _list(reader: Reader) -> LetterList:
    return LetterList(reader.service.stores.posts, reader.state, reader.moments.now, reader.who.roles)
