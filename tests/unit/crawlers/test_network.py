"""Proxy, exceptions and certificates."""

import ssl
from pathlib import Path

import pytest

from crawlers.host import is_loopback
from crawlers.network import NetworkSettings, network_problems, read_certificates

PROXY = "http://user:geheim@proxy.example:8080"


@pytest.mark.parametrize(
    ("host", "pattern", "direct"),
    [
        ("yunxi.example", "yunxi.example", True),
        ("www.yunxi.example", "yunxi.example", True),
        ("www.yunxi.example", ".yunxi.example", True),
        ("notyunxi.example", "yunxi.example", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("yunxi.example", "10.0.0.0/8", False),
        ("yunxi.example", "*", True),
        ("yunxi.example", "", False),
    ],
)
def test_exceptions_are_hosts_domains_and_networks(host: str, pattern: str, direct: bool) -> None:
    """A domain counts with all below it, never with a name that only ends alike."""
    assert (NetworkSettings(PROXY, (pattern,)).proxy_for(host) is None) is direct


def test_without_a_proxy_every_host_is_reached_directly() -> None:
    """Whatever the environment says."""
    assert NetworkSettings().proxy_for("yunxi.example") is None


@pytest.mark.parametrize("proxy", ["proxy.yunxi:8080", "socks5://proxy", "https://", "http://[", "http://p:port"])
def test_a_proxy_that_is_none_is_refused_without_its_password(proxy: str) -> None:
    """The problem names the key, not the value."""
    (problem,) = network_problems(NetworkSettings(proxy))

    assert problem.code == "SRC-206"
    assert proxy not in str(problem)


def test_a_file_without_certificates_is_refused(tmp_path: Path) -> None:
    """Missing, empty, or something else: before the first fetch."""
    (tmp_path / "empty.pem").write_text("")
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n")

    for name in ("missing.pem", "empty.pem", "broken.pem"):
        assert network_problems(NetworkSettings(ca_file=str(tmp_path / name)))[0].code == "SRC-206"


def test_the_certificates_of_the_system_can_be_read() -> None:
    """They are believed besides the unit's own."""
    system = ssl.get_default_verify_paths().cafile
    if system is None:
        pytest.skip("this system keeps its certificates elsewhere")

    assert len(read_certificates(Path(system))) > 10


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True), ("127.0.0.1.evil.example", False)],
)
def test_loopback_is_a_number_or_the_one_name(host: str, is_ours: bool) -> None:
    """A name that only begins alike is a public host with a public pace."""
    assert is_loopback(host) is is_ours
