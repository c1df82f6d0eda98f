"""
How requests leave the building: through the unit's proxy or not, and whose certificates are believed.

Only the operator's `[network]` decides; the proxy variables of the environment are not read.
"""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from OpenSSL import crypto
from scrapy import Request
from scrapy.crawler import Crawler
from twisted.internet.ssl import Certificate, trustRootFromCertificates
from twisted.web.client import BrowserLikePolicyForHTTPS

from pipeline.domain.host_list import is_listed

from .reading import Problem

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """
    `proxy` is an http address or ""; `no_proxy` lists hosts, domains and networks that are reached directly.

    `ca_file` holds the unit's own certificates (PEM), believed besides those of the system. `local_hosts` are the hosts
    without a public address that may be read all the same: `127.0.0.1:8000`, `portal.yunxi.example`.
    """

    proxy: str = ""
    no_proxy: tuple[str, ...] = ()
    ca_file: str = ""
    local_hosts: tuple[str, ...] = ()

    def proxy_for(self, host: str) -> str | None:
        """Return the proxy for a host; None where it is reached directly."""
        if not self.proxy or is_listed(host, self.no_proxy):
            return None
        return self.proxy


def network_problems(network: NetworkSettings) -> list[Problem]:
    """Return what is wrong with the settings; a login in the proxy's address is never echoed."""
    problems = []
    if network.proxy and not _is_proxy(network.proxy):
        sentence = "is no http address with a host, for example http://proxy.example:8080."
        problems.append(Problem("network.proxy", sentence, "SRC-206"))
    if network.ca_file:
        try:
            read_certificates(Path(network.ca_file))
        except (OSError, ValueError) as cause:
            sentence = f"{network.ca_file}: cannot be used ({cause}); it must hold certificates as PEM."
            problems.append(Problem("network.ca_file", sentence, "SRC-206"))
    return problems


def read_certificates(path: Path) -> Sequence[Certificate]:
    """Return the certificates of a PEM file; raise OSError or ValueError where there is none to be read."""
    blocks = path.read_text(encoding="utf-8", errors="replace").split(_BEGIN)[1:]
    if not blocks:
        raise ValueError("no certificate in it")
    try:
        return [Certificate.loadPEM((_BEGIN + block.split(_END, 1)[0] + _END + "\n").encode()) for block in blocks]
    except crypto.Error as cause:
        raise ValueError("a certificate in it is damaged") from cause


class BelievedCertificates(BrowserLikePolicyForHTTPS):
    """Verifies each server against the unit's own certificates and those of the system. Verification is never off."""

    def __init__(self, ca_file: Path) -> None:
        system = ssl.get_default_verify_paths().cafile
        known = list(read_certificates(ca_file))
        if system:
            known.extend(read_certificates(Path(system)))
        make_root: Callable[[Sequence[Certificate]], object] = trustRootFromCertificates
        believe: Callable[[object], None] = super().__init__
        believe(make_root(known))

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


def _is_proxy(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return False
