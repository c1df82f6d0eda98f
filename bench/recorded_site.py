"""
The recorded answers of real servers over local HTTP, and the sources that read them with what stands there.

Each recorded server gets a port of its own, because robots.txt belongs to a host. The addresses that the pages carry
are turned into those of the running site. How many posts are there was counted by hand on the recorded pages.
"""

import os
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

SHARED = Path(os.environ.get("HUIYIN_SHARED_DATA", Path(__file__).parents[2] / "shared" / "data"))
IMPACT = {"purpose": "回放真实服务器的应答，只在本机", "reviewed_on": "2026-11-01", "reviewed_by": "办公室"}
HTML, XML = "text/html; charset=utf-8", "application/xml; charset=utf-8"


@dataclass(frozen=True)
class Recorded:
    """One server: its folder, the port it had then, path → (file, status, type), and its sources."""

    folder: str
    port: int
    answers: Mapping[str, tuple[str, int, str]]
    sources: tuple["RecordedSource", ...]


@dataclass(frozen=True)
class RecordedSource:
    """A source of a recorded server: where it begins, how it is read, and how many posts stand there."""

    id: str
    name: str
    start: str
    posts: int
    kind: str = "feed"
    selectors: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    origin: str = "监测发现"


THREAD = "/forum.php?mod=viewthread&tid={}&extra=page%3D1"
DISCUZ = Recorded(
    "discuz-x35-live",
    18081,
    {
        "/forum.php?mod=forumdisplay&fid=2": ("forumdisplay.html", 200, HTML),
        THREAD.format(1): ("thread1_after_edit.html", 200, HTML),
        THREAD.format(2): ("thread2_p1.html", 200, HTML),
        "/forum.php?mod=viewthread&tid=2&extra=&page=2": ("thread2_p2.html", 200, HTML),
        "/forum.php?mod=viewthread&tid=2&extra=page%3D1&page=2": ("thread2_p2.html", 200, HTML),
        THREAD.format(3): ("thread3_deleted.html", 404, HTML),
        "/forum.php?mod=rss&fid=2": ("rss.xml", 200, XML),
    },
    (
        # Thread 1: a first post and 3 replies. Thread 2: a first post and 9 replies on page 1, 3 replies on page 2.
        # Thread 3 is on the list and was deleted: its page answers 404.
        RecordedSource(
            "discuz-forum",
            "录制的 Discuz 论坛",
            "/forum.php?mod=forumdisplay&fid=2",
            posts=4 + 13,
            kind="listing",
            selectors={
                "list": {
                    "item": "tbody[id^=normalthread_]",
                    "link": "a.xst",
                    "id": "::attr(id)",
                    "replies": "td.num a::text",
                    "last_reply": "td.by:last-child em span::attr(title)",
                },
                "thread": {
                    "post": "#postlist > div[id^=post_]",
                    "title": "#thread_subject",
                    "id": "::attr(id)",
                    "time": "em[id^=authorposton] span::attr(title), em[id^=authorposton]",
                    "poster": ".authi .xw1::text",
                    "text": "td.t_f",
                    "skip": ".pstatus, .quote",
                    "answer": "#postlist > div[id^=post_]:contains('官方回复：')",  # this board's own mark
                    "next": ".pg a.nxt",
                },
            },
        ),
        RecordedSource("discuz-rss", "录制的 Discuz 订阅", "/forum.php?mod=rss&fid=2", posts=3),
    ),
)
MACHINA = Recorded(
    "machina-live",
    18082,
    {
        "/forum/": ("forum_.out", 200, HTML),
        "/forum/feeds/topics/": ("forum_feeds_topics_.out", 200, XML),
    },
    (
        # The index leads to its one topic by the topic's last post: 1 first post, 1 reply.
        RecordedSource(
            "machina-forum",
            "录制的 machina 论坛",
            "/forum/",
            posts=2,
            kind="listing",
            selectors={
                "list": {"item": ".forum-last-post", "link": "a[href*='/topic/']"},
                "thread": {
                    "post": "div.post",
                    "title": "h1",
                    "id": "::attr(id)",
                    "time": "small",
                    "poster": ".username",
                    "text": ".post-content",
                },
            },
        ),
        RecordedSource("machina-rss", "录制的 machina 订阅", "/forum/feeds/topics/", posts=1),
    ),
)
WORDPRESS = Recorded(
    "wordpress-live",
    18080,
    {"/feed/": ("rss.xml", 200, XML), "/comments/feed/": ("comments-rss.xml", 200, XML)},
    (
        RecordedSource("wordpress-posts", "录制的 WordPress 文章", "/feed/", posts=3, origin="媒体"),
        RecordedSource("wordpress-comments", "录制的 WordPress 评论", "/comments/feed/", posts=3),
    ),
)
ISSO = Recorded(
    "isso-live",
    18083,
    {"/feed?uri=/p1": ("feed.xml", 200, XML)},
    (RecordedSource("isso-comments", "录制的 Isso 评论", "/feed?uri=/p1", posts=1),),
)
SERVERS = (DISCUZ, MACHINA, WORDPRESS, ISSO)


class RecordedSite:
    """Serves one recorded server while it is open."""

    def __init__(self, recorded: Recorded, folder: Path) -> None:
        self._recorded = recorded
        self._folder = folder / recorded.folder
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> tuple[bytes, int, str]:
        """Return body, status and type; robots.txt is the recorded one, a topic of machina its one recorded page."""
        self.asked.append(path)
        name, status, type_ = self._recorded.answers.get(path, ("", 404, HTML))
        if path == "/robots.txt" and (self._folder / "robots.txt").is_file():
            name, status, type_ = "robots.txt", 200, "text/plain; charset=utf-8"
        elif "/topic/" in path and self._recorded is MACHINA:
            name, status, type_ = "topic.html", 200, HTML
        if not name:
            return b"not recorded", 404, HTML
        here = self.url.removeprefix("http://").encode()
        return (
            (self._folder / name).read_bytes().replace(f"127.0.0.1:{self._recorded.port}".encode(), here),
            status,
            type_,
        )

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                body, status, type_ = site.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", type_)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        return Handler


def open_sites(stack: ExitStack, folder: Path) -> Mapping[str, Mapping[str, Any]]:
    """Serve all recorded servers; returns the manifests of their sources, as tables, by id."""
    manifests: dict[str, Mapping[str, Any]] = {}
    for recorded in SERVERS:
        site = stack.enter_context(RecordedSite(recorded, folder))
        manifests |= {source.id: manifest_of(source, site.url) for source in recorded.sources}
    return manifests


def manifest_of(source: RecordedSource, site: str) -> Mapping[str, Any]:
    """Return an enabled source on loopback, as a table."""
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind,
        "url": site + source.start,
        "publisher": "本机回放",
        "why": "真实服务器的应答，用来核对爬虫",
        "owner": "办公室",
        "origin": source.origin,
        "enabled": True,
        "pace_seconds": 0.05,
        "expected": {"min": 1, "max": 100},
        "impact": IMPACT,
        **source.selectors,
    }
