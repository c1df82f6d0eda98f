"""Which page of the demo site stands at which address."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from pipeline.domain.post import Millis

from .feeds import FEED_LENGTH, article, atom, changed, rss
from .forum import board_page, thread_page
from .message_board import message_list, message_page
from .page import Page, html_page
from .post import NOTICE
from .shelf import Shelf
from .venues import BLOGS, BOARDS, MESSAGES, NEWS

MESSAGES_SHOWN = 1_000

_INDEX = """<h1>云汐在线</h1>
<ul>
<li><a href="/feed/news.xml">新闻订阅</a></li>
<li><a href="/feed/blogs.xml">博客订阅</a></li>
<li><a href="/forum/board-2-1.html">论坛：百姓杂谈</a></li>
<li><a href="/forum/board-5-1.html">论坛：老街坊</a></li>
<li><a href="/messages/list-1.html">网上留言板</a></li>
<li><a href="/private/letters.html">内部信件（robots.txt 不允许抓取）</a></li>
</ul>"""


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page is made from: the shelf, the moment, the site's root, and the numbers in the address."""

    shelf: Shelf
    now: Millis
    root: str
    crawl_delay: int
    numbers: tuple[int, ...] = ()


def render(shelf: Shelf, path: str, *, now: Millis, root: str, crawl_delay: int = 0) -> Page:
    """Return the page at the path; one with status 404 where there is none."""
    route = _friendly(path)
    for pattern, page_of in ROUTES.items():
        found = re.fullmatch(pattern, route)
        if found:
            numbers = tuple(int(number) for number in found.groups())
            return page_of(Visit(shelf, now, root, crawl_delay, numbers)) or _missing()
    return _missing()


def _friendly(path: str) -> str:
    """Return the path without its query; a thread's other address, `forum.php?mod=viewthread`, as its usual one."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    if parts.path == "/forum/forum.php" and query.get("mod") == ["viewthread"]:
        return f"/forum/thread-{query.get('tid', ['0'])[0]}-{query.get('page', ['1'])[0]}-1.html"
    return parts.path


def _index(_: Visit) -> Page:
    return html_page("首页", _INDEX)


def _robots(visit: Visit) -> Page:
    text = f"# {NOTICE}\nUser-agent: *\nDisallow: /private/\nCrawl-delay: {visit.crawl_delay}\n"
    return Page(text.encode(), "text/plain; charset=utf-8")


def _news_feed(visit: Visit) -> Page:
    items = visit.shelf.newest(NEWS, FEED_LENGTH)
    return rss(items, visit.root, changed_at=changed(items, visit.now))


def _blog_feed(visit: Visit) -> Page:
    items = visit.shelf.newest(BLOGS, FEED_LENGTH)
    return atom(items, visit.root, changed_at=changed(items, visit.now))


def _news_item(visit: Visit) -> Page | None:
    item = visit.shelf.thread(NEWS, visit.numbers[0])
    return article(item) if item else None


def _blog_post(visit: Visit) -> Page | None:
    item = visit.shelf.thread(BLOGS, visit.numbers[0])
    return article(item) if item else None


def _board(visit: Visit) -> Page | None:
    board, number = visit.numbers
    source = next((name for name, its in BOARDS.items() if its == board), None)
    return board_page(source, visit.shelf.by_last_reply(source), number, visit.now) if source else None


def _thread(visit: Visit) -> Page | None:
    number, page = visit.numbers
    found = (visit.shelf.thread(source, number) for source in BOARDS)
    thread = next((thread for thread in found if thread), None)
    return thread_page(thread, page, visit.now) if thread else None


def _messages(visit: Visit) -> Page | None:
    return message_list(visit.shelf.newest(MESSAGES, MESSAGES_SHOWN), visit.numbers[0])


def _message(visit: Visit) -> Page | None:
    message = visit.shelf.thread(MESSAGES, visit.numbers[0])
    return message_page(message) if message else None


def _private(_: Visit) -> Page:
    return html_page("内部信件", "<p>本页在 robots.txt 中声明不允许抓取，抓到它就是错的。</p>")


def _down(_: Visit) -> Page:
    """Answer for a server that is gone. Not 503, which asks for fewer requests, and would rest the whole host."""
    page = html_page("服务不可用", "<p>服务不可用。</p>")
    return Page(page.body, page.content_type, status=502)


def _missing() -> Page:
    page = html_page("没有这个页面", "<p>没有这个页面。</p>")
    return Page(page.body, page.content_type, status=404)


ROUTES: Mapping[str, Callable[[Visit], Page | None]] = {
    "/": _index,
    r"/robots\.txt": _robots,
    r"/feed/news\.xml": _news_feed,
    r"/feed/blogs\.xml": _blog_feed,
    r"/news/(\d+)\.html": _news_item,
    r"/blog/(\d+)\.html": _blog_post,
    r"/forum/board-(\d+)-(\d+)\.html": _board,
    r"/forum/thread-(\d+)-(\d+)-1\.html": _thread,
    r"/messages/list-(\d+)\.html": _messages,
    r"/messages/detail-(\d+)\.html": _message,
    r"/private/letters\.html": _private,
    r"/tv/feed\.xml": _down,
}
