"""
The three ways in: this machine alone; the local network with TLS; behind a proxy that has TLS.

Plain HTTP beyond this machine is none of them: passwords and posts would travel readable for everybody on the way.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from pipeline.domain.errors import BadInput

from .config import Web

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
ANY_HOST = frozenset({"0.0.0.0", "::"})  # noqa: S104 - what an operator may write
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


@dataclass(frozen=True, slots=True)
class Entrance:
    """How people reach the service, and whom it believes about where a request comes from."""

    host: str = "127.0.0.1"
    port: int = 8765
    has_tls: bool = False
    proxies: tuple[Network, ...] = ()
    public_url: str = ""
    machine: str = "localhost"

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach the socket."""
        return is_loopback(self.host)

    @property
    def is_secure(self) -> bool:
        """Whether browsers see TLS, ours or the proxy's."""
        return self.has_tls or bool(self.proxies)

    @property
    def cookie(self) -> str:
        """Return the session cookie's name; on this machine the port is in it, since cookies are shared by ports."""
        return "__Host-huiyin" if self.is_secure else f"huiyin-{self.port}"

    @property
    def url(self) -> str:
        """Return the address that people open, without a slash at its end."""
        if self.public_url:
            return self.public_url.rstrip("/")
        host = self.machine if self.host in ANY_HOST else self.host
        host = f"[{host}]" if ":" in host else host
        return f"{'https' if self.has_tls else 'http'}://{host}:{self.port}"

    def trusts(self, peer: str) -> bool:
        """Whether this address is a proxy of ours."""
        address = _address(peer)
        return address is not None and any(address in network for network in self.proxies)

    def client_of(self, peer: str, forwarded_for: str) -> str:
        """Return who asks: the peer, or what proxies of ours say, read from the right up to the first stranger."""
        client = peer
        for said in reversed([part.strip() for part in forwarded_for.split(",") if part.strip()]):
            if not self.trusts(client):
                break
            named = _address(said)
            if named is None:
                break
            client = str(named)
        return client

    def is_local(self, peer: str, forwarded_for: str) -> bool:
        """Whether a program of this machine asks: known to be so, and not that a proxy does not say who asks."""
        nearest = forwarded_for.rpartition(",")[2].strip()
        is_told = not self.trusts(peer) or _address(nearest) is not None
        return is_told and is_loopback(self.client_of(peer, forwarded_for))

    def refusal(self, peer: str, scheme: str, host: str) -> str:
        """
        Return why a request may not come in, or "" where it may.

        `scheme` is what the browser used (as the proxy says, where it is ours), `host` the name that it asked for.
        """
        if self.has_tls:
            return ""
        if self.proxies:
            if not self.trusts(peer):
                return "this address answers to its proxy only"
            return "" if scheme == "https" else "the proxy was asked over plain HTTP"
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        if name.lower() in LOOPBACK_NAMES | {self.host}:
            return ""
        return "this service answers to this machine's own names only"

    def origins(self, host: str) -> frozenset[str]:
        """Return what a form of ours says it comes from, where the browser asked for this host."""
        own = f"{'https' if self.is_secure else 'http'}://{host}"
        parts = urlsplit(self.public_url)
        return frozenset({own.lower(), f"{parts.scheme}://{parts.netloc}".lower()} - {"://"})


def open_entrance(web: Web) -> Entrance:
    """
    Return how people reach the service.

    Raises BadInput (CFG-130) where it would be plain HTTP beyond this machine, (CFG-131) for values that cannot be.
    """
    proxies = _networks(web.proxies)
    parts = urlsplit(web.public_url)
    if web.public_url and (parts.scheme not in ("http", "https") or not parts.hostname):
        sentence = f'[web] public_url: {web.public_url!r} is no address of a site; write "https://name" or leave it out'
        raise BadInput(sentence, code="CFG-131")
    if web.tls == "given" and not (web.certificate and web.certificate_key):
        sentence = '[web] tls = "given" needs certificate and certificate_key, two PEM files; name both'
        raise BadInput(f'{sentence}, or write tls = "self-made"', code="CFG-131")
    has_tls = web.tls != "off"
    if not (has_tls or proxies or is_loopback(web.host)):
        sentence = f"[web] host {web.host} can be reached from other machines, and without TLS everybody on the way"
        ways = 'write tls = "self-made" (or "given" with your own certificate), or keep host = "127.0.0.1"'
        raise BadInput(
            f"{sentence} reads passwords and posts; {ways} and put a proxy with TLS before it", code="CFG-130"
        )
    machine = web.names[0] if web.names else socket.gethostname()
    return Entrance(web.host, web.port, has_tls, proxies, web.public_url, machine)


def is_loopback(host: str) -> bool:
    """Whether a socket on this host can be reached from this machine alone."""
    address = _address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _networks(written: Sequence[str]) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(one) for one in written)
    except ValueError as cause:
        sentence = f'[web] proxies: {cause}; write addresses such as "192.0.2.7", or networks such as "192.0.2.0/28"'
        raise BadInput(sentence, code="CFG-131") from None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
