"""Why a server is not reached is told apart, step by step, against real servers on loopback."""

import errno
import os
import socket
import ssl
from pathlib import Path

import pytest

from api.outward import Proxy, ProxyRefusedError, ProxyUnreachableError, Way
from api.reach import Reach, Target, cause_of, reach, reach_all
from tests.builders import MONDAY, HeldClock
from tests.end_to_end.loopback_proxy import Proxy as LoopbackProxy
from tests.loopback_servers import answering, dated
from tests.smtp_server import a_certificate

AGENT = "Huiyin/1.0 (+https://yunxi.example)"
NOBODY = 1
"""A port of this machine on which nothing listens."""


def found(host: str, port: int, way: Way | None = None, **more: object) -> Reach:
    values = {"is_secure": False, **more}
    target = Target("信源", host, port, way or Way(), **values)  # type: ignore[arg-type]  # fields of Target
    return reach(target, HeldClock(), 0.5).reach


def through(proxy: LoopbackProxy) -> Way:
    return Way(Proxy("127.0.0.1", int(proxy.url.rpartition(":")[2])))


def test_a_server_that_answers_is_reached_and_asked_for_robots_txt_only() -> None:
    """Once, by the agent that crawls."""
    with answering(dated(MONDAY)) as server:
        assert found("127.0.0.1", server.port, agent=AGENT) is Reach.OK

    (asked,) = server.asked
    assert asked.startswith(b"GET /robots.txt HTTP/1.1\r\n")
    assert f"User-Agent: {AGENT}".encode() in asked


def test_without_an_agent_nothing_is_asked() -> None:
    """Robot and webhook: the connection alone, and no message."""
    with answering(dated(MONDAY)) as server:
        assert found("127.0.0.1", server.port) is Reach.OK

    assert server.asked in ([], [b""])


def test_no_name_no_route_a_refusal_and_silence_are_four_things() -> None:
    """A name that cannot exist; a TCP connection to a group of machines, which no system has a route for."""
    assert found("no-such-host.invalid", 80) is Reach.NO_NAME
    assert found("127.0.0.1", NOBODY) is Reach.REFUSED
    with answering(b"") as server:
        assert found("127.0.0.1", server.port, agent=AGENT) is Reach.TIMEOUT


@pytest.mark.skipif(os.name != "posix", reason="Windows answers otherwise to a group address")
def test_no_route_is_what_the_system_says_and_nothing_else() -> None:
    """Linux itself: 224.0.0.1 names many machines, and no connection leads there."""
    assert found("224.0.0.1", 80) is Reach.NO_ROUTE


def not_believed(code: int) -> ssl.SSLCertVerificationError:
    """Return the error of a certificate that OpenSSL refused with this code."""
    cause = ssl.SSLCertVerificationError(1, "certificate verify failed")
    cause.verify_code = code
    return cause


@pytest.mark.parametrize(
    ("cause", "meaning"),
    [
        (OSError(errno.ENETUNREACH, "x"), Reach.NO_ROUTE),
        (OSError(errno.EHOSTUNREACH, "x"), Reach.NO_ROUTE),
        (ConnectionResetError(), Reach.CUT_OFF),
        (ssl.SSLError(1, "wrong version number"), Reach.NO_TLS),
        (not_believed(10), Reach.CERTIFICATE_TIME),
        (not_believed(9), Reach.CERTIFICATE_TIME),
        (not_believed(20), Reach.CERTIFICATE_UNKNOWN),
        (not_believed(62), Reach.CERTIFICATE_NAME),
        (socket.gaierror(-2, "x"), Reach.NO_NAME),
        (ProxyUnreachableError(0, "x"), Reach.PROXY_SILENT),
        (ProxyRefusedError(407), Reach.PROXY_LOGIN),
        (ProxyRefusedError(403), Reach.PROXY_FORBIDS),
        (ProxyRefusedError(0), Reach.PROXY_FORBIDS),
        (ProxyRefusedError(503), Reach.PROXY_LOST),
    ],
)
def test_each_error_of_a_connection_means_one_thing(cause: OSError, meaning: Reach) -> None:
    """The table from which the sentences come."""
    assert cause_of(cause) is meaning


@pytest.mark.parametrize(
    ("status", "meaning"), [(407, Reach.PROXY_LOGIN), (403, Reach.PROXY_FORBIDS), (502, Reach.PROXY_LOST)]
)
@pytest.mark.parametrize("is_secure", [True, False])
def test_a_proxy_that_refuses_is_told_for_plain_and_for_secure_pages(
    status: int, meaning: Reach, *, is_secure: bool
) -> None:
    """A plain page is asked of the proxy as a spider asks, a secure one through its tunnel."""
    with LoopbackProxy(refuses=status) as proxy:
        assert found("bbs.yunxi.example", 80, through(proxy), is_secure=is_secure, agent=AGENT) is meaning
    assert proxy.asked[0].split()[0] == ("CONNECT" if is_secure else "GET")


def test_a_proxy_that_does_not_answer_is_told_from_the_server() -> None:
    """The mistake is in our own file."""
    nobody = Way(Proxy("127.0.0.1", NOBODY))

    assert found("bbs.yunxi.example", 80, nobody, agent=AGENT) is Reach.PROXY_SILENT
    assert found("bbs.yunxi.example", 443, nobody, is_secure=True) is Reach.PROXY_SILENT


def test_a_certificate_that_nobody_knows_is_mended_by_ca_file(tmp_path: Path) -> None:
    """And one for another name is another matter, as is a server without any."""
    chain, context = a_certificate(tmp_path)
    with answering(dated(MONDAY), context) as server, answering(b"hello, no TLS here\r\n") as plain:
        believed = Way(None, str(chain))
        assert found("localhost", server.port, is_secure=True) is Reach.CERTIFICATE_UNKNOWN
        assert found("localhost", server.port, believed, is_secure=True, agent=AGENT) is Reach.OK
        assert found("127.0.0.1", server.port, believed, is_secure=True) is Reach.CERTIFICATE_NAME
        assert found("localhost", plain.port, is_secure=True) is Reach.NO_TLS


def test_the_server_s_clock_is_read_from_its_answer() -> None:
    """Ahead by seven minutes; one that tells no time, or nonsense, tells nothing."""
    clock = HeldClock(MONDAY)
    for says, ahead in (
        (dated(MONDAY - 7 * 60_000), 7 * 60_000),
        (b"HTTP/1.1 200 OK\r\nDate: yesterday\r\n\r\n", None),
        (b"HTTP/1.1 200 OK\r\n\r\n", None),
    ):
        with answering(says) as server:
            target = Target("信源", "127.0.0.1", server.port, is_secure=False, agent=AGENT)
            assert reach(target, clock, 0.5).ahead == ahead


def test_many_silent_servers_cost_one_time_out_each_at_once() -> None:
    """They are asked side by side, and the answer keeps the order."""
    with answering(b"") as server, answering(dated(MONDAY)) as lively:
        ports = [server.port] * 7 + [lively.port]
        targets = [Target(f"{n}", "127.0.0.1", port, is_secure=False, agent=AGENT) for n, port in enumerate(ports)]
        reached = reach_all(targets, HeldClock(), 0.3)

    assert [one.reach for one in reached] == [Reach.TIMEOUT] * 7 + [Reach.OK]
    assert [one.target.name for one in reached] == [f"{n}" for n in range(8)]
