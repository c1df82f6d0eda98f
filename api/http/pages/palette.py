"""What Ctrl+K can go to: pages, commands, the unit's open incidents, by text or by first letters of the pinyin."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.initials import initials
from api.http.queue_rows import rows_for
from api.http.service import TheService
from api.http.shell import entries_for, words_for
from api.plain_text import plain
from api.words import Words
from pipeline.workflow.queue import Queue

router = APIRouter(include_in_schema=False)
MOST_INCIDENTS = 300


@router.get("/u/{unit}/palette")
def palette(
    request: Request, service: TheService, unit: str, who: Annotated[Principal, needs("read_queue")]
) -> Response:
    """Everything that can be found here, pages first."""
    words, queue = words_for(request), Queue(service.stores.posts, service.desk.state(unit), who.roles)
    waiting = [row for row in queue.page(service.clock.now(), limit=1).rows if row.state]
    rows = rows_for(request, service, unit, who, [*waiting, *queue.work()][:MOST_INCIDENTS])
    kind = words("palette.incident")
    incidents = [
        _thing(f"{kind} {row.numeral}", row.title or row.instead, f"/u/{unit}/incidents/{row.id}") for row in rows
    ]
    return JSONResponse({"things": [*_pages(request, who, unit, words), *incidents]})


def _pages(request: Request, who: Principal, unit: str, words: Words) -> Iterator[Mapping[str, str]]:
    page, command = words("palette.page"), words("palette.command")
    for entry in entries_for(request, who, unit):
        yield _thing(page, words(f"nav.{entry.word}"), entry.href)
    if who.may("enter_by_hand"):
        yield _thing(command, words("queue.enter"), f"/u/{unit}/enter")
    yield _thing(command, words("nav.appearance"), f"/appearance?back=/u/{unit}/queue")
    yield _thing(page, words("nav.account"), "/account")


def _thing(kind: str, text: str, href: str) -> Mapping[str, str]:
    return {"kind": kind, "text": str(plain(text)), "initials": initials(text), "href": href}
