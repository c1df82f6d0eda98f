"""
The message board of the demo site: what people wrote to 云汐县民政局, and what it answered.

The list is in the order of the messages and shows whether each was answered; the answer stands on the message's page.
"""

from collections.abc import Sequence
from html import escape

from .page import Page, exact_time, html_page, paragraphs
from .post import DemoPost
from .shelf import Shown

MESSAGES_PER_PAGE = 15
ADDRESSEE = "云汐县民政局"


def message_list(messages: Sequence[Shown], number: int) -> Page | None:
    """Return one page of the list, newest first; None behind the last page."""
    pages = max(1, -(-len(messages) // MESSAGES_PER_PAGE))
    if not 1 <= number <= pages:
        return None
    rows = "\n".join(_row(m) for m in messages[(number - 1) * MESSAGES_PER_PAGE : number * MESSAGES_PER_PAGE])
    after = f'<a class="next" href="/messages/list-{number + 1}.html">下一页</a>' if number < pages else ""
    body = (
        f'<h1>网上留言板 · {ADDRESSEE}</h1>\n<ul class="messages">\n{rows}\n</ul>\n'
        f'<div class="pager">第 {number} 页 / 共 {pages} 页 {after}</div>'
    )
    return html_page("网上留言板", body)


def message_page(message: Shown) -> Page:
    """Return the page of one message, with the answer where there is one."""
    post = message.first
    answers = "\n".join(_answer(answer) for answer in message.below)
    body = (
        f'<h1 class="subject">{escape(post.title)}</h1>\n'
        f'<div class="message" id="m{post.native_id}"><dl><dt>留言编号</dt><dd class="number">{post.native_id}</dd>'
        f'<dt>留言对象</dt><dd>{ADDRESSEE}</dd><dt>留言人</dt><dd class="writer">{escape(post.poster)}</dd>'
        f'<dt>留言时间</dt><dd class="time">{exact_time(post.published_at)}</dd></dl>'
        f'<div class="content">{paragraphs(post.text)}</div></div>\n{answers}'
    )
    return html_page(post.title, body)


def _row(message: Shown) -> str:
    post = message.first
    state = "已回复" if message.below else "待回复"
    return (
        f'<li class="item" id="m{post.native_id}">'
        f'<a href="/messages/detail-{message.number}.html">{escape(post.title)}</a>'
        f'<span class="state">{state}</span><span class="replies">{len(message.below)}</span>'
        f'<span class="time">{exact_time(post.published_at)}</span></li>'
    )


def _answer(answer: DemoPost) -> str:
    return (
        f'<div class="answer"><h2>{ADDRESSEE}回复</h2><span class="time">{exact_time(answer.published_at)}</span>'
        f'<div class="content">{paragraphs(answer.text)}</div></div>'
    )
