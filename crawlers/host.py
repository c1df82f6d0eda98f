"""Hosts: which belong to this machine."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether the host is this machine by its name or number; no name is looked up."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
