"""Through the unit's proxy, and to servers with certificates of the unit's own authority."""

import datetime as dt
import ipaddress
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.end_to_end.crawl_job import a_source, admitted, crawl
from tests.end_to_end.loopback_proxy import Proxy
from tests.end_to_end.loopback_site import Site, entry, feed


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, signer: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    """Return a certificate for loopback, or an authority's own where subject and issuer are one."""
    now = dt.datetime.now(dt.UTC)
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    return (
        x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=subject == issuer, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(signer, hashes.SHA256())
    )


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """Return a server's context whose certificate only `ca.pem` in the folder vouches for."""
    return make_authority(tmp_path)


def make_authority(tmp_path: Path) -> ssl.SSLContext:
    """Write `ca.pem` into the folder; returns a server's context whose certificate only it vouches for."""
    authority_key, server_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate("云汐县政务网", authority_key, "云汐县政务网", authority_key)
    server = certificate("bbs.yunxi.example", server_key, "云汐县政务网", authority_key)
    (tmp_path / "ca.pem").write_bytes(authority.public_bytes(serialization.Encoding.PEM))
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "server.pem").write_bytes(
        server_key.private_bytes(*plain) + server.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    return context


def test_a_server_is_believed_only_with_the_unit_s_own_authority(tmp_path: Path, tls: ssl.SSLContext) -> None:
    """Without ca_file nothing is fetched; with it the feed is read, through the proxy's tunnel."""
    with Site({"/feed": feed(entry(1, "低保"))}, tls) as site, Proxy() as proxy:
        source = a_source(f"{site.url}/feed")
        distrusted = crawl(tmp_path, source)
        assert distrusted.source()["entrance"] == "robots_unreachable"
        assert site.asked == []
        ran = crawl(tmp_path, source, network={"proxy": proxy.url, "ca_file": str(tmp_path / "ca.pem")})
        assert ran.source()["entrance"] == "ok"
        assert proxy.asked[0] == f"CONNECT {site.url.removeprefix('https://')}"

    assert [post["text"] for post in admitted(tmp_path)] == ["低保"]


def test_plain_pages_go_through_the_proxy_and_excepted_hosts_do_not(tmp_path: Path) -> None:
    """robots.txt too; what the environment says of proxies does not count."""
    elsewhere = {"http_proxy": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}
    with (
        Site({"/feed": feed(entry(1, "低保"))}) as far,
        Site({"/feed": feed(entry(2, "养老"))}) as near,
        Proxy() as proxy,
    ):
        sources = [
            a_source(f"{far.url}/feed", id="far"),
            a_source(f"{near.url.replace('127.0.0.1', 'localhost')}/feed", id="near"),
        ]
        crawl(tmp_path, *sources, network={"proxy": proxy.url, "no_proxy": ["localhost"]}, environment=elsewhere)

    assert proxy.asked == [f"GET {far.url}/robots.txt", f"GET {far.url}/feed"]
    assert sorted(post["text"] for post in admitted(tmp_path)) == ["低保", "养老"]
