"""One matter of the queue beside the list: its posts with the hits, and the small forms that ask for one thing more."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.asked import GroupId, IncidentId
from api.http.gate import needs
from api.http.highlight import pieces
from api.http.moment import Moments, day_start
from api.http.page import render
from api.http.problem import missing
from api.http.queue_rows import row_maker
from api.http.service import Service, TheService
from api.http.shell import words_for
from api.http.sources import names_of_sources
from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import DAY, MINUTE
from pipeline.workflow.dossier import SeenPost, members_of
from pipeline.workflow.queue import Queue, QueueRow
from pipeline.workflow.visibility import Sight

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, needs("read_queue")]
POSTS_SHOWN = 20
JOINABLE_SHOWN = 200
CLOSING, OPENING = 17 * 60 + 30, 9 * 60


@router.get("/u/{unit}/queue/group/{group}")
def group(request: Request, service: TheService, unit: str, group: GroupId, who: Reader) -> Response:
    """A to-do with its posts; one that became part of an incident says so."""
    row, is_todo, owner = _group_row(service, unit, group, who)
    view = row_maker(request, service, unit, who).row(row)
    values = {"row": view, "is_todo": is_todo, "owner": owner, **_posts(request, service, unit, who, row)}
    return render(request, "preview.html", values, who=who)


@router.get("/u/{unit}/queue/incident/{incident}")
def incident(request: Request, service: TheService, unit: str, incident: IncidentId, who: Reader) -> Response:
    """An incident with its posts; everything else of it is on its own page."""
    row = _incident_row(service, unit, incident, who)
    view = row_maker(request, service, unit, who).row(row)
    values = {"row": view, "is_todo": True, "owner": "", **_posts(request, service, unit, who, row)}
    return render(request, "preview.html", values, who=who)


@router.get("/u/{unit}/queue/group/{group}/join")
def join(request: Request, service: TheService, unit: str, group: GroupId, who: Reader) -> Response:
    """The open incidents that a to-do may be joined to, those at work first."""
    row, _, _ = _group_row(service, unit, group, who)
    maker, queue = row_maker(request, service, unit, who), _queue(service, unit, who)
    waiting = [each for each in queue.page(service.clock.now(), limit=1).rows if each.state]
    rows = [maker.row(each) for each in [*queue.work(), *waiting][:JOINABLE_SHOWN]]
    return render(request, "join.html", {"row": maker.row(row), "incidents": rows}, who=who)


@router.get("/u/{unit}/queue/incident/{incident}/snooze")
def snooze(request: Request, service: TheService, unit: str, incident: IncidentId, who: Reader) -> Response:
    """Until when an incident shall be silent: an hour, today's closing, tomorrow's opening."""
    view = row_maker(request, service, unit, who).row(_incident_row(service, unit, incident, who))
    moments = Moments(service.clock.now(), words_for(request))
    ends = [(word, end, moments.at(end)) for word, end in _ends(service.clock.now())]
    return render(request, "snooze.html", {"row": view, "ends": ends}, who=who)


def _queue(service: Service, unit: str, who: Principal) -> Queue:
    return Queue(service.stores.posts, service.desk.state(unit), who.roles)


def _group_row(service: Service, unit: str, group: str, who: Principal) -> tuple[QueueRow, bool, str]:
    """Return a group's line, whether it is a to-do, and the incident that owns it; raises Problem where none is."""
    found = service.stores.posts.group(unit, group)
    queue = _queue(service, unit, who)
    row = None if found is None else queue.of_group(found.row)
    if found is None or row is None or row.sight is Sight.NONE:
        raise missing(f"group {group}")
    owner = queue.state.incident_of(found.row.id)
    return row, found.is_todo, owner.id if owner else ""


def _incident_row(service: Service, unit: str, incident: str, who: Principal) -> QueueRow:
    queue = _queue(service, unit, who)
    known = queue.state.incidents
    row = queue.of_incident(queue.state.as_one(incident)) if incident in known else None
    if row is None or row.sight is Sight.NONE:
        raise missing(f"incident {incident}")
    return row


def _posts(request: Request, service: Service, unit: str, who: Principal, row: QueueRow) -> Mapping[str, Any]:
    """Return the newest posts of a line as this reader may see them; that he was shown them is on record."""
    if row.sight is not Sight.FULL:
        return {"posts": [], "all_posts": 0}
    store, state = service.stores.posts, service.desk.state(unit)
    found = [post for each in row.rows for post in members_of(store, unit, each.id, who.roles, state)]
    found.sort(key=lambda seen: seen.mention.occurred_at, reverse=True)
    service.people.audit.shown(who.account, unit, "queue", [seen.stored.post.id for seen in found[:POSTS_SHOWN]])
    names, moments = names_of_sources(service.stores.records), Moments(service.clock.now(), words_for(request))
    return {"posts": [_post(seen, names, moments) for seen in found[:POSTS_SHOWN]], "all_posts": len(found)}


def _post(seen: SeenPost, names: Mapping[str, str], moments: Moments) -> Mapping[str, Any]:
    post, has_words = seen.stored.post, not seen.stored.erased
    return {
        "source": names.get(post.source, post.source),
        "origin": post.origin.value,
        "said": moments.at(post.published_at) if post.published_at is not None else "",
        "iso": moments.iso(seen.mention.occurred_at),
        "title": pieces(post.title, seen.hits, "title") if has_words else [],
        "text": pieces(post.text, seen.hits, "text") if has_words else [],
        "instead": "" if has_words else "common.erased",
        "is_edited": seen.is_edited,
        "is_gone": seen.stored.gone_at is not None,
        "is_repost": seen.mention.repost_of is not None,
        "address": post.address,
    }


def _ends(now: Millis) -> Sequence[tuple[str, Millis]]:
    """Return (word, end) of the silences that lie ahead; closing and opening are the usual office hours."""
    midnight = day_start(now)
    evening, morning = midnight + CLOSING * MINUTE, midnight + DAY + OPENING * MINUTE
    ends = [("snooze_hour", now + 60 * MINUTE), ("snooze_evening", evening), ("snooze_morning", morning)]
    return [(word, end) for word, end in ends if end > now]
