"""
Keeps a crawl out of the unit's own network: every request and every redirect, also that for robots.txt.

A source that was good when it was added may send on to another address later, or its name may lead elsewhere. What
an address says is checked before each request, and what its name leads to at the moment of connecting.
"""

import ipaddress
import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.resolver import CachingThreadedResolver
from twisted.internet.base import ReactorBase
from twisted.internet.error import DNSLookupError

from .public_address import AddressRefused, is_public, target_of

log = logging.getLogger(__name__)


class NotPublic(IgnoreRequest):
    """The address is none that a crawler may ask."""


class AddressGate:
    """Downloader middleware, before all others: a request passes only to an address that may be asked."""

    def __init__(self, local_hosts: Sequence[str]) -> None:
        self._local_hosts = tuple(local_hosts)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "AddressGate":
        """Return the gate that the settings make."""
        return cls(crawler.settings["HUIYIN_LOCAL_HOSTS"])

    def process_request(self, request: Request) -> None:
        """The address may be asked, or NotPublic is raised."""
        try:
            target_of(request.url, self._local_hosts)
        except AddressRefused as refusal:
            raise NotPublic(refusal.why.value) from refusal


class PublicResolver(CachingThreadedResolver):
    """Looks up names; one that leads to a number of the house leads nowhere, unless the operator names it."""

    allowed: frozenset[str] = frozenset()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> "PublicResolver":
        """Return the resolver that the settings make; the unit's proxy may have a number of the house."""
        resolver: PublicResolver = super().from_crawler(crawler, reactor)
        hosts = {
            urlsplit(f"//{each.strip().lower()}").hostname or "" for each in crawler.settings["HUIYIN_LOCAL_HOSTS"]
        }
        resolver.allowed = frozenset({*hosts, urlsplit(crawler.settings["HUIYIN_PROXY"]).hostname or ""})
        return resolver

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Any:  # noqa: ANN401, N802 - Twisted's Deferred and name
        """Return the number of the name, in time; it fails with DNSLookupError where that is none of the public."""
        checked: Callable[[str], str] = lambda number: self._checked(name, number)  # noqa: E731
        return super().getHostByName(name, timeout).addCallback(checked)

    def _checked(self, name: str, number: str) -> str:
        if name.lower().rstrip(".") in self.allowed or is_public(ipaddress.ip_address(number)):
            return number
        log.warning("crawl.not_public: %s leads into the house and is not asked; see [network] local_hosts", name)
        raise DNSLookupError(f"{name} has no public address")
