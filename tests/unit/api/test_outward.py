"""Mail, robot and webhook leave the building as spiders do: through the unit's proxy, with the unit's certificates."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from api.config import Config, Mail, Network, Webhook, Wecom
from api.notify.channels import channel_problems, open_channels
from api.outward import DIRECT, Proxy, ProxyRefusedError, ProxyUnreachableError, Way, connected, way_to
from pipeline.domain.event import Notice
from pipeline.ports import Delivery, Message, Send
from tests.builders import MONDAY, UNIT, HeldClock
from tests.end_to_end.loopback_proxy import Proxy as LoopbackProxy
from tests.smtp_server import Mailbox, a_certificate, secured, smtp_server

NOTICE = Notice("opened", "grave", "policy:alert", "i", 2, MONDAY)
SEND = Send("5e4d", UNIT, 1, 0, NOTICE, "zhiban", "mail", "waiting", "", MONDAY)
MESSAGE = Message("zhiban@yunxi.example", "【Ⅱ级 橙】新预警", ("帖文 3 条",))


@contextmanager
def https_server(context: ssl.SSLContext) -> Iterator[int]:
    """A system that takes every notice; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = b'{"errcode":0,"errmsg":"ok"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def told(config: Config) -> Delivery:
    """Return what became of a message over the only channel of the file."""
    (channel,) = open_channels(config, HeldClock())
    return channel.deliver(SEND, MESSAGE)


@pytest.fixture(autouse=True)
def _secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUIYIN_WECOM_KEY", "k")
    monkeypatch.setenv("HUIYIN_WEBHOOK_SECRET", "s")
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:9")


def mail_of(port: int, security: str, **more: str) -> Mail:
    values = {"host": "localhost", "port": port, "security": security, "sender": "huiyin@yunxi.example", **more}
    return Mail.model_validate(values)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_letter_goes_through_the_unit_s_proxy_and_believes_the_unit_s_certificates(
    tmp_path: Path, security: str
) -> None:
    """Only [network] says so; without its ca_file the server is not believed, and the letter stays here."""
    chain, context = a_certificate(tmp_path)
    options = secured(context) if security == "starttls" else {"ssl_context": context}
    with smtp_server(Mailbox(), **options) as box, LoopbackProxy() as proxy:
        mail = mail_of(box.port, security)
        distrusted = told(Config(network=Network(proxy=proxy.url, no_proxy=()), mail=mail))
        taken = told(Config(network=Network(proxy=proxy.url, no_proxy=(), ca_file=str(chain)), mail=mail))

    assert (distrusted.outcome, distrusted.detail[:20]) == ("retry", "no secure connection")
    assert taken.outcome == "delivered"
    assert proxy.asked == [f"CONNECT localhost:{box.port}"] * 2
    assert len(box.letters) == 1


@pytest.mark.parametrize("name", ["wecom", "webhook"])
def test_robot_and_webhook_go_the_same_way(tmp_path: Path, name: str) -> None:
    """Through the tunnel, to a server that only the unit's own authority vouches for."""
    chain, context = a_certificate(tmp_path)
    with https_server(context) as port, LoopbackProxy() as proxy:
        url, network = f"https://localhost:{port}/cgi", Network(proxy=proxy.url, no_proxy=(), ca_file=str(chain))
        config = Config(network=network, wecom=Wecom(url=url))
        found = told(config if name == "wecom" else Config(network=network, webhook=Webhook(url=url)))

    assert found.outcome == "delivered"
    assert proxy.asked == [f"CONNECT localhost:{port}"]


def test_a_server_inside_is_reached_past_the_proxy() -> None:
    """It is named in no_proxy, or its section says direct."""
    with smtp_server(Mailbox()) as box, LoopbackProxy(refuses=403) as proxy:
        inside = Config(network=Network(proxy=proxy.url, no_proxy=("localhost",)), mail=mail_of(box.port, "none"))
        direct = Config(network=Network(proxy=proxy.url, no_proxy=()), mail=mail_of(box.port, "none", proxy=DIRECT))

        assert [told(inside).outcome, told(direct).outcome] == ["delivered", "delivered"]
    assert proxy.asked == []


def test_the_section_s_own_way_wins_over_that_of_the_network() -> None:
    """Its proxy and its certificates."""
    network = Network(proxy="http://a.example:3128", no_proxy=("10.0.0.0/8",), ca_file="unit.pem")

    assert way_to("m.example", network) == Way(Proxy("a.example", 3128), "unit.pem")
    assert way_to("10.1.2.3", network) == Way(None, "unit.pem")
    assert way_to("m.example", network, "http://b.example", "own.pem") == Way(Proxy("b.example", 8080), "own.pem")
    assert way_to("m.example", network, DIRECT) == Way(None, "unit.pem")


def test_a_proxy_that_refuses_is_told_from_one_that_does_not_answer() -> None:
    """With its status; the tunnel that it opens carries what follows, not a byte less."""
    with LoopbackProxy(refuses=407) as proxy, smtp_server(Mailbox()) as box:
        port = int(proxy.url.rpartition(":")[2])
        with pytest.raises(ProxyRefusedError) as refused:
            connected(Way(Proxy("127.0.0.1", port)), "localhost", box.port, 3.0)
        with pytest.raises(ProxyUnreachableError):
            connected(Way(Proxy("127.0.0.1", 1)), "localhost", box.port, 3.0)

    assert refused.value.status == 407


def test_a_login_of_the_proxy_is_shown_to_it_and_to_nobody_else() -> None:
    """In the header that proxies read; neither in a problem nor in a value that is logged."""
    login = base64.b64encode("民政:p@ss".encode()).decode()
    with LoopbackProxy(login=login) as proxy, smtp_server(Mailbox()) as box:
        address = proxy.url.replace("//", "//%E6%B0%91%E6%94%BF:p%40ss@")
        config = Config(network=Network(proxy=address, no_proxy=()), mail=mail_of(box.port, "none"))

        assert told(config).outcome == "delivered"
    assert "p@ss" not in repr(way_to("m.example", config.network))
    wrong = Config(network=Network(proxy="https://u:p%40ss@x"), mail=mail_of(25, "none"))
    assert [line for line in channel_problems(wrong) if "CFG-145" in line and "p%40ss" not in line]
