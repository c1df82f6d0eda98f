"""
The forum of the demo site: boards with pages of threads, threads with pages of floors.

Like on real forums, a thread that is answered moves up, the exact time stands only in a `title` attribute while the
text says how long ago it was, counters change with every look, and no page has validators. The board 老街坊 is written
in GB18030, calls itself gb2312, and its server names no charset at all.
"""

from collections.abc import Sequence
from html import escape

from pipeline.domain.post import Millis

from .page import Page, exact_time, html_page, paragraphs, relative_time
from .post import DemoPost
from .shelf import Shown
from .venues import BOARDS, OLD_STREET, POSTS_PER_PAGE

THREADS_PER_PAGE = 20
BOARD_NAMES = {2: "百姓杂谈", 5: "老街坊"}


def board_page(source: str, threads: Sequence[Shown], number: int, now: Millis) -> Page | None:
    """Return one page of a board's list, the last answered threads first; None behind the last page."""
    pages = max(1, -(-len(threads) // THREADS_PER_PAGE))
    if not 1 <= number <= pages:
        return None
    board = BOARDS[source]
    rows = "\n".join(_row(t, now) for t in threads[(number - 1) * THREADS_PER_PAGE : number * THREADS_PER_PAGE])
    body = (
        f'<h1>{BOARD_NAMES[board]}</h1>\n<div id="sidebar"><h3>热门</h3><p>本版公约：文明发帖。</p></div>\n'
        f'<table id="threadlist">\n{rows}\n</table>\n{_pager(f"board-{board}-{{}}.html", number, pages)}'
    )
    return _page(source, BOARD_NAMES[board], body)


def thread_page(thread: Shown, number: int, now: Millis) -> Page | None:
    """Return one page of a thread's floors; None behind the last page."""
    floors = thread.floors
    pages = -(-len(floors) // POSTS_PER_PAGE)
    if not 1 <= number <= pages:
        return None
    first = (number - 1) * POSTS_PER_PAGE
    shown = "\n".join(
        _floor(post, floor, thread.edited_at if floor == 1 else None, now)
        for floor, post in enumerate(floors[first : first + POSTS_PER_PAGE], start=first + 1)
    )
    views = thread.first.counts.get("views", 0) + (now - thread.first.published_at) // 30_000
    body = (
        f'<h1 id="subject">{escape(thread.first.title)}</h1>\n'
        f'<div class="hits">查看 <span class="views">{views}</span> '
        f'回复 <span class="replies">{len(floors) - 1}</span></div>\n'
        f'<div id="postlist">\n{shown}\n</div>\n{_pager(f"thread-{thread.number}-{{}}-1.html", number, pages)}'
    )
    return _page(thread.first.source, thread.first.title, body)


def _page(source: str, title: str, body: str) -> Page:
    if source == OLD_STREET:
        return html_page(title, body, "gb18030", is_charset_named=False)
    return html_page(title, body)


def _row(thread: Shown, now: Millis) -> str:
    post = thread.first
    views = post.counts.get("views", 0)
    return (
        f'<tbody class="thread" id="t_{thread.number}"><tr>'
        f'<th><a class="subject" href="thread-{thread.number}-1-1.html">{escape(post.title)}</a></th>'
        f'<td class="by"><cite>{escape(post.poster)}</cite> {_when(post.published_at, now)}</td>'
        f'<td class="num"><span class="replies">{len(thread.below)}</span> / <span class="views">{views}</span></td>'
        f'<td class="last">{_when(thread.last_at, now)}</td></tr></tbody>'
    )


def _floor(post: DemoPost, floor: int, edited_at: Millis | None, now: Millis) -> str:
    edited = ""
    if edited_at is not None:
        edited = f'<i class="edited">本帖最后由 {escape(post.poster)} 于 {exact_time(edited_at)} 编辑</i>'
    return (
        f'<div class="post" id="pid{post.native_id}" data-pid="{post.native_id}">'
        f'<div class="author"><img class="avatar" src="/avatar/none.png" alt="">'
        f'<cite>{escape(post.poster)}</cite><em class="region">IP属地：云汐</em></div>'
        f'<div class="posted">发表于 {_when(post.published_at, now)} <a class="floor">{floor}#</a></div>{edited}'
        f'<div class="message">{paragraphs(post.text)}</div>'
        f'<div class="signature">—— {escape(post.poster)}</div></div>'
    )


def _when(at: Millis, now: Millis) -> str:
    return f'<em><span title="{exact_time(at)}">{relative_time(at, now)}</span></em>'


def _pager(address: str, number: int, pages: int) -> str:
    after = f'<a class="next" href="{address.format(number + 1)}">下一页</a>' if number < pages else ""
    before = f'<a class="previous" href="{address.format(number - 1)}">上一页</a>' if number > 1 else ""
    return f'<div class="pager">{before}<strong>{number}</strong>{after}</div>'
