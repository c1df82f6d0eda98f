"""
Discuz, the forum software of most Chinese counties: a board's list and its threads, by the marks of its templates.

Its markup differs between versions and styles, so each selector is one of several that are tried on the page itself.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from parsel import Selector

from crawlers.manifest import ListSelectors, ThreadSelectors
from crawlers.probe.guess import Choice, Dead, Guess, NoGuess, Recognised, Sure, Unseen
from crawlers.probe.rows import next_selector
from crawlers.probe.seen_page import SeenPage

ITEM = "tbody[id^=normalthread_]"
_MARKS = re.compile(
    r"Powered by\s*(?:<[^>]*>\s*)*Discuz!|static/js/forum\.js|data/cache/style_\d|discuz_uid\s*=", re.IGNORECASE
)
_LINKS = ("a.xst", "th a.s", "span[id^=thread_] a", "th a[href*='thread-']", "th a[href*='viewthread']", "th a")
_REPLIES = ("td.num a::text", "td.nums strong::text", ".num a::text")
_LAST = ("td.by:last-child em span::attr(title)", "td.by:last-child em", "td.lastpost em a::text", "td.lastpost em")
_POST = ("#postlist > div[id^=post_]", "#postlist > table[id^=pid]", "div[id^=post_]", "form > div.mainbox.viewthread")
_TEXT = ("td.t_f", "td[id^=postmessage_]", "div.t_msgfont", "div[id^=postmessage_]", ".postmessage")
_TIME = ("em[id^=authorposton] span::attr(title), em[id^=authorposton]", ".authorinfo em", ".postinfo")
_POSTER = (".authi .xw1::text", ".postauthor cite a::text", "cite a::text", ".postauthor cite::text")
_TITLE = ("#thread_subject", "#threadtitle h1", "h1")
_BOARD = "a[href*='forumdisplay'], a[href*='forum-']"
_BOARD_ADDRESS = re.compile(r"forumdisplay[^#]*fid[=-]\d|/forum-\d+-\d+\.html")


def recognise_discuz(page: SeenPage) -> Guess | NoGuess | None:
    """Return how a board of the forum is read; for its front page and for one thread the boards; None for others."""
    if not (page.generator.startswith("Discuz!") or _MARKS.search(page.text) or page.root.css(ITEM)):
        return None
    items = page.root.css(ITEM)
    if not items:
        return NoGuess(Dead.ONE_PAGE if page.root.css("#postlist") else Dead.FRONT_PAGE, boards_of(page))
    selectors = ListSelectors(
        item=ITEM,
        link=first_that_finds(items, _LINKS, "::attr(href)"),
        id="::attr(id)",
        replies=first_that_finds(items, _REPLIES),
        last_reply=first_that_finds(items, _LAST),
        next=next_selector(page),
        depth=5,
    )
    unseen = [Unseen.EDITS] if selectors.next else [Unseen.FIRST_PAGE_ONLY, Unseen.EDITS]
    return Guess(Recognised.DISCUZ, Sure.MIDDLE, list=selectors, thread=STOCK, unseen=tuple(unseen))


STOCK = ThreadSelectors(
    post=_POST[0],
    text=_TEXT[0],
    title=_TITLE[0],
    id="::attr(id)",
    time=_TIME[0],
    poster=_POSTER[0],
    skip=".pstatus, .quote, .attach_nopermission, .locked",
    next=".pg a.nxt",
)
"""How the newest version shows a thread; `fit_thread` looks again where a page shows it otherwise."""


def fit_thread(selectors: ThreadSelectors, page: SeenPage) -> ThreadSelectors | None:
    """Return the selectors as this thread's page wants them; None where it shows no post that can be told apart."""
    post = next((each for each in _POST if page.root.css(each)), "")
    posts = list(page.root.css(post)) if post else []
    text = first_that_finds(posts, _TEXT)
    if not text:
        return None
    return replace(
        selectors,
        post=post,
        text=text,
        title=next((each for each in _TITLE if page.root.css(each)), ""),
        id="::attr(id)" if posts[0].attrib.get("id") else "",
        time=first_that_finds(posts, _TIME),
        poster=first_that_finds(posts, _POSTER),
        next=next((each for each in (".pg a.nxt", ".pages a.next") if page.root.css(each)), selectors.next),
    )


def first_that_finds(items: Sequence[Selector], candidates: Sequence[str], of: str = "") -> str:
    """Return the first selector that finds something in at least half of the items; "" where none does."""
    for selector in candidates:
        wanted = selector if "::" in selector else selector + of
        found = sum(bool(item.css(wanted)) for item in items)
        if found and 2 * found >= len(items):
            return selector
    return ""


def boards_of(page: SeenPage) -> tuple[Choice, ...]:
    """Return the boards that a page of the forum leads to, by name."""
    found: dict[str, str] = {}
    for link in page.root.css(_BOARD):
        address = page.whole(link.attrib.get("href", ""))
        name = " ".join("".join(link.root.itertext()).split())
        if name and len(name) <= 30 and _BOARD_ADDRESS.search(address):
            found.setdefault(address, name)
    return tuple(Choice(name, address) for address, name in list(found.items())[:40])
