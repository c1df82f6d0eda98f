"""
Asks for single pages while an address is tried: bounded in number, bytes and time, at a polite pace, by name.

Every address is checked before anything is sent, and the connection goes to the very number that was checked. Through
the unit's proxy the proxy connects: then the form of the address is checked, and its name where it is known here too.
"""

import http.client
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from crawlers.host import is_loopback
from crawlers.network import NetworkSettings
from crawlers.public_address import AddressRefused, LookUp, NoSuchName, Target, look_up_name, reachable, target_of

from .connection import (
    FAILURES,
    Answer,
    BoundConnection,
    Failure,
    Unanswered,
    cut,
    login_of,
    read_answer,
    through,
    unanswered,
)

MOST_REQUESTS = 10
"""All requests of one probe together: robots.txt, redirects, the page, and the few pages behind it."""
MOST_WAITING_SECONDS = 90.0
"""How long the pauses of one probe may be together; a host that wants longer ones is seen less of."""


@dataclass(frozen=True, slots=True)
class World:
    """
    What a visit needs of the world besides the network: names, time, and waiting.

    `patience_seconds` is how long one answer may take, from the first look-up to its last byte.
    """

    look_up: LookUp = look_up_name
    monotonic: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    patience_seconds: float = 20.0


class Visitor:
    """Asks for pages, one after the other."""

    def __init__(self, agent: str, network: NetworkSettings, world: World | None = None) -> None:
        self._agent = agent
        self._network = network
        self._world = world or World()
        self._asked_at: dict[str, float] = {}
        self._context: ssl.SSLContext | None = None
        self.requests = 0
        self._waited = 0.0

    def target(self, address: str) -> Target:
        """Return the address taken apart; raises AddressRefused where it may not be asked."""
        return target_of(address, self._network.local_hosts)

    def ask(self, target: Target, pace_seconds: float) -> Answer:
        """
        Return what the target answers; redirects are not followed.

        Raises:
            AddressRefused: its name leads into the house; nothing was sent.
            Unanswered: no answer came, or more than MAX_PAGE_BYTES.
        """
        if self.requests >= MOST_REQUESTS:
            raise Unanswered(Failure.BUDGET)
        self._keep_pace(target, pace_seconds)
        self.requests += 1
        try:
            return self._answer(target, self._connection(target))
        finally:
            self._asked_at[target.host] = self._world.monotonic()

    def _keep_pace(self, target: Target, pace_seconds: float) -> None:
        last = self._asked_at.get(target.host)
        if last is not None and not is_loopback(target.host):
            pause = max(0.0, last + pace_seconds - self._world.monotonic())
            self._waited += pause
            if self._waited > MOST_WAITING_SECONDS:
                raise Unanswered(Failure.BUDGET, f"{pace_seconds:g}")
            self._world.wait(pause)

    def _connection(self, target: Target) -> http.client.HTTPConnection:
        """Return a connection that is not open yet: to a checked number, or to the proxy of this host."""
        proxy = self._network.proxy_for(target.host)
        if proxy is None:
            context = self._tls() if target.scheme == "https" else None
            return BoundConnection(target, self._numbers(target), context, self._world.patience_seconds)
        try:
            self._numbers(target)
        except Unanswered as unknown:
            if unknown.failure is not Failure.NO_NAME:
                raise
        return through(proxy, target, self._tls, self._world.patience_seconds)

    def _numbers(self, target: Target) -> Sequence[str]:
        """Return the numbers to connect to. A resolver that says nothing is waited for no longer than an answer."""
        found: list[Sequence[str] | Exception] = []

        def look_up() -> None:
            try:
                found.append(reachable(target, self._world.look_up))
            except (NoSuchName, AddressRefused) as refusal:
                found.append(refusal)

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(self._world.patience_seconds)
        if not found:
            raise Unanswered(Failure.TIMEOUT, "DNS")
        if isinstance(found[0], NoSuchName):
            raise Unanswered(Failure.NO_NAME, target.host)
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    def _tls(self) -> ssl.SSLContext:
        if self._context is None:
            self._context = ssl.create_default_context()
            if self._network.ca_file:
                self._context.load_verify_locations(self._network.ca_file)
        return self._context

    def _answer(self, target: Target, connection: http.client.HTTPConnection) -> Answer:
        """Return the answer of an open or opened connection, which is closed in any case, at the latest in time."""
        is_late = threading.Event()
        timer = threading.Timer(self._world.patience_seconds, cut, (connection, is_late))
        timer.daemon = True
        timer.start()
        try:
            connection.request("GET", self._path(target), headers=self._headers(target))
            answer = read_answer(target, connection.getresponse())
        except FAILURES as cause:
            is_proxied = not isinstance(connection, BoundConnection)
            raise (
                Unanswered(Failure.TIMEOUT) if is_late.is_set() else unanswered(cause, is_proxied=is_proxied)
            ) from cause
        finally:
            timer.cancel()
            connection.close()
        if is_late.is_set():
            raise Unanswered(Failure.TIMEOUT)
        return answer

    def _path(self, target: Target) -> str:
        """Return what stands in the request's first line: a proxy without a tunnel is told the whole address."""
        is_told_all = self._network.proxy_for(target.host) is not None and target.scheme == "http"
        return _quoted(target.address if is_told_all else target.path)

    def _headers(self, target: Target) -> dict[str, str]:
        proxy = self._network.proxy_for(target.host)
        login = login_of(proxy) if proxy and target.scheme == "http" else {}
        return {
            **login,
            "Host": target.origin.partition("://")[2],
            "User-Agent": self._agent,
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }


def _quoted(path: str) -> str:
    """Return a path as a request's first line may hold it: what is not ASCII is UTF-8 in percent signs."""
    return "".join(char if "!" <= char <= "~" else "".join(f"%{byte:02X}" for byte in char.encode()) for char in path)
