"""Search: posts of the unit that contain a term exactly, and how many there are, with the coverage."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.desk.posts import PostView, post_view
from api.http.desk.reader import Reader, reader_of
from api.http.gate import needs
from api.http.page import render
from api.http.service import TheService
from pipeline.domain.mention import Hit
from pipeline.domain.post import Post
from pipeline.domain.working_calendar import DAY
from pipeline.workflow.dossier import SeenPost
from pipeline.workflow.visibility import readable

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("search")]
SHOWN = 50
LONGEST = 50
PERIODS = (7, 30, 180)
"""Days; posts are kept for 180."""


@dataclass(frozen=True, slots=True)
class FoundView:
    """A post that was found, and the matter that it is part of."""

    post: PostView
    incident: str
    group: str


@router.get("/u/{unit}/search")
def search(
    request: Request, service: TheService, unit: str, who: Who, q: Annotated[str, Query(max_length=2_000)] = ""
) -> Response:
    """The posts of the unit that contain the term, newest first, over a period of days (`days`)."""
    reader, term = reader_of(request, service, who, unit), q.strip()
    days = _period(request.query_params.get("days", ""))
    until = service.clock.now() + 1
    values = {
        **reader.values(),
        "term": term,
        "days": days,
        "periods": PERIODS,
        "is_long": len(term) > LONGEST,
        "longest": LONGEST,
        "found": [],
        "all": 0,
    }
    if term and len(term) <= LONGEST:
        posts, times = service.stores.posts, {"since": until - days * DAY, "until": until}
        found = readable(posts, reader.state, posts.search(unit, term, limit=SHOWN, **times), who.roles)
        values["found"] = _found(reader, found, term)
        values["all"] = posts.count(unit, term, **times)
    return render(request, "search.html", values, who=who)


def _period(given: str) -> int:
    return int(given) if given in map(str, PERIODS) else PERIODS[1]


def _found(reader: Reader, posts: Sequence[Post], term: str) -> Sequence[FoundView]:
    """Return what was found; it will be on record that the words were shown."""
    views = [view for post in posts if (view := _view(reader, post, term)) is not None]
    read = [view.post.id for view in views if not view.post.withheld]
    reader.service.people.audit.shown(reader.who.account, reader.unit, "search", read)
    return views


def _view(reader: Reader, post: Post, term: str) -> FoundView | None:
    posts = reader.service.stores.posts
    stored, mentions = posts.post(post.id), posts.mentions_of(reader.unit, post.id)
    if stored is None or not mentions:
        return None
    hits = [*_hits("title", post.title, term), *_hits("text", post.text, term)]
    newest = mentions[-1]
    seen = SeenPost(stored, newest.group or "", (), hits, newest, len(posts.versions(post.id)))
    owner = reader.state.incident_of(newest.group) if newest.group else None
    return FoundView(post_view(reader, seen), owner.id if owner else "", newest.group or "")


def _hits(field: str, text: str, term: str) -> Sequence[Hit]:
    """Return where the term stands as it is written; where only the folded text holds it nothing is marked."""
    found, start = [], text.find(term)
    while start >= 0:
        found.append(Hit(field, term, start, start + len(term)))
        start = text.find(term, start + len(term))
    return found
