"""A page of the demo site as it goes over the wire, and the frame that every HTML page stands in."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import escape

from pipeline.domain.post import Millis

from .post import NOTICE

LOCAL = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Page:
    """The answer to one request. A page with `changed_at` has validators and may be answered with 304."""

    body: bytes
    content_type: str
    status: int = 200
    changed_at: Millis | None = None

    @property
    def etag(self) -> str:
        """A strong validator of the bytes."""
        return f'"{hashlib.sha256(self.body).hexdigest()[:24]}"'


def html_page(title: str, body: str, charset: str = "utf-8", *, is_charset_named: bool = True) -> Page:
    """Return an HTML page in the frame of the site, with its notice. `charset` names how the bytes are written."""
    declared = "gb2312" if charset == "gb18030" else charset
    text = (
        f'<!DOCTYPE html>\n<html lang="zh-CN"><head><meta charset="{declared}">'
        f"<title>{escape(title)} - 云汐在线（{NOTICE}）</title></head>\n<body>\n"
        f'<div id="notice">{NOTICE}</div>\n{body}\n<div id="footer">云汐在线 · {NOTICE}</div>\n</body></html>\n'
    )
    named = f"; charset={declared}" if is_charset_named else ""
    return Page(text.encode(charset), f"text/html{named}")


def paragraphs(text: str) -> str:
    """Return a text as HTML, its lines parted by breaks."""
    return "<br>\n".join(escape(line) for line in text.split("\n"))


def exact_time(at: Millis) -> str:
    """Return a moment as the county's pages write it, to the second."""
    return datetime.fromtimestamp(at / 1000, LOCAL).strftime("%Y-%m-%d %H:%M:%S")


def relative_time(at: Millis, now: Millis) -> str:
    """Return how long ago a moment was, as forums write it."""
    seconds = max(0, now - at) // 1000
    if seconds < 60:
        return f"{seconds} 秒前"
    if seconds < 3600:
        return f"{seconds // 60} 分钟前"
    if seconds < 86_400:
        return f"{seconds // 3600} 小时前"
    return f"{seconds // 86_400} 天前"


def http_time(at: Millis) -> str:
    """Return a moment as HTTP headers write it."""
    return datetime.fromtimestamp(at / 1000, UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")


def mail_time(at: Millis) -> str:
    """Return a moment as RSS writes it."""
    return datetime.fromtimestamp(at / 1000, LOCAL).strftime("%a, %d %b %Y %H:%M:%S +0800")


def iso_time(at: Millis) -> str:
    """Return a moment as Atom writes it."""
    return datetime.fromtimestamp(at / 1000, LOCAL).isoformat()
