"""Letters, visits and 12345 orders by number: received, done, answered, waiting."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api.accounts.principal import Principal
from api.http.asked import ThePage, Time, moment_of
from api.http.gate import needs
from api.http.seeing import TheUnit
from api.http.shown.letter import LettersShown, letters_shown
from pipeline.domain.post import Origin
from pipeline.workflow.letter_list import Asked, LetterList, Standing, posts_read

router = APIRouter(prefix="/api/v1/units/{unit}/letters", tags=["letters"])


@dataclass(frozen=True, slots=True)
class Filter:
    """Which letters are asked for."""

    standing: Annotated[Standing, Query(description="Only these")] = Standing.ALL
    origin: Annotated[Origin | None, Query(description="Only these: 12345工单 or 来信来访")] = None
    number: Annotated[str, Query(max_length=80, description="What stands in the number", examples=["YX000001"])] = ""
    since: Time = None

    def asked(self) -> Asked:
        """Return what the list is asked for."""
        return Asked(self.standing, self.origin, self.number.strip(), moment_of("since", self.since) or 0)


@router.get("")
def letters(
    here: TheUnit,
    who: Annotated[Principal, needs("read_letters")],
    asked: ThePage,
    only: Annotated[Filter, Depends()],
) -> LettersShown:
    """
    Return the unit's letters, received last first, with counts of all of the asked origin and time.

    Internal: never to be quoted. `since` is when they were received at the earliest.
    """
    wanted = only.asked()
    found = LetterList(here.service.stores.posts, here.state, here.service.clock.now(), who.roles)
    page = found.page(wanted, asked.cursor, asked.limit)
    here.note_posts(who, "letters", posts_read(page.rows))
    counts = found.counts(Asked(origin=wanted.origin, since=wanted.since))
    return letters_shown(page.rows, page.cursor, counts, here.coverage)
