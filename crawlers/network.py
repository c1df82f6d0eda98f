"""
How requests leave the building, as the operator says: through the unit's proxy or not, and whose certificates count.

Only the operator's `[network]` decides; the proxy variables of the environment are not read. `way_out` does it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from OpenSSL import crypto

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


def read_certificates(path: Path) -> Sequence[crypto.X509]:
    """Return the certificates of a PEM file; raise OSError or ValueError where there is none to be read."""
    blocks = path.read_text(encoding="utf-8", errors="replace").split(_BEGIN)[1:]
    if not blocks:
        raise ValueError("no certificate in it")
    try:
        return [_certificate(_BEGIN + block.split(_END, 1)[0] + _END + "\n") for block in blocks]
    except crypto.Error as cause:
        raise ValueError("a certificate in it is damaged") from cause


def _certificate(block: str) -> crypto.X509:
    return crypto.load_certificate(crypto.FILETYPE_PEM, block.encode())


def _is_proxy(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "http" and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        return False
