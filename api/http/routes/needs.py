"""Pleas for help: a queue of their own."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.seeing import TheUnit
from api.http.shown.count import decided, found
from api.http.shown.post import moment, post_shown
from api.http.shown.unit import NeedShown, NeedsShown
from pipeline.domain.post import Millis
from pipeline.domain.roles import may_ask
from pipeline.workflow.need_list import NeedRow, need_list

router = APIRouter(prefix="/api/v1/units/{unit}/needs", tags=["needs"])
COMMANDS = ("need_contacted", "need_outcome")


@router.get("")
def needs_of(
    here: TheUnit,
    who: Annotated[Principal, needs("read_needs")],
    ended: Annotated[bool, Query(description="Also those of which somebody said what became of them")] = False,
) -> NeedsShown:
    """
    Return pleas for help: nobody contacted first, what is due first at the top.

    Contact details are read at the source and are stored nowhere; the address is not told here.
    """
    now, due = here.service.clock.now(), here.service.desk.practice(here.unit).due
    rows = need_list(here.service.stores.posts, here.state, due, roles=who.roles, with_ended=ended)
    here.note_posts(who, "needs", [row.post.id for row in rows])
    return NeedsShown(
        needs=[_shown(row, who, now) for row in rows],
        open=found(sum(row.is_open for row in rows), here.coverage),
        late=decided(sum(row.is_late(now) for row in rows)),
        coverage=here.coverage,
    )


def _shown(row: NeedRow, who: Principal, now: Millis) -> NeedShown:
    return NeedShown(
        post=post_shown(row.post, address=False),
        place=row.place,
        line=row.line,
        group=row.group,
        contact_due_at=moment(row.contact_due_at),
        is_late=row.is_late(now),
        contacted_at=moment(row.done.contacted_at),
        contacts=row.done.contacts,
        outcome=row.done.outcome,
        ended_at=moment(row.done.ended_at),
        moves=[name for name in COMMANDS if may_ask(name, who.actor, who.roles)],
    )
