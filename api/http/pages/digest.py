"""The weekly digest on a page: as it was sent, or as it would be if the running week ended now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.gate import needs
from api.http.page import render
from api.http.service import Service, TheService
from api.http.shell import words_for
from api.notify.digest_letter import body_of
from api.notify.digest_look import PAGE_STYLE, PAGE_STYLE_HASH
from api.notify.phrases import week_name
from pipeline.domain.closed_week import ClosedWeek
from pipeline.domain.digest import Digest
from pipeline.domain.send_policy import DIGEST
from pipeline.domain.week import week_named, week_of
from pipeline.ports import Send

router = APIRouter(include_in_schema=False)
Reader = Annotated[Principal, needs("read_digest")]
SHOWN = 60
"""So many earlier digests are listed: those of a year and some."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One closed week of the list: its ISO name, how it is called, and how many matters waited for the leader."""

    week: str
    name: str
    decide: int


@router.get("/u/{unit}/digest")
def preview(request: Request, service: TheService, unit: str, who: Reader) -> Response:
    """What the digest of the running week would say, and the list of those before it."""
    return _page(request, service, service.editor.digests.preview(unit), who)


@router.get("/u/{unit}/digest/phone")
def phone(request: Request, unit: str, who: Reader) -> Response:
    """The running week's digest in a frame that is as wide as a phone: what its reader holds in his hand."""
    page = render(request, "phone.html", {"unit": unit}, who=who)
    policy = page.headers["content-security-policy"]
    page.headers["content-security-policy"] = f"{policy}; frame-src 'self'"
    return page


@router.get("/u/{unit}/digest/letter")
def letter(request: Request, service: TheService, unit: str, who: Reader) -> Response:
    """The digest alone, for the frame: no other site may frame it, and it runs nothing."""
    view = service.editor.view(service.editor.digests.preview(unit), words_for(request).language)
    service.people.audit.shown(who.account, unit, "digest", view.quoted)
    page = render(request, "phone_letter.html", {"view": view, "body": body_of(view), "style": PAGE_STYLE}, who=who)
    page.headers["content-security-policy"] = (
        f"default-src 'none'; style-src {PAGE_STYLE_HASH}; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
    )
    return page


@router.get("/u/{unit}/digest/{week}")
def digest(request: Request, service: TheService, unit: str, week: str, who: Reader) -> Response:
    """The digest of one week, with who was sent it."""
    wanted = week_named(week)
    if wanted == week_of(service.clock.now()):
        return preview(request, service, unit, who)
    return _page(request, service, service.editor.digests.of_week(unit, wanted.name), who)


def _page(request: Request, service: Service, digest: Digest, who: Principal) -> Response:
    words, unit = words_for(request), digest.unit
    view = service.editor.view(digest, words.language)
    service.people.audit.shown(who.account, unit, "digest", view.quoted)
    values = {
        "view": view,
        "body": body_of(view),
        "style": PAGE_STYLE,
        "is_preview": digest.is_preview,
        "told_at": service.editor.told_at(unit, week_of(digest.cut.since)),
        "sends": () if digest.is_preview else _sends(service, unit, digest.cut.week),
        "weeks": [
            Listed(cut.week, week_name(words, cut.week), cut.counts.get("decide", 0)) for cut in _closed(service, unit)
        ],
    }
    page = render(request, "digest.html", values, who=who)
    policy = page.headers["content-security-policy"]
    page.headers["content-security-policy"] = policy.replace("style-src 'self'", f"style-src 'self' {PAGE_STYLE_HASH}")
    return page


def _closed(service: Service, unit: str) -> Sequence[ClosedWeek]:
    return service.editor.digests.closed(unit)[:SHOWN]


def _sends(service: Service, unit: str, week: str) -> Sequence[Send]:
    sends = service.stores.outbox.sends(unit, limit=1_000)
    return [send for send in sends if (send.notice.what, send.notice.why) == (DIGEST, week)]
