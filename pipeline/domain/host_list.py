"""Lists of hosts: which hosts an exception names. No name is looked up."""

import ipaddress
from collections.abc import Iterable


def is_listed(host: str, patterns: Iterable[str]) -> bool:
    """Whether a pattern names the host: `*`, a host, a domain with all below it, or a network (10.0.0.0/8)."""
    return any(_matches(host.lower(), pattern.strip().lower()) for pattern in patterns)


def _matches(host: str, pattern: str) -> bool:
    if pattern in {"*", host}:
        return True
    if "/" in pattern:
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(pattern, strict=False)
        except ValueError:
            return False
    return bool(pattern) and host.endswith("." + pattern.lstrip("."))
