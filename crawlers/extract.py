"""
A page as what was said on it: title, text, time, address and replies. Never an author.

Three kinds of pages are told apart: a message with its answers, a thread of posts, and an article with what readers
wrote below it. What a page does not say stays empty; nothing is guessed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from pipeline.domain.address import canonical_address
from pipeline.domain.post import Millis

from .archive_view import find_archived_posts
from .body import find_article
from .byline import without_bylines
from .credit import without_credits
from .headline import Headline, find_headline
from .message_pair import MessagePair, find_message
from .nicknames import Nicknames
from .page_time import ShownTime, find_published_at, shown_times
from .page_tree import PageTree, read_page
from .plain_text import plain_text
from .thread import Posts, Said, find_posts

CHINA = ZoneInfo("Asia/Shanghai")
_SHORT = 40
_TIME_LINE = re.compile(r"\s*(?:发稿|发布|发表|更新)?(?:时间|日期)\s*[:：].{6,60}\Z")
_LATER_PAGE = re.compile(
    r"[?&/_-]page[=/_-]?(?:[2-9]|\d{2,})(?!\d)|/thread-\d+-(?:[2-9]|\d{2,})-|[?&]pn=(?:[2-9]|\d{2,})(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Reply:
    """
    What stands below a post or an article. `floor` and `id` are the page's own, where it shows them.

    `is_answer` says that the page labels it as an office's answer (答复内容).
    """

    text: str
    published_at: Millis | None = None
    floor: int | None = None
    id: str | None = None
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """What a page says. On a thread's later pages `text` is empty and everything is a reply."""

    title: str
    text: str
    published_at: Millis | None
    canonical_url: str
    replies: tuple[Reply, ...] = ()


def extract_page(
    html: bytes, url: str, content_type: str = "", *, fetched_at: Millis | None = None, zone: ZoneInfo = CHINA
) -> Page:
    """
    Return what a page says, in the characters and the order of its readers, not yet masked.

    `fetched_at` is the moment of the answer: 昨天 and 5月13日 are counted from it, and without it they are no time.

    Raises:
        BadInput: INP-211 to INP-214, the bytes are no page.
    """
    tree = read_page(html, content_type)
    address = _canonical(tree, url)
    headline = find_headline(tree.root, tree.body)
    if (message := find_message(tree, zone, fetched_at)) is not None:
        return _of_message(message, headline, address)
    shown = shown_times(tree, zone, fetched_at)
    posts = find_archived_posts(tree, shown)
    if not posts.posts:
        posts = find_posts(tree, shown, headline.element)
    nicknames = Nicknames(posts.names)
    title = nicknames.remove_from(headline.words)
    floors = [post for post in posts.posts if post.is_floor]
    if floors:
        text, at, replies = _of_thread(posts, is_later=_LATER_PAGE.search(url) is not None)
    else:
        text, at = _of_article(tree, headline, posts, shown, zone)
        replies = posts.posts
    clean = [_reply(post, nicknames) for post in replies]
    return Page(title, _clean(text, nicknames), at, address, tuple(reply for reply in clean if reply.text))


def _of_message(message: MessagePair, headline: Headline, address: str) -> Page:
    replies = tuple(Reply(without_credits(text), at, is_answer=True) for text, at in message.answers)
    return Page(message.title or headline.words, without_credits(message.text), message.at, address, replies)


def _of_thread(posts: Posts, *, is_later: bool) -> tuple[str, Millis | None, Sequence[Said]]:
    """Return the first post's words and time, and all other posts; on a later page all posts."""
    first = posts.posts[0]
    if is_later or not first.is_floor or (first.floor or 1) > 1:
        return "", None, posts.posts
    return first.text, first.at, posts.posts[1:]


def _of_article(
    tree: PageTree, headline: Headline, posts: Posts, shown: Sequence[ShownTime], zone: ZoneInfo
) -> tuple[str, Millis | None]:
    said = {element for post in posts.posts for element in post.box.iter()}
    own = [each for each in shown if each.holder not in said]
    at = find_published_at(tree, headline.element, own, zone)
    article = find_article(tree, headline.element, [post.box for post in posts.posts])
    text = _below(headline.words, article.text()) if article is not None else ""
    if not text and not tree.is_whole:
        text = plain_text(tree.source)
    return text, at


def _below(headline: str, text: str) -> str:
    """Return a text without what stands above it in its first lines: the headline once more, the line of its time."""
    lines = text.split("\n")
    bare = "".join(headline.split())
    repeated = [at for at, line in enumerate(lines[:4]) if "".join(line.split()) == bare]
    if repeated and all(len(line) < _SHORT for line in lines[: repeated[-1]]):
        lines = lines[repeated[-1] + 1 :]
    return "\n".join(line for at, line in enumerate(lines) if at > 3 or not _TIME_LINE.match(line))


def _reply(post: Said, nicknames: Nicknames) -> Reply:
    return Reply(_clean(post.text, nicknames), post.at, post.floor, post.id)


def _clean(text: str, nicknames: Nicknames) -> str:
    return without_credits(without_bylines(nicknames.remove_from(text)))


def _canonical(tree: PageTree, url: str) -> str:
    """Return the address that the page gives itself, where it lies on the same host; else the given one, canonical."""
    for link in tree.root.iter("link"):
        if (link.get("rel") or "").lower() == "canonical" and (said := link.get("href")):
            own = urljoin(url, said.strip())
            if urlsplit(own).hostname == urlsplit(url).hostname and len(urlsplit(own).path) > 1:
                return canonical_address(own)
    return canonical_address(url)
