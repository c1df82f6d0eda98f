"""
Entering by hand: a link, a shared text or typed words go through the door like every post, and become an incident.

What may be the same matter is shown first. Nothing of an entry is kept before the door has masked it.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import RedirectResponse, Response

from api.accounts.principal import Principal
from api.http.asked import PostId
from api.http.called import BY_HAND
from api.http.desk.alike import open_ones_like
from api.http.desk.lists import headline_said
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.service import TheService
from api.http.typed_time import typed_moment
from pipeline.domain.identity import key_of_native_id
from pipeline.domain.post import Millis, Origin, RawPost, Visibility
from pipeline.workflow.queue import QueueRow

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("enter_by_hand")]
ORIGINS = (Origin.INTERNAL, Origin.MESSAGE, Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR)
"""What somebody addressed to the unit or its own people found: each becomes an incident (DESIGN §2)."""
RECEIVED = frozenset({Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR})
"""What the unit itself received is internal: never quoted, shown only to the roles that work it."""
LONGEST = 20_000
PATIENCE = 15
_LINK = re.compile(r"https?://[^\s<>\"'，。；、）】》]+")
_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Entry:
    """What was typed. `has_looked`: the similar incidents were shown already."""

    words: Annotated[str, Form()] = ""
    link: Annotated[str, Form()] = ""
    origin: Annotated[str, Form()] = Origin.INTERNAL.value
    ref: Annotated[str, Form()] = ""
    published: Annotated[str, Form()] = ""
    key: Annotated[str, Form()] = ""
    has_looked: Annotated[bool, Form()] = False

    @property
    def said(self) -> str:
        """The words, without what only surrounds them."""
        return self.words.replace("\r\n", "\n").strip()

    @property
    def address(self) -> str | None:
        """The link that was given, or the first one in the words."""
        found = _LINK.search(self.said)
        return self.link.strip() or (found[0] if found else None)


@router.get("/u/{unit}/enter")
def blank(request: Request, service: TheService, unit: str, who: Who) -> Response:
    """The form."""
    return _page(request, reader_of(request, service, who, unit), Entry(key=secrets.token_urlsafe(16)), {})


@router.post("/u/{unit}/enter")
def enter(request: Request, service: TheService, unit: str, who: Who, entry: Annotated[Entry, Depends()]) -> Response:
    """The entry is on its way to an incident; or what is wrong with it, or what may be the same, is shown with it."""
    reader = reader_of(request, service, who, unit)
    problems = _problems(reader, entry)
    if problems:
        return _page(request, reader, entry, problems)
    alike = [] if entry.has_looked else open_ones_like(reader, entry.said)
    if alike:
        rows = [(row, headline_said(reader, row)) for row in alike]
        return _page(request, reader, entry, {}, alike=rows)
    admitted = service.door.admit([_raw(entry, service.clock.now())])
    if admitted.published:
        return RedirectResponse(f"/u/{unit}/entered/{key_of_native_id(BY_HAND, entry.key)}", 303)
    said = "enter.turned_away" if admitted.turned_away else "enter.buried"
    return _page(request, reader, entry, {"words": reader.words(said)})


@router.get("/u/{unit}/entered/{post}")
def entered(request: Request, service: TheService, unit: str, post: PostId, who: Who) -> Response:
    """The incident, as soon as the worker has opened it; until then a page that looks again."""
    reader = reader_of(request, service, who, unit)
    heads = service.stores.posts.heads([post])
    found = heads[post].id if post in heads else post
    groups = [mention.group for mention in service.stores.posts.mentions_of(unit, found) if mention.group]
    owner = next((one for group in groups if (one := reader.state.incident_of(group)) is not None), None)
    if owner is not None:
        return RedirectResponse(f"/u/{unit}/incidents/{owner.id}", 303)
    asked = request.query_params.get("tries", "")
    tries = int(asked) if asked.isdecimal() and len(asked) < 4 else 0
    is_stored = service.stores.posts.post(found) is not None
    values = {"is_stored": is_stored and not groups, "tries": tries, "is_slow": tries >= PATIENCE, "post": post}
    return render(request, "entered.html", values, who=who)


def _raw(entry: Entry, now: Millis) -> RawPost:
    """Where only a link was given, the link is all that is said. The key makes a second click the same post."""
    origin = Origin(entry.origin)
    published = typed_moment(entry.published, now) if entry.published.strip() else ""
    return RawPost(
        source=BY_HAND,
        text=entry.said or entry.address or "",
        native_id=entry.key,
        address=entry.address,
        ref=entry.ref.strip() or None,
        origin=origin,
        visibility=Visibility.INTERNAL if origin in RECEIVED else Visibility.PUBLIC,
        published_at=int(published) if published else None,
    )


def _problems(reader: Reader, entry: Entry) -> dict[str, str]:
    words, problems = reader.words, {}
    if not entry.said and not entry.link.strip():
        problems["words"] = words("enter.empty")
    if len(entry.words) > LONGEST:
        problems["words"] = words("enter.long", most=LONGEST)
    if entry.link.strip() and not _LINK.fullmatch(entry.link.strip()):
        problems["link"] = words("enter.link_bad")
    if entry.published.strip() and not typed_moment(entry.published, reader.moments.now).isdecimal():
        problems["published"] = words("enter.time_bad")
    if entry.origin not in {one.value for one in ORIGINS}:
        problems["origin"] = words("problem.choice")
    if not _KEY.fullmatch(entry.key):
        problems["words"] = words("problem.text")
    return problems


def _page(
    request: Request, reader: Reader, entry: Entry, problems: dict[str, str], alike: Sequence[tuple[QueueRow, str]] = ()
) -> Response:
    values = {
        **reader.values(),
        "entry": entry,
        "key": entry.key if _KEY.fullmatch(entry.key) else secrets.token_urlsafe(16),
        "problems": problems,
        "origins": ORIGINS,
        "alike": alike,
        "comment_key": secrets.token_urlsafe(16),
        "longest": LONGEST,
    }
    return render(request, "enter.html", values, who=reader.who, status=422 if problems else 200)
