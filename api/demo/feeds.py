"""The feeds of the demo site: news as RSS 2.0, blogs as Atom, and the pages that they lead to."""

from collections.abc import Sequence
from html import escape

from pipeline.domain.post import Millis

from .page import Page, exact_time, html_page, iso_time, mail_time, paragraphs
from .post import NOTICE
from .shelf import Shown

FEED_LENGTH = 80
"""How many of the newest items a feed holds."""


def rss(items: Sequence[Shown], root: str, *, changed_at: Millis) -> Page:
    """Return the news feed; `root` is the address of the site."""
    entries = "\n".join(
        f"<item><title>{escape(item.first.title)}</title><link>{root}{item.first.path}</link>"
        f'<guid isPermaLink="false">{item.first.native_id}</guid>'
        f"<pubDate>{mail_time(item.first.published_at)}</pubDate>"
        f"<dc:creator>{escape(item.first.poster)}</dc:creator>"
        f"<description><![CDATA[<p>{paragraphs(item.first.text)}</p>]]></description></item>"
        for item in items
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>\n'
        f"<title>云汐在线 · 新闻（{NOTICE}）</title><link>{root}/</link><description>{NOTICE}</description>\n"
        f"<language>zh-cn</language><lastBuildDate>{mail_time(changed_at)}</lastBuildDate>\n{entries}\n"
        "</channel></rss>\n"
    )
    return Page(text.encode(), "application/rss+xml; charset=utf-8", changed_at=changed_at)


def atom(items: Sequence[Shown], root: str, *, changed_at: Millis) -> Page:
    """Return the feed of the county's blogs; `root` is the address of the site."""
    entries = "\n".join(
        f"<entry><title>{escape(item.first.title)}</title>"
        f'<link rel="alternate" type="text/html" href="{root}{item.first.path}"/>'
        f"<id>{item.first.native_id}</id>"
        f"<published>{iso_time(item.first.published_at)}</published>"
        f"<updated>{iso_time(item.edited_at or item.first.published_at)}</updated>"
        f"<author><name>{escape(item.first.poster)}</name></author>"
        f'<content type="html">{escape("<p>" + paragraphs(item.first.text) + "</p>")}</content></entry>'
        for item in items
    )
    text = (
        '<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"<title>云汐在线 · 博客（{NOTICE}）</title><subtitle>{NOTICE}</subtitle>"
        f'<id>tag:yunxi.example,2026:blogs</id><link rel="self" href="{root}/feed/blogs.xml"/>\n'
        f"<updated>{iso_time(changed_at)}</updated>\n{entries}\n</feed>\n"
    )
    return Page(text.encode(), "application/atom+xml; charset=utf-8", changed_at=changed_at)


def article(item: Shown) -> Page:
    """Return the page of one news item or blog post."""
    post = item.first
    body = (
        f'<article id="a{item.number}"><h1>{escape(post.title)}</h1>'
        f'<p class="by"><span class="author">{escape(post.poster)}</span> 发布时间：'
        f"<time>{exact_time(post.published_at)}</time></p>\n"
        f'<div class="content">{paragraphs(post.text)}</div></article>'
    )
    return html_page(post.title, body)


def changed(items: Sequence[Shown], otherwise: Millis) -> Millis:
    """Return when the newest change of the items was made."""
    return max((item.edited_at or item.first.published_at for item in items), default=otherwise)
