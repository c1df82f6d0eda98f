"""
How anything but a spider leaves the building: through the unit's proxy or not, and whose certificates are believed.

Mail, robot and webhook go the way of `[network]`, as spiders do, unless their own section says otherwise. Only the
operator's file decides; the proxy variables of the environment are not read.
"""

import base64
import socket
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from pipeline.domain.errors import BadInput
from pipeline.domain.host_list import is_listed

from .config import Network

DIRECT = "direct"
"""What a section writes as its `proxy` where it never goes through one."""
MOST_HEAD = 16 * 1024
USUAL_PORT = 8080


class ProxyRefusedError(OSError):
    """The proxy answered, and lets nobody through to there. `status` is its answer: 407 wants a login, 403 forbids."""

    def __init__(self, status: int) -> None:
        super().__init__(0, f"the proxy refused with {status}")
        self.status = status


class ProxyUnreachableError(OSError):
    """The proxy itself does not answer; the cause is the error that it raised."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """An http proxy; `login` is what it is shown, and stands in no log."""

    host: str
    port: int
    login: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Way:
    """How a server is reached: through this proxy or directly, and which certificates are believed besides."""

    proxy: Proxy | None = None
    ca_file: str = ""


def way_to(host: str, network: Network, proxy: str = "", ca_file: str = "") -> Way:
    """
    Return the way to a host. `proxy` and `ca_file` are those of a section of the file, "" where it says nothing.

    A section's own proxy is used for its host whatever `no_proxy` says; DIRECT means none.
    """
    believed = ca_file or network.ca_file
    if proxy == DIRECT or not (proxy or network.proxy):
        return Way(None, believed)
    if not proxy and is_listed(host, network.no_proxy):
        return Way(None, believed)
    return Way(proxy_of(proxy or network.proxy), believed)


def proxy_of(address: str) -> Proxy:
    """Return the proxy at an address; raises BadInput (CFG-145) where it is none, and echoes no login."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port or USUAL_PORT
    except ValueError:
        host = ""
    if not host or parts.scheme != "http":
        sentence = "proxy: expected an address such as http://proxy.example:8080, or direct"
        raise BadInput(sentence, code="CFG-145")
    login = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        login = "Basic " + base64.b64encode(pair.encode()).decode()
    return Proxy(host, port, login)


def context_of(ca_file: str) -> ssl.SSLContext:
    """Return what a connection believes: the system's certificates, and the unit's own besides."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as cause:
            sentence = f"{ca_file}: cannot be used as certificates ({cause}); name a PEM file"
            raise BadInput(sentence, code="CFG-143") from cause
    return context


def connected(way: Way, host: str, port: int, timeout: float) -> socket.socket:
    """
    Return a connection to the server, with this timeout for each step on it.

    Raises OSError; ProxyUnreachableError or ProxyRefusedError where the proxy is why.
    """
    if way.proxy is None:
        return socket.create_connection((host, port), timeout)
    try:
        there = socket.create_connection((way.proxy.host, way.proxy.port), timeout)
    except OSError as cause:
        raise ProxyUnreachableError(*cause.args) from cause
    try:
        _tunnel(there, way.proxy, f"[{host}]:{port}" if ":" in host else f"{host}:{port}", timeout)
    except BaseException:
        there.close()
        raise
    return there


def secured(there: socket.socket, context: ssl.SSLContext, host: str) -> ssl.SSLSocket:
    """Return the connection with TLS on it; where that fails the connection is closed, and the cause is raised."""
    try:
        return context.wrap_socket(there, server_hostname=host)
    except BaseException:
        there.close()
        raise


def _tunnel(there: socket.socket, proxy: Proxy, target: str, timeout: float) -> None:
    login = f"Proxy-Authorization: {proxy.login}\r\n" if proxy.login else ""
    there.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{login}\r\n".encode("ascii", "backslashreplace"))
    ends, head = time.monotonic() + timeout, b""
    while not head.endswith(b"\r\n\r\n"):
        piece = there.recv(1)  # one by one: what follows the head is the server's
        if not piece or len(head) > MOST_HEAD or time.monotonic() > ends:
            raise ProxyUnreachableError(0, "the proxy fell silent, or is none")
        head += piece
    words = head.split(b"\r\n", 1)[0].split()
    status = int(words[1]) if len(words) > 1 and words[1].isdigit() and words[0].startswith(b"HTTP/") else 0
    if status // 100 != 2:
        raise ProxyRefusedError(status)
