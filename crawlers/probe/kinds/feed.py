"""Feeds: RSS, RDF and Atom, and the feed that a page or a WordPress site announces."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from crawlers.probe.guess import Guess, Recognised, Sure, Unseen
from crawlers.probe.seen_page import SeenPage

_HEAD = 2_000
_FEED = re.compile(r"<(?:rss|feed|rdf:RDF)[\s>]", re.IGNORECASE)
_PAGE = re.compile(r"<(?:html|body)[\s>]|<!doctype\s+html", re.IGNORECASE)
_TYPES = "link[rel~=alternate][type='application/rss+xml'], link[rel~=alternate][type='application/atom+xml']"
_COMMENTS = re.compile(r"comment|评论|回复", re.IGNORECASE)


def recognise_feed(page: SeenPage) -> Guess | None:
    """Return that the page is a feed itself; None where it is none."""
    head = page.text[:_HEAD]
    if _FEED.search(head) is None or _PAGE.search(head) is not None:
        return None
    return Guess(Recognised.FEED, Sure.HIGH, follow=page.address, unseen=(Unseen.NO_REPLIES,))


def recognise_wordpress(page: SeenPage) -> Guess | None:
    """Return that the page is made by WordPress, whose feed is read in its place; None where it is not."""
    api = page.root.css("link[rel='https://api.w.org/']::attr(href)").get("")
    is_wordpress = page.generator.startswith("WordPress") or api or page.text.count("/wp-content/") >= 2
    if not is_wordpress:
        return None
    home = page.whole(api.partition("wp-json")[0].partition("?rest_route")[0]) if api else ""
    feed = announced_feed(page) or (home.rstrip("/") if home else _origin(page)) + "/feed/"
    return Guess(Recognised.WORDPRESS, Sure.HIGH, follow=feed, unseen=(Unseen.NO_REPLIES, Unseen.FEW_ENTRIES))


def recognise_announced(page: SeenPage) -> Guess | None:
    """Return that the page announces a feed, which is read in its place; None where it announces none."""
    feed = announced_feed(page)
    return Guess(Recognised.FEED, Sure.MIDDLE, follow=feed, unseen=(Unseen.NO_REPLIES,)) if feed else None


def announced_feed(page: SeenPage) -> str:
    """Return the feed that a page announces for what it shows: the one nearest to its own address; "" for none."""
    found: list[str] = []
    for link in page.root.css(_TYPES):
        address = page.whole(link.attrib.get("href", ""))
        said = f"{link.attrib.get('title', '')} {urlsplit(address).path}"
        if address and urlsplit(address).hostname == page.host and _COMMENTS.search(said) is None:
            found.append(address)
    return max(found, key=lambda address: _shared(page.address, address), default="") if found else ""


def _shared(one: str, other: str) -> int:
    """Return how many parts of their paths two addresses share from the beginning."""
    pairs = zip(_steps(one), _steps(other), strict=False)
    count = 0
    for mine, yours in pairs:
        if mine != yours:
            break
        count += 1
    return count


def _steps(address: str) -> Sequence[str]:
    return [step for step in urlsplit(address).path.split("/") if step]


def _origin(page: SeenPage) -> str:
    parts = urlsplit(page.address)
    return f"{parts.scheme}://{parts.netloc}"
