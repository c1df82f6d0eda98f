"""Search: posts that mention the unit and contain a term."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.accounts.principal import Principal
from api.http.asked import Limit, Time, moment_of
from api.http.gate import needs
from api.http.seeing import TheUnit
from api.http.shown.count import found
from api.http.shown.post import post_shown
from api.http.shown.unit import FoundShown
from pipeline.domain.post import Millis
from pipeline.workflow.visibility import readable

router = APIRouter(prefix="/api/v1/units/{unit}/posts", tags=["search"])
COUNTED = 500
"""So many of the newest are counted; what the reader may not read is not counted, lest a count tell of it."""
EVER = 1 << 50
"""A moment behind all posts, in milliseconds."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for, and among posts of which time."""

    term: Annotated[str, Query(min_length=1, max_length=100, description="Any characters", examples=["低保"])]
    since: Time = None
    until: Time = None
    limit: Limit = 50

    def span(self) -> dict[str, Millis]:
        """Return the time as the store takes it."""
        return {"since": moment_of("since", self.since) or 0, "until": moment_of("until", self.until) or EVER}


@router.get("/search")
def search(
    here: TheUnit, who: Annotated[Principal, needs("search")], asked: Annotated[Question, Depends()]
) -> FoundShown:
    """Return posts that contain the term exactly, newest first; `until` is left out. Narrow the time for more."""
    hits = here.service.stores.posts.search(here.unit, asked.term, limit=COUNTED, **asked.span())
    read = readable(here.service.stores.posts, here.state, hits, who.roles)
    seen = read[: asked.limit]
    here.note_posts(who, "search", [post.id for post in seen])
    total = found(len(read), here.coverage, at_least=len(hits) == COUNTED)
    return FoundShown(asked.term, [post_shown(post) for post in seen], total, here.coverage)
