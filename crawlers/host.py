"""Hosts: which belong to this machine, and which a list of exceptions names."""

import ipaddress
from collections.abc import Iterable


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its name or number; no name is looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


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
