"""Entries by hand: one POST, and where to look for what became of it."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Body, Depends, Header, Response

from api.accounts.principal import Principal
from api.by_hand.enter import Counter
from api.by_hand.entry import (
    LONGEST,
    LONGEST_LINK,
    LONGEST_OFFICE,
    LONGEST_REF,
    LONGEST_WANTS,
    Entry,
)
from api.http.asked import ISO_TIME, PostId, Unit, moment_of
from api.http.gate import needs
from api.http.problem import missing
from api.http.service import TheService
from api.http.shown.entry import EntryShown

router = APIRouter(prefix="/api/v1/units/{unit}/entries", tags=["commands"])
Officer = Annotated[Principal, needs("enter_by_hand")]
Moment = Annotated[
    str | None, Body(pattern=ISO_TIME, description="ISO 8601 with an offset", examples=["2026-11-27T17:00:00+08:00"])
]
OriginName = Literal["内部发现", "网民留言", "来信来访", "12345工单", "上级交办"]


@dataclass(frozen=True, slots=True)
class EntryBody:
    """
    What is entered. `text` may be a pasted share text: nicknames and trackers fall. `text` or `link` is needed.

    `line` and `place` are ids of the unit's tables, left out: the machine judges. `same_as` is the open incident of
    which it is part. `whom`, `office`, `wants` and the number `ref` are those of a paper from above (上级交办);
    `due_at` is their due time and wins over the unit's.
    """

    text: Annotated[str, Body(max_length=LONGEST, examples=["柳湾镇的低保又拖了一个月"])] = ""
    link: Annotated[str, Body(max_length=LONGEST_LINK, examples=["https://forum.example/t/7"])] = ""
    origin: Annotated[OriginName, Body(examples=["内部发现"])] = "内部发现"
    ref: Annotated[str, Body(max_length=LONGEST_REF, examples=[""])] = ""
    published_at: Moment = None
    due_at: Moment = None
    line: Annotated[str, Body(max_length=LONGEST_OFFICE, examples=[""])] = ""
    place: Annotated[str, Body(max_length=LONGEST_OFFICE, examples=[""])] = ""
    same_as: Annotated[str, Body(max_length=200, examples=[""])] = ""
    whom: Annotated[Literal["", "county", "city", "province", "other"], Body(examples=[""])] = ""
    office: Annotated[str, Body(max_length=LONGEST_OFFICE, examples=[""])] = ""
    wants: Annotated[str, Body(max_length=LONGEST_WANTS, examples=[""])] = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """An entry as it was sent, with its key."""

    unit: Unit
    service: TheService
    idempotency_key: Annotated[
        str,
        Header(
            alias="Idempotency-Key", min_length=1, max_length=200, pattern="^[!-~]+$", description="New for each entry",
            examples=["7f0c3d52-1"],
        ),
    ]  # fmt: skip

    @property
    def counter(self) -> Counter:
        """Where entries are handed in."""
        return Counter(self.service.stores, self.service.desk, self.service.door, self.service.settings)


@router.post("", status_code=202, operation_id="enter")
def enter(
    handed: Annotated[Handed, Depends()], body: Annotated[EntryBody, Body()], who: Officer, response: Response
) -> EntryShown:
    """
    Take an entry by hand; it is on its way to an incident when this answers, and is lost no more.

    `Location` says where to look for the incident. The same key again is answered with the first entry.
    """
    entry = Entry(
        unit=handed.unit,
        account=who.account,
        key=handed.idempotency_key,
        text=body.text,
        link=body.link,
        origin=body.origin,
        ref=body.ref,
        published_at=moment_of("published_at", body.published_at),
        due_at=moment_of("due_at", body.due_at),
        line=body.line,
        place=body.place,
        same_as=body.same_as,
        whom=body.whom,
        office=body.office,
        wants=body.wants,
    )
    entered = handed.counter.enter(entry, who.roles)
    response.headers["Location"] = f"/api/v1/units/{handed.unit}/entries/{entered.post}"
    if entered.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return _shown(handed.counter, handed.unit, entered.post, [str(kind) for kind in entry.dropped])


@router.get("/{post}", dependencies=[needs("enter_by_hand")])
def entry(unit: Unit, post: PostId, service: TheService) -> EntryShown:
    """Say what became of an entry: on its way, or the incident that it belongs to."""
    counter = Counter(service.stores, service.desk, service.door, service.settings)
    found = _shown(counter, unit, post, [])
    if found.incident is None and not counter.is_known(unit, post):
        raise missing(f"entry {post[:40]}")
    return found


def _shown(counter: Counter, unit: str, post: str, dropped: list[str]) -> EntryShown:
    incident = counter.incident_of(unit, post)
    return EntryShown(
        post=post,
        incident=None if incident is None else incident.id,
        dropped=dropped,
        look=f"/api/v1/units/{unit}/incidents/{incident.id}" if incident else f"/api/v1/units/{unit}/entries/{post}",
    )
