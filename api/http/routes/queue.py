"""The queue, and what is owned: what somebody must look at now."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from api.accounts.principal import Principal
from api.http.asked import ThePage
from api.http.gate import needs
from api.http.seeing import TheUnit
from api.http.shown.count import decided, found
from api.http.shown.row import QueueShown, RowsShown, row_shown
from pipeline.workflow.queue import Queue

router = APIRouter(prefix="/api/v1/units/{unit}", tags=["queue"])
Reader = Annotated[Principal, needs("read_queue")]
Whose = Annotated[Literal["mine", "all"], Query(description="Mine, or everybody's")]


@router.get("/queue")
def queue(here: TheUnit, who: Reader, asked: ThePage) -> QueueShown:
    """
    Return pushes by level and due time, then to-dos, newest first.

    The first page holds every push, whatever `limit` says: none may wait on a later page.
    """
    desk = Queue(here.service.stores.posts, here.state, who.roles)
    page = desk.page(here.service.clock.now(), asked.cursor, asked.limit)
    here.note_rows(who, "queue", page.rows)
    return QueueShown(
        rows=[row_shown(row) for row in page.rows],
        cursor=page.cursor,
        pushes=found(page.pushes, here.coverage),
        overdue=decided(page.overdue),
        coverage=here.coverage,
    )


@router.get("/work")
def work(here: TheUnit, who: Reader, whose: Whose = "mine") -> RowsShown:
    """Return the incidents that somebody owns, what is due first at the top; all of them, without pages."""
    rows = Queue(here.service.stores.posts, here.state, who.roles).work(who.actor if whose == "mine" else None)
    here.note_rows(who, "work", rows)
    return RowsShown([row_shown(row) for row in rows], None, here.coverage)
