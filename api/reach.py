"""
Whether a server is reached, and where not, at which step it failed: name, route, proxy, certificate, answer.

Of a source only robots.txt is asked for, once, by the agent that crawls. Every step has a time-out and a bound.
"""

import errno
import smtplib
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from enum import StrEnum

from pipeline.domain.post import Millis
from pipeline.ports import Clock

from .outward import ProxyRefusedError, ProxyUnreachableError, Way, connected, context_of, secured

MOST_HEAD = 16 * 1024
AT_ONCE = 8
SECONDS = 5.0
_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
_UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's verify codes of a certificate whose issuer nobody here knows, or that vouches for itself."""
_OUT_OF_TIME = frozenset({9, 10})
_OTHER_NAME = frozenset({62, 64})
_BEHIND_PROXY = frozenset({502, 503, 504})


class Reach(StrEnum):
    """How far a connection came."""

    OK = "ok"
    NO_NAME = "no_name"
    NO_ROUTE = "no_route"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    PROXY_SILENT = "proxy_silent"
    PROXY_LOGIN = "proxy_login"
    PROXY_FORBIDS = "proxy_forbids"
    PROXY_LOST = "proxy_lost"
    CERTIFICATE_UNKNOWN = "certificate_unknown"
    CERTIFICATE_NAME = "certificate_name"
    CERTIFICATE_TIME = "certificate_time"
    NO_TLS = "no_tls"
    NO_MAIL = "no_mail"
    CUT_OFF = "cut_off"


@dataclass(frozen=True, slots=True)
class Target:
    """
    A server to be reached. `agent` asks for its robots.txt; "" opens a connection and asks nothing.

    `open` does more than connect where the service speaks otherwise than HTTP: mail.
    """

    name: str
    host: str
    port: int
    way: Way = field(default_factory=Way)
    is_secure: bool = True
    agent: str = ""
    open: Callable[[], None] | None = None


@dataclass(frozen=True, slots=True)
class Reached:
    """What came of it. `ahead`: by how much this machine's clock is ahead of the server's; None where it told none."""

    target: Target
    reach: Reach
    ahead: Millis | None = None


def reach_all(targets: Sequence[Target], clock: Clock, seconds: float = SECONDS) -> Sequence[Reached]:
    """Return what came of each target, in their order; some at once, each host by one connection."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda target: reach(target, clock, seconds), targets))


def reach(target: Target, clock: Clock, seconds: float = SECONDS) -> Reached:
    """Return how far a connection to the target comes."""
    try:
        if target.open is not None:
            target.open()
            return Reached(target, Reach.OK)
        return _asked(target, clock, seconds)
    except OSError as cause:
        return Reached(target, cause_of(cause))


def cause_of(cause: OSError) -> Reach:
    """Return what an error of a connection means to the person who must mend it."""
    for kind, meaning in _KINDS:
        if isinstance(cause, kind):
            return meaning(cause)
    return Reach.NO_ROUTE if cause.errno in _NO_ROUTE else Reach.CUT_OFF


def _asked(target: Target, clock: Clock, seconds: float) -> Reached:
    is_plain = target.way.proxy is not None and not target.is_secure
    with closing(_opened(target, seconds, is_plain=is_plain)) as there:
        if not target.agent:
            return Reached(target, Reach.OK)
        asked_at = clock.now()
        status, date = _head(there, _request(target, is_plain=is_plain), seconds)
        ahead = (asked_at + clock.now()) // 2 - date if date is not None else None
    if is_plain and (refused := _of_proxy(status)) is not None:
        return Reached(target, refused)
    return Reached(target, Reach.OK if status else Reach.CUT_OFF, ahead)


def _opened(target: Target, seconds: float, *, is_plain: bool) -> socket.socket:
    """Return the connection; a plain page is asked of the proxy itself, as a spider asks for it."""
    proxy = target.way.proxy
    if is_plain and proxy is not None:
        try:
            return socket.create_connection((proxy.host, proxy.port), seconds)
        except OSError as cause:
            raise ProxyUnreachableError(*cause.args) from cause
    context = context_of(target.way.ca_file) if target.is_secure else None
    there = connected(target.way, target.host, target.port, seconds)
    return secured(there, context, target.host) if context else there


def _request(target: Target, *, is_plain: bool) -> bytes:
    usual = 443 if target.is_secure else 80
    host = target.host if target.port == usual else f"{target.host}:{target.port}"
    login = target.way.proxy.login if is_plain and target.way.proxy else ""
    lines = [
        f"GET {f'http://{host}' if is_plain else ''}/robots.txt HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {target.agent}",
        *([f"Proxy-Authorization: {login}"] if login else []),
        "Connection: close",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8")


def _head(there: socket.socket, request: bytes, seconds: float) -> tuple[int, Millis | None]:
    """Return the status and the date of the answer; (0, None) where there is none that can be read."""
    there.sendall(request)
    ends, head = time.monotonic() + seconds, b""
    while b"\r\n\r\n" not in head and len(head) < MOST_HEAD:
        if time.monotonic() > ends:
            raise TimeoutError
        piece = there.recv(4096)
        if not piece:
            break
        head += piece
    first, *fields = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    words = first.split(" ", 2)
    status = int(words[1]) if len(words) > 1 and words[0].startswith("HTTP/") and words[1].isdigit() else 0
    return status, next((_moment(line[5:]) for line in fields if line[:5].lower() == "date:"), None)


def _moment(text: str) -> Millis | None:
    try:
        return int(parsedate_to_datetime(text.strip()).timestamp() * 1_000)
    except (ValueError, TypeError, OverflowError):
        return None


def _of_proxy(status: int) -> Reach | None:
    if status == 407:
        return Reach.PROXY_LOGIN
    if status == 403:
        return Reach.PROXY_FORBIDS
    return Reach.PROXY_LOST if status in _BEHIND_PROXY else None


def _refused_by_proxy(cause: OSError) -> Reach:
    status = cause.status if isinstance(cause, ProxyRefusedError) else 0
    return _of_proxy(status) or Reach.PROXY_FORBIDS


def _not_believed(cause: OSError) -> Reach:
    code = cause.verify_code if isinstance(cause, ssl.SSLCertVerificationError) else 0
    if code in _OUT_OF_TIME:
        return Reach.CERTIFICATE_TIME
    if code in _OTHER_NAME:
        return Reach.CERTIFICATE_NAME
    return Reach.CERTIFICATE_UNKNOWN if code in _UNKNOWN_ISSUER else Reach.NO_TLS


_KINDS: Sequence[tuple[type[OSError], Callable[[OSError], Reach]]] = (
    (ProxyRefusedError, _refused_by_proxy),
    (ProxyUnreachableError, lambda _: Reach.PROXY_SILENT),
    (ssl.SSLCertVerificationError, _not_believed),
    (ssl.SSLError, lambda _: Reach.NO_TLS),
    (smtplib.SMTPException, lambda _: Reach.NO_MAIL),
    (socket.gaierror, lambda _: Reach.NO_NAME),
    (ConnectionRefusedError, lambda _: Reach.REFUSED),
    (TimeoutError, lambda _: Reach.TIMEOUT),
)
