"""
Reads the pages behind a list without selectors for them: title, text, time and replies as `huiyin extract` finds them.

For lists of a county's portal or a newspaper, whose pages are articles; a forum is read better by its selectors.
"""

import hashlib
from zoneinfo import ZoneInfo

from crawlers.extract import Page, extract_page
from crawlers.issues import Unexpected
from crawlers.manifest import SourceManifest
from crawlers.spiders.listing import HtmlPage, ThreadPage
from crawlers.visit import Visit
from pipeline.domain.address import canonical_address, names_author
from pipeline.domain.errors import BadInput
from pipeline.domain.post import Kind, RawPost


def read_article(body: bytes, content_type: str, page: HtmlPage, visit: Visit, manifest: SourceManifest) -> ThreadPage:
    """Return the article and what stands below it as posts; none where the bytes hold no page or no text."""
    try:
        said = extract_page(body, page.address, content_type, fetched_at=page.now, zone=ZoneInfo(manifest.time_zone))
    except BadInput as refusal:
        return ThreadPage((), visit.address, None, ((Unexpected.WITHOUT_TEXT, str(refusal)),))
    if not said.text and not said.title:
        return ThreadPage((), visit.address, None, ((Unexpected.WITHOUT_TEXT, "a page had neither title nor text"),))
    problems = (
        () if said.published_at is not None else ((Unexpected.WITHOUT_TIME, "a page states no time; 发布时间不详"),)
    )
    return ThreadPage(_posts(said, page, visit, manifest), visit.address, None, problems)


def _posts(said: Page, page: HtmlPage, visit: Visit, manifest: SourceManifest) -> tuple[RawPost, ...]:
    opener = RawPost(
        source=manifest.id,
        text=said.text,
        title=said.title,
        native_id=visit.thread or None,
        address=visit.address,
        origin=manifest.origin,
        visibility=manifest.visibility,
        kind=manifest.entries,
        published_at=said.published_at,
        collected_at=page.now,
        address_names_author=manifest.address_names_author,
        body_hash=page.body_hash,
    )
    replies = (
        RawPost(
            source=manifest.id,
            text=reply.text,
            native_id=_id_below(visit, manifest, reply.id or str(reply.floor or number)),
            origin=manifest.origin,
            visibility=manifest.visibility,
            kind=Kind.ANSWER if reply.is_answer or manifest.only_offices_reply else Kind.REPLY,
            published_at=reply.published_at,
            collected_at=page.now,
            parent=visit.thread or visit.address,
            address_names_author=manifest.address_names_author,
            body_hash=page.body_hash,
        )
        for number, reply in enumerate(said.replies, start=2)
        if reply.text
    )
    return (opener, *replies)


def _id_below(visit: Visit, manifest: SourceManifest, mark: str) -> str | None:
    """
    Return the id of what stands below a page: the list's own id of the page, else one made of its address.

    The address itself is no such id: without its fragment it is the page's, and a reply would be taken for a new
    version of what it answers. Where an address names its author there is none, and the text makes the id.
    """
    if visit.thread:
        return f"{visit.thread}#{mark}"
    if manifest.address_names_author or names_author(visit.address):
        return None
    return f"{hashlib.sha256(canonical_address(visit.address).encode()).hexdigest()[:16]}#{mark}"
