"""
Which addresses may be asked at all: public ones of the web, and those of this house that the operator names.

A pasted address must not lead into the unit's own network (SSRF). What is written is checked here, and every address
that a name leads to; whoever connects must connect to exactly the address that was checked, or a second look-up could
answer otherwise.
"""

import ipaddress
import re
import socket
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import SplitResult, urlsplit

PORTS = frozenset(
    {80, 443, *range(81, 100), 7001, *range(8000, 8100), 8181, 8443, 8880, 8888, *range(9000, 9100), 9443}
)
"""Where Chinese public sites answer; mail, data bases and remote desktops answer elsewhere."""

LONGEST = 2_000
_USUAL = {"http": 80, "https": 443}
_UNUSABLE = re.compile(r"[\x00-\x20\x7f\\]|%(?:0|1|7f)", re.IGNORECASE)
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))*\Z")
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)\Z")
_NEVER = tuple(ipaddress.IPv4Network(net) for net in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24"))
"""What some versions of Python call global, and yet is the inside of a cloud or of a network."""
_PASSAGES = tuple(
    ipaddress.IPv6Network(net)
    for net in ("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16")
)
"""Networks whose addresses hold another one, of version 4: nobody needs them to read a public page."""


class Why(StrEnum):
    """Why an address is not asked."""

    UNREADABLE = "unreadable"
    SCHEME = "scheme"
    LOGIN = "login"
    PORT = "port"
    STRANGE_HOST = "strange_host"
    NOT_PUBLIC = "not_public"


class AddressRefused(Exception):
    """The address is not asked; `host` is what it names, and nothing was sent anywhere."""

    def __init__(self, why: Why, host: str = "") -> None:
        super().__init__(f"{why.value}: {host}")
        self.why = why
        self.host = host


class NoSuchName(OSError):
    """No address is known for the name."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart: what is asked of whom. `is_local`: the operator names this host as one of the house."""

    scheme: str
    host: str
    port: int
    path: str
    is_local: bool = False

    @property
    def origin(self) -> str:
        """The part of the address whose robots.txt counts."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if _USUAL[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def address(self) -> str:
        """The whole address, written in one way."""
        return self.origin + self.path


def target_of(address: str, local_hosts: Sequence[str] = ()) -> Target:
    """
    Return the address taken apart, its host in small ASCII letters.

    Raises:
        AddressRefused: it is no public address of the web by its form. What its name leads to is asked in `reachable`.
    """
    parts, host, port = _parts(address)
    if parts.scheme not in _USUAL:
        raise AddressRefused(Why.SCHEME, parts.scheme)
    if parts.username is not None or parts.password is not None:
        raise AddressRefused(Why.LOGIN, host)
    number = _number_of(host)
    usual = port or _USUAL[parts.scheme]
    is_local = is_allowed(host, usual, local_hosts)
    if number is not None and not is_local and not is_public(number):
        raise AddressRefused(Why.NOT_PUBLIC, host)
    if usual not in PORTS and not is_local:
        raise AddressRefused(Why.PORT, f"{host}:{usual}")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, usual, path, is_local)


def reachable(target: Target, look_up: "LookUp | None" = None) -> Sequence[str]:
    """
    Return the numbers that the target's name leads to, all of them public; whoever connects uses one of these.

    Raises:
        NoSuchName: nobody knows the name.
        AddressRefused: one of them is not public, and the operator does not name the host.
    """
    number = _number_of(target.host)
    found = (
        [target.host]
        if number is not None
        else list(dict.fromkeys((look_up or look_up_name)(target.host, target.port)))
    )
    if not found:
        raise NoSuchName(target.host)
    if not target.is_local and not all(is_public(ipaddress.ip_address(each)) for each in found):
        raise AddressRefused(Why.NOT_PUBLIC, target.host)
    return found


LookUp = Callable[[str, int], Sequence[str]]
"""Name and port → numbers, without their scope."""


def look_up_name(host: str, port: int) -> Sequence[str]:
    """Return what the machine's own resolver says; raises NoSuchName."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as cause:
        raise NoSuchName(host) from cause
    return [str(each[4][0]).partition("%")[0] for each in found]


def is_allowed(host: str, port: int, local_hosts: Sequence[str]) -> bool:
    """Whether the operator's list names the host (`127.0.0.1:8000`; without a port: any port)."""
    shown = f"[{host}]" if ":" in host else host
    return any(each.strip().lower() in (host, shown, f"{shown}:{port}") for each in local_hosts)


def is_public(number: IPv4Address | IPv6Address) -> bool:
    """Whether the number belongs to the public internet: no house, link, carrier, cloud inside, group or passage."""
    if isinstance(number, IPv6Address) and (number.scope_id or any(number in net for net in _PASSAGES)):
        return False
    if isinstance(number, IPv4Address) and any(number in net for net in _NEVER):
        return False
    if number.is_multicast or number.is_reserved or number.is_unspecified:
        return False
    if isinstance(number, IPv6Address) and number.is_site_local:
        return False
    return number.is_global


def as_number(host: str) -> IPv4Address | IPv6Address | None:
    """Return the number that a host is, written as numbers are written today; None where it is a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _parts(address: str) -> tuple[SplitResult, str, int]:
    """Return the parts of an address with its host as a resolver gets it, and its port (0: none is said)."""
    if len(address) > LONGEST or _UNUSABLE.search(address):
        raise AddressRefused(Why.UNREADABLE)
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        raise AddressRefused(Why.UNREADABLE) from None
    if not parts.scheme or not parts.netloc:
        is_other = bool(parts.scheme) and parts.scheme not in _USUAL
        raise AddressRefused(Why.SCHEME if is_other else Why.UNREADABLE, parts.scheme)
    return parts, _plain_host(parts.hostname or ""), port or 0


def _plain_host(said: str) -> str:
    """Return a host as it is looked up: one width of letters, one kind of dot, ASCII, no dot at the end."""
    if ":" in said:
        return said.lower()
    host = unicodedata.normalize("NFKC", said).replace("。", ".").lower().rstrip(".")
    try:
        plain = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError:
        raise AddressRefused(Why.STRANGE_HOST, said) from None
    if not _HOST.match(plain):
        raise AddressRefused(Why.STRANGE_HOST, said)
    return plain


def _number_of(host: str) -> IPv4Address | IPv6Address | None:
    """Return the number that a host is; raises AddressRefused where it is one in disguise (0x7f.1, 2130706433)."""
    number = as_number(host)
    if number is None and (":" in host or _NUMBER.match(host.rpartition(".")[2])):
        raise AddressRefused(Why.STRANGE_HOST, host)
    return number
