"""One connection for one page: to a number that was checked, or through the unit's proxy; and what came of it."""

import http.client
import socket
import ssl
import threading
import zlib
from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urljoin, urlsplit

from crawlers.public_address import Target
from crawlers.settings import MAX_PAGE_BYTES

_PIECE = 64 * 1024
_LONGEST_HEADER = 2_000


class Failure(StrEnum):
    """Why no answer came."""

    NO_NAME = "no_name"
    REFUSED = "refused"
    NO_ROUTE = "no_route"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    TLS = "tls"
    PROXY = "proxy"
    BROKEN = "broken"
    TOO_BIG = "too_big"
    BUDGET = "budget"


class Unanswered(Exception):
    """No answer came, for this reason; `said` is what the other side or the library said, in its own words."""

    def __init__(self, failure: Failure, said: str = "") -> None:
        super().__init__(f"{failure.value}: {said}")
        self.failure = failure
        self.said = said


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the address that answered, its status, and the page. `location` is where a redirect leads."""

    address: str
    status: int
    content_type: str = ""
    body: bytes = field(default=b"", repr=False)
    location: str = ""

    @property
    def leads_to(self) -> str:
        """Where a redirect leads, as a whole address; "" for any other answer."""
        if not (300 <= self.status < 400 and self.location):
            return ""
        try:
            return urljoin(self.address, self.location).split("#", 1)[0]
        except ValueError:
            return self.location


class BoundConnection(http.client.HTTPConnection):
    """A connection to one of the numbers that were checked; the certificate must be the name's."""

    def __init__(
        self, target: Target, numbers: Sequence[str], context: ssl.SSLContext | None, patience_seconds: float
    ) -> None:
        super().__init__(target.host, target.port, timeout=patience_seconds)
        self._patience = patience_seconds
        self._numbers = numbers
        self._context = context

    def connect(self) -> None:
        """The socket is open, at the first of the numbers that takes it."""
        failure: OSError | None = None
        for number in self._numbers[:3]:
            try:
                self.sock = socket.create_connection((number, self.port), timeout=self._patience / 2)
                break
            except OSError as cause:
                failure = cause
        else:
            raise failure or OSError("no number")
        self.sock.settimeout(self._patience)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


def through(
    proxy: str, target: Target, tls: Callable[[], ssl.SSLContext], patience_seconds: float
) -> http.client.HTTPConnection:
    """Return a connection through a proxy: a tunnel for https, the plain request for http."""
    parts = urlsplit(proxy)
    host, port = parts.hostname or "", parts.port or 80
    if target.scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=patience_seconds)
    connection = http.client.HTTPSConnection(host, port, timeout=patience_seconds, context=tls())
    connection.set_tunnel(target.host, target.port, headers=login_of(proxy))
    return connection


def login_of(proxy: str) -> dict[str, str]:
    """Return the header that lets us through a proxy whose address holds a login."""
    parts = urlsplit(proxy)
    if parts.username is None:
        return {}
    said = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": "Basic " + b64encode(said.encode()).decode("ascii")}


def cut(connection: http.client.HTTPConnection, is_late: threading.Event) -> None:
    """The answer comes too slowly: whoever reads it reads an end."""
    is_late.set()
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def read_answer(target: Target, response: http.client.HTTPResponse) -> Answer:
    """Return the answer with its whole body; raises Unanswered where that is too big."""
    location = (response.getheader("Location") or "")[:_LONGEST_HEADER]
    kind = (response.getheader("Content-Type") or "")[:_LONGEST_HEADER]
    if 300 <= response.status < 400:
        return Answer(target.address, response.status, kind, b"", location)
    unpack = _unpacker((response.getheader("Content-Encoding") or "").strip().lower())
    body = bytearray()
    while piece := response.read1(_PIECE):
        body += unpack(piece, MAX_PAGE_BYTES + 1 - len(body))
        if len(body) > MAX_PAGE_BYTES:
            raise Unanswered(Failure.TOO_BIG)
    if response.length:
        raise Unanswered(Failure.BROKEN, f"{response.length} bytes are missing")
    return Answer(target.address, response.status, kind, bytes(body), location)


def _unpacker(encoding: str) -> Callable[[bytes, int], bytes]:
    """Return how a piece becomes plain: some servers compress whatever was asked for."""
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return lambda piece, _: piece
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 32)
    return lambda piece, most: unpacking.decompress(unpacking.unconsumed_tail + piece, max(1, most))


_MEANT: Sequence[tuple[type[Exception], Failure]] = (
    (ssl.SSLCertVerificationError, Failure.CERTIFICATE),
    (ssl.SSLError, Failure.TLS),
    (TimeoutError, Failure.TIMEOUT),
    (ConnectionRefusedError, Failure.REFUSED),
    (ConnectionError, Failure.BROKEN),
    (http.client.HTTPException, Failure.BROKEN),
    (ValueError, Failure.BROKEN),
    (zlib.error, Failure.BROKEN),
    (OSError, Failure.NO_ROUTE),
)
"""The first that fits; what does not is no failure of the network."""
FAILURES = tuple(kind for kind, _ in _MEANT)


def unanswered(cause: Exception, *, is_proxied: bool) -> Unanswered:
    """Return what a failed request means; where a proxy connects, it is the proxy that cannot be reached."""
    failure = next(failure for kind, failure in _MEANT if isinstance(cause, kind))
    if is_proxied and failure in (Failure.REFUSED, Failure.NO_ROUTE):
        return Unanswered(Failure.PROXY, str(cause).rpartition(": ")[2])
    named = ("verify_message", "reason", "strerror")
    said = next((str(word) for name in named if (word := getattr(cause, name, None))), type(cause).__name__)
    return Unanswered(failure, said)
