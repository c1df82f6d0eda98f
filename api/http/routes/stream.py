"""The live feed: alerts and changed groups of one unit as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from api.accounts.principal import Principal
from api.http.gate import needs, while_it_holds
from api.http.hub import MOST_OF_ONE, Hub
from api.http.problem import Problem, missing
from api.http.service import service_of

router = APIRouter(prefix="/api/v1", tags=["live"])

EXAMPLE = (
    "id: 42.1007\n"
    "event: decision\n"
    'data: {"unit":"yunxi-mz","seq":42,"types":["opened"],"incidents":[{"incident":"5f2c","state":"discovered",'
    '"level":2,"reason":"grave","revision":1,"is_new":true}],"alerts":[{"incident":"5f2c","what":"opened",'
    '"reason":"grave","level":2}],"at":1795400000000}\n\n'
)


@router.get(
    "/alerts/stream",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {"example": EXAMPLE}}, "description": "Frames, without end."}},
)
async def stream(
    request: Request,
    who: Annotated[Principal, needs("read_queue")],
    unit: Annotated[str, Query(description="Whose feed", examples=["yunxi-mz"])],
    after: Annotated[str | None, Query(max_length=40, description="As Last-Event-ID, for who cannot set it")] = None,
    last_event_id: Annotated[str | None, Header(max_length=40)] = None,
) -> StreamingResponse:
    """
    Return what happens in a unit from now on, or from behind `Last-Event-ID`: each decision once, groups as they stand.

    `reset` says that the id is too old: load the list again and go on from the id that comes with it.
    Of a complaint about staff on which no leader has decided, who may not read it gets an `id` without data.
    """
    if not (who.sees(unit) and service_of(request).knows(unit)):
        raise missing(f"unit {unit}")
    hub: Hub = request.app.state.hub
    if hub.listeners >= hub.most:
        raise Problem(503, "HTP-503", f"{hub.most} lines are open already", "close some of them, or ask again later")
    if hub.lines_of(who.account) >= MOST_OF_ONE:
        raise Problem(429, "HTP-429", f"{MOST_OF_ONE} lines of your account are open", "close pages that nobody reads")
    told = hub.frames(unit, last_event_id or after, who.account, who.roles)
    frames: AsyncIterator[bytes] = while_it_holds(told, service_of(request), who)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(frames, media_type="text/event-stream", headers=headers)
