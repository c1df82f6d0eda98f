"""
What Scrapy asks on a request's way out of the building: the proxy of its host, and whose certificates are believed.

Apart from `network`, which every process reads: one that does not crawl loads neither Scrapy nor Twisted.
"""

import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from OpenSSL.crypto import X509
from scrapy import Request
from scrapy.crawler import Crawler
from twisted.internet.ssl import Certificate, trustRootFromCertificates
from twisted.web.client import BrowserLikePolicyForHTTPS

from .network import NetworkSettings, read_certificates


class BelievedCertificates(BrowserLikePolicyForHTTPS):
    """Verifies each server against the unit's own certificates and those of the system. Verification is never off."""

    def __init__(self, ca_file: Path) -> None:
        system = ssl.get_default_verify_paths().cafile
        known = list(read_certificates(ca_file))
        if system:
            known.extend(read_certificates(Path(system)))
        make_root: Callable[[Sequence[Certificate]], object] = trustRootFromCertificates
        believe: Callable[[object], None] = super().__init__
        as_twisted: Callable[[X509], Certificate] = Certificate
        believe(make_root([as_twisted(one) for one in known]))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *, method: int) -> "BelievedCertificates":
        """Return the policy of the settings; `method` is Scrapy's older way to name TLS versions and is not used."""
        del method
        return cls(Path(crawler.settings["HUIYIN_CA_FILE"]))


class ProxyChoice:
    """Downloader middleware: each request goes through the proxy of its host, or through none."""

    def __init__(self, network: NetworkSettings) -> None:
        self._network = network

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "ProxyChoice":
        """Return the choice that the settings make."""
        chosen = crawler.settings
        return cls(NetworkSettings(chosen["HUIYIN_PROXY"], tuple(chosen["HUIYIN_NO_PROXY"])))

    def process_request(self, request: Request) -> None:
        """The request names its proxy, or None, whatever the environment says."""
        request.meta["proxy"] = self._network.proxy_for(urlsplit(request.url).hostname or "")
