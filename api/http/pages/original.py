"""The jump to the original: a step on record, after which the browser goes to the source without saying from where."""

from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response

from api.accounts.principal import Principal
from api.http.asked import PostId
from api.http.gate import needs
from api.http.page import render
from api.http.problem import Problem, missing
from api.http.service import Service, TheService
from api.plain_text import plain, web_address
from pipeline.workflow.visibility import readable

router = APIRouter(include_in_schema=False)
Who = Annotated[Principal, needs("open_original")]


@router.post("/u/{unit}/posts/{post}/original")
def original(request: Request, service: TheService, unit: str, post: PostId, who: Who) -> Response:
    """
    It is on record that the account opens this original; then the page leads there at once.

    A page and not a redirect: a form's answer may lead to no other site (form-action). Nothing of it is kept.
    """
    address = address_of(service, unit, post, who)
    service.people.audit.opened(who.account, unit, post)
    return render(request, "original.html", {"address": address}, who=who)


def address_of(service: Service, unit: str, post: str, who: Principal) -> str:
    """Return where a post of the unit stands; raises Problem where this reader has none to open (HTP-404, HTP-410)."""
    stored = service.stores.posts.post(post)
    if stored is None or not service.stores.posts.mentions_of(unit, post):
        raise missing(f"post {post}")
    if stored.erased:
        raise Problem(410, "HTP-410", "this post was erased, and its address with it", "look at the timeline for when")
    found = stored.post
    if not readable(service.stores.posts, service.desk.state(unit), [found], who.roles):
        raise missing(f"post {post}")
    address = service.reveal(found.sealed_address) if found.sealed_address else found.address
    leads_to = web_address(str(plain(address or "")))
    if not leads_to:
        raise missing("an address of this post")
    return leads_to
