"""
An HTTP server on loopback between a client and the real Elasticsearch, which spoils requests by rule.

A rule says which requests (method, path pattern), from which one on, how many, and what becomes of them; all else
passes through. `asked` holds what came. Where an answer is spoiled after the server gave it, it was carried out.
"""

import http.client
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

ITS_MARK = {"X-elastic-product": "Elasticsearch"}
FOREVER = 1_000_000


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked; `forward` asks the real server, `ended` is set when the proxy ends."""

    method: str
    path: str
    body: bytes
    forward: Callable[[bytes | None], Reply]
    ended: threading.Event


class Cut(Exception):
    """The connection ends here, without an answer."""


Fault = Callable[[Request], Reply | Iterator[bytes]]
"""Returns the answer, whole or byte by byte; or raises Cut."""


@dataclass(slots=True)
class Rule:
    """Requests that meet method and path suffer the fault, from the `first` one on, so many `times`."""

    fault: Fault
    method: str = "*"
    path: str = "*"
    first: int = 1
    times: int = 1
    seen: int = 0

    def is_due(self, method: str, path: str) -> bool:
        """Whether this request is one of those; each is counted once."""
        if not (fnmatchcase(method, self.method) and fnmatchcase(path, self.path)):
            return False
        self.seen += 1
        return self.first <= self.seen < self.first + self.times


class FaultProxy:
    """Listens while it is open; the same port returns after it `is_away`."""

    def __init__(self, url: str) -> None:
        there = urlsplit(url)
        self._there = (there.hostname or "", there.port or 80)
        self.asked: list[tuple[str, str]] = []
        self.rules: list[Rule] = []
        self._guard = threading.Lock()
        self._ended = threading.Event()
        self._connections: set[socket.socket] = set()
        self._server = self._listening(0)
        self.port = self._server.server_address[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._end()

    def spoil(self, fault: Fault, method: str = "*", path: str = "*", *, first: int = 1, times: int = 1) -> None:
        """Requests like this suffer the fault from now on; earlier rules are forgotten."""
        with self._guard:
            self.rules = [Rule(fault, method, path, first, times)]

    def heal(self) -> None:
        """Everything passes through."""
        with self._guard:
            self.rules = []

    def count(self, method: str, path: str) -> int:
        """Return how many such requests came."""
        with self._guard:
            return sum(fnmatchcase(m, method) and fnmatchcase(p, path) for m, p in self.asked)

    @contextmanager
    def is_away(self) -> Iterator[None]:
        """While the block runs connections are refused, and those that were open are gone."""
        self._end()
        yield
        self._server = self._listening(self.port)

    def _listening(self, port: int) -> ThreadingHTTPServer:
        server = _Server(("127.0.0.1", port), _Handler)
        server.proxy = self
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        return server

    def _end(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        with self._guard:
            open_now, self._connections = self._connections, set()
        for connection in open_now:
            _drop(connection)

    def opened(self, connection: socket.socket) -> None:
        """A client has come."""
        with self._guard:
            self._connections.add(connection)

    def answer(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply | Iterator[bytes]:
        """Return what a request is answered; raises Cut."""
        plain = path.partition("?")[0]
        with self._guard:
            self.asked.append((method, plain))
            fault = next((rule.fault for rule in self.rules if rule.is_due(method, plain)), None)

        def forward(instead: bytes | None = None) -> Reply:
            return self._forwarded(method, path, body if instead is None else instead, headers)

        return forward() if fault is None else fault(Request(method, plain, body, forward, self._ended))

    def _forwarded(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Reply:
        connection = http.client.HTTPConnection(*self._there, timeout=60)
        kept = {name: value for name, value in headers.items() if name.lower() in _PASSED}
        try:
            connection.request(method, path, body, kept)
            answer = connection.getresponse()
            said = answer.read()
        except (OSError, http.client.HTTPException):
            raise Cut from None
        finally:
            connection.close()
        return Reply(answer.status, said, {name: value for name, value in answer.getheaders() if name.lower() in _KEPT})


_PASSED = frozenset({"content-type", "accept", "authorization"})
_KEPT = frozenset({"content-type", "x-elastic-product", "retry-after"})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    proxy: FaultProxy


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.proxy.opened(self.connection)

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            said = self.server.proxy.answer(self.command, self.path, body, dict(self.headers))
        except Cut:
            said = iter(())
        if isinstance(said, Reply):
            self.connection.sendall(_written(said))
            return
        for piece in said:
            self.connection.sendall(piece)
        self.close_connection = True
        _drop(self.connection)

    do_GET = do_POST = do_PUT = do_DELETE = answer  # noqa: N815  # http.server's names

    def log_message(self, *_: object) -> None:
        """Nothing: tests say what they found."""


def hangs(request: Request) -> Reply:
    """The server never hears of it, and no answer comes."""
    request.ended.wait(60)
    raise Cut


def hangs_after(request: Request) -> Reply:
    """The server carries it out, and no answer comes."""
    request.forward(None)
    return hangs(request)


def cuts_before(_: Request) -> Reply:
    """The connection ends before the server hears of it."""
    raise Cut


def cuts_after(request: Request) -> Reply:
    """The server carries it out; the connection ends before the answer."""
    request.forward(None)
    raise Cut


def cuts_within(request: Request) -> Iterator[bytes]:
    """The server carries it out; the connection ends in the middle of the answer."""
    said = _written(request.forward(None))
    yield said[: len(said) - 5]


def dribbles(seconds: float) -> Fault:
    """The server carries it out; its answer comes byte by byte, so slowly."""

    def fault(request: Request) -> Iterator[bytes]:
        for byte in _written(request.forward(None)):
            if request.ended.wait(seconds):
                return
            yield bytes([byte])

    return fault


def says(status: int, error: str, reason: str = "", **headers: str) -> Fault:
    """The server never hears of it; Elasticsearch's own form of an error is the answer."""
    body = {"error": {"root_cause": [{"type": error, "reason": reason}], "type": error, "reason": reason}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    given = {**ITS_MARK, "Content-Type": "application/json", **named}
    return lambda _: Reply(status, json.dumps({**body, "status": status}).encode(), given)


def says_after(status: int) -> Fault:
    """The server carries it out; something between answers with an error of its own."""

    def fault(request: Request) -> Reply:
        request.forward(None)
        return Reply(status, b"<html>gateway</html>", {"Content-Type": "text/html"})

    return fault


def page(status: int, body: bytes = b"<html>welcome</html>", kind: str = "text/html", *, marked: bool = False) -> Fault:
    """The server never hears of it; a page of something else is the answer, with Elasticsearch's mark or without."""
    return lambda _: Reply(status, body, {"Content-Type": kind, **(ITS_MARK if marked else {})})


def garbles(request: Request) -> Reply:
    """The server carries it out; what comes back is no JSON, though it says that it is."""
    said = request.forward(None)
    return Reply(said.status, b"\x00{]" + said.body[:20], said.headers)


def refuses_items(status: int, error: str, reason: str, every: int = 2) -> Fault:
    """Of a bulk's changes each n-th is refused, and the server hears of the others only."""

    def fault(request: Request) -> Reply:
        changes = _changes(request.body)
        refused = [number for number in range(len(changes)) if number % every == every - 1]
        kept = b"".join(lines for number, (_, lines) in enumerate(changes) if number not in refused)
        said = request.forward(kept)
        items = iter(json.loads(said.body)["items"])
        told = {"status": status, "error": {"type": error, "reason": reason}}
        answer = [{op: told} if number in refused else next(items) for number, (op, _) in enumerate(changes)]
        return Reply(200, json.dumps({"errors": True, "items": answer}).encode(), said.headers)

    return fault


def blanks_docs(error: str, reason: str) -> Fault:
    """Each document of an _mget is answered with an error, as by a shard that is not there yet."""

    def fault(request: Request) -> Reply:
        said = request.forward(None)
        docs = [
            {"_index": doc["_index"], "_id": doc["_id"], "error": {"type": error, "reason": reason}}
            for doc in json.loads(said.body)["docs"]
        ]
        return Reply(200, json.dumps({"docs": docs}).encode(), said.headers)

    return fault


def _changes(body: bytes) -> Sequence[tuple[str, bytes]]:
    """Return (operation, its lines) of a bulk's body."""
    found: list[tuple[str, bytes]] = []
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        head: Mapping[str, Any] = json.loads(line)
        op = next(iter(head))
        found.append((op, line if op == "delete" else line + next(lines)))
    return found


def _written(reply: Reply) -> bytes:
    reason = http.client.responses.get(reply.status, "Other")
    headers = {**reply.headers, "Content-Length": str(len(reply.body))}
    head = f"HTTP/1.1 {reply.status} {reason}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode() + b"\r\n" + reply.body


def _drop(connection: socket.socket) -> None:
    """The connection is reset."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
    finally:
        connection.close()
