"""
The demo site: a small local server that shows the county's posts over real HTTP, by a clock that it is given.

    /feed/news.xml  /feed/blogs.xml     feeds with ETag and Last-Modified
    /forum/board-2-1.html               the board 百姓杂谈; /forum/thread-N-1-1.html its threads
    /forum/board-5-1.html               the board 老街坊, in GB18030
    /messages/list-1.html               the message board; /messages/detail-N.html its messages with the answers
    /robots.txt                         allows all of it but /private/
    /private/letters.html               must never be fetched; it is counted like every path
    /tv/feed.xml                        a source that is down: always 502

It listens on 127.0.0.1 only. Every request is recorded, so that a test can prove how politely it was read.
"""

import sys
from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from pipeline.domain.post import Millis
from pipeline.ports import Clock

from .page import Page, http_time
from .pages import render
from .post import DemoPost
from .season import SECOND
from .shelf import Shelf

_REQUESTS_KEPT = 200_000


@dataclass(frozen=True, slots=True)
class Request:
    """One request as the server saw it; `path` holds the query too."""

    at: Millis
    path: str
    status: int
    agent: str
    size: int


class DemoSite:
    """
    Serves what the county has published by the clock's now; a context manager that runs it on a thread of its own.

    `opened_at` parts history from life (see `shelf`); by default it is the clock's now. Port 0 takes a free one.
    """

    def __init__(
        self,
        posts: Iterator[DemoPost],
        clock: Clock,
        *,
        port: int = 0,
        posts_per_second: float = 1.0,
        crawl_delay_seconds: int = 0,
    ) -> None:
        self._clock = clock
        self._crawl_delay = crawl_delay_seconds
        self._shelf = Shelf(posts, opened_at=clock.now(), posts_per_second=posts_per_second)
        self._requests: deque[Request] = deque(maxlen=_REQUESTS_KEPT)
        self._server = _QuietServer(("127.0.0.1", port), partial(_Handler, self._answer))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="demo-site", daemon=True)

    @property
    def url(self) -> str:
        """The address of the site, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def requests(self) -> Sequence[Request]:
        """The requests so far, oldest first."""
        return tuple(self._requests)

    @property
    def hits(self) -> Mapping[str, int]:
        """How often each path was asked for."""
        return Counter(urlsplit(request.path).path for request in tuple(self._requests))

    def served(self) -> Sequence[DemoPost]:
        """Return every post and edit that the site shows or has shown by now, at the times shown, with their truth."""
        self._shelf.catch_up(self._clock.now())
        return self._shelf.served()

    def put_up(self, post: DemoPost) -> DemoPost:
        """The post stands on the site from now on, published now; returns it as it stands there."""
        now = self._clock.now() // SECOND * SECOND
        shown = post.moved(now, now)
        self._shelf.put_up(shown)
        return shown

    def hold_life(self) -> None:
        """Nothing behind the opening appears by itself, until life begins."""
        self._shelf.hold_life()

    def begin_life(self) -> None:
        """What the stream tells behind the opening appears from now on, post by post."""
        self._shelf.begin_life(self._clock.now())

    def open(self) -> Self:
        """The site answers from now on."""
        self._thread.start()
        return self

    def close(self) -> None:
        """The site answers no more, and its port is free."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _answer(self, path: str, agent: str, validators: Mapping[str, str]) -> tuple[Page, int, Millis]:
        now = self._clock.now()
        self._shelf.catch_up(now)
        page = render(self._shelf, path, now=now, root=self.url, crawl_delay=self._crawl_delay)
        status = 304 if page.status == 200 and _is_known(page, validators) else page.status
        self._requests.append(Request(now, path, status, agent, 0 if status == 304 else len(page.body)))
        return page, status, now


def _is_known(page: Page, validators: Mapping[str, str]) -> bool:
    """Whether the client has this very page; an ETag outranks a date (RFC 9110 §13.1.3)."""
    if page.changed_at is None:
        return False
    if "If-None-Match" in validators:
        return page.etag in {tag.strip().removeprefix("W/") for tag in validators["If-None-Match"].split(",")}
    return validators.get("If-Modified-Since") == http_time(page.changed_at)


class _QuietServer(ThreadingHTTPServer):
    """Says nothing where a reader hangs up in the middle of an answer: a crawler that is stopped does."""

    def handle_error(self, request: object, client_address: object) -> None:
        """Tell of every error but a connection that was cut."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # typeshed knows sockets only


class _Handler(BaseHTTPRequestHandler):
    """Turns a request into a call of the site, and its page into an answer."""

    protocol_version = "HTTP/1.1"
    timeout = 30

    def __init__(
        self,
        answer: Callable[[str, str, Mapping[str, str]], tuple[Page, int, Millis]],
        *connection: object,
    ) -> None:
        self._answer = answer
        super().__init__(*connection)  # type: ignore[arg-type]  # the server hands request, address and itself through

    def do_GET(self) -> None:
        """Answer with the page, or with 304 where the client has it."""
        page, status, now = self._answer(self.path, self.headers.get("User-Agent", ""), dict(self.headers.items()))
        self.send_response_only(status)
        self.send_header("Server", "yunxi-demo")
        self.send_header("Date", http_time(now))
        if page.changed_at is not None:
            self.send_header("ETag", page.etag)
            self.send_header("Last-Modified", http_time(page.changed_at))
        if status != 304:
            self.send_header("Content-Type", page.content_type)
            self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        if status != 304 and self.command == "GET":
            self.wfile.write(page.body)

    def do_HEAD(self) -> None:
        """Answer with the headers only."""
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the names are http.server's)
        """Nothing is printed; requests are recorded instead."""
