"""A web site on loopback for tests: pages in a table, every request remembered as the server saw it."""

import ssl
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, slots=True)
class Page:
    """What the site answers."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as the server saw it."""

    at: float
    path: str
    headers: Mapping[str, str]


class QuietServer(ThreadingHTTPServer):
    """A server to which a killed client is nothing to report."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError | ssl.SSLError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Site:
    """Serves `pages` (path → Page, or a function of the request's headers) while it is open."""

    def __init__(
        self, pages: Mapping[str, Page | Callable[[Mapping[str, str]], Page]], tls: ssl.SSLContext | None = None
    ) -> None:
        self.pages = dict(pages)
        self.asked: list[Asked] = []
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self._scheme = "http"
        if tls is not None:
            self._scheme = "https"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def paths(self, *, robots: bool = False) -> list[str]:
        return [asked.path for asked in self.asked if robots or asked.path != "/robots.txt"]

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append(Asked(time.monotonic(), self.path, headers))
                found = site.pages.get(self.path, Page(b"not here", 404))
                page = found(headers) if callable(found) else found
                time.sleep(page.after_seconds)
                try:
                    self._answer(page)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _answer(self, page: Page) -> None:
                self.send_response(page.status)
                if page.status != 304:
                    self.send_header("Content-Type", page.type)
                    self.send_header("Content-Length", str(len(page.body)))
                for name, value in page.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if page.status != 304:
                    self.wfile.write(page.body)

            def log_message(self, *_: object) -> None:
                return

        return Handler


def feed(*entries: str, title: str = "云汐论坛") -> Page:
    """Return an Atom feed of these entries."""
    body = f'<?xml version="1.0" encoding="utf-8"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{title}</title>'
    return Page(f"{body}{''.join(entries)}</feed>".encode(), type="application/atom+xml; charset=utf-8")


def entry(number: int, text: str, *, updated: str = "2026-11-20T09:00:00+08:00", author: str = "溪边草") -> str:
    """Return one Atom entry."""
    return (
        f"<entry><id>tag:yunxi.example,2026:{number}</id><title>帖子{number}</title><updated>{updated}</updated>"
        f'<link href="/t/{number}"/><author><name>{author}</name></author><content type="html">{text}</content></entry>'
    )
