"""The signed webhook and the robot of a 企业微信 group, against real HTTP servers on loopback."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from api.notify.mail import MailServer
from api.notify.post_json import Answer, Endpoint, post_json
from api.notify.webhook import Webhook
from api.notify.wecom import ERRCODES, Wecom, content_of, judged
from pipeline.domain.event import Notice
from pipeline.ports import Delivery, Message, Send
from tests.builders import MONDAY, UNIT, HeldClock

NOTICE = Notice("opened", "grave", "policy:alert", "i", 2, MONDAY)
SEND = Send("5e4d", UNIT, 1, 0, NOTICE, "zhiban", "webhook", "waiting", "", MONDAY)
MESSAGE = Message("", "【Ⅱ级 橙】新预警", ("帖文 3 条",), repeated=True)


@dataclass
class System:
    """What a server was asked, and what it answers."""

    status: int = 200
    says: bytes = b"{}"
    falls_silent: bool = False
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""


@contextmanager
def serving(system: System) -> Iterator[System]:
    """The system answers on a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            system.asked.append((self.path, dict(self.headers), body))
            if system.falls_silent:
                self.close_connection = True
                return
            self.send_response(system.status)
            self.send_header("Location", "http://elsewhere.invalid/")
            self.send_header("Content-Length", str(len(system.says)))
            self.end_headers()
            self.wfile.write(system.says)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    system.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def hooked(system: System) -> Delivery:
    with serving(system):
        return Webhook(Endpoint(system.url, timeout=3), "s3cret", HeldClock()).deliver(SEND, MESSAGE)


def carded(system: System, message: Message = MESSAGE) -> Delivery:
    with serving(system):
        return Wecom(Endpoint(system.url, timeout=3), "k-1-2").deliver(SEND, message)


def test_a_webhook_is_signed_over_its_time_and_body() -> None:
    """The receiver computes the same, and refuses what is old; a repeat has the same key."""
    system = System(status=204, says=b"")
    assert hooked(system) == Delivery("delivered", "HTTP 204")
    ((_, headers, body),) = system.asked
    stamped = f"{MONDAY // 1_000}.".encode() + body

    assert headers["Huiyin-Timestamp"] == str(MONDAY // 1_000)
    assert headers["Huiyin-Signature"] == f"v1={hmac.new(b's3cret', stamped, hashlib.sha256).hexdigest()}"
    assert headers["Idempotency-Key"] == "5e4d"
    assert json.loads(body)["repeated"] is True


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(200, "delivered"), (302, "permanent"), (401, "permanent"), (404, "permanent"), (429, "retry"), (503, "retry")],
)
def test_a_status_is_judged_by_the_table_and_no_redirect_is_followed(status: int, outcome: str) -> None:
    """Only two hundreds are success."""
    system = System(status=status)

    assert hooked(system).outcome == outcome
    assert len(system.asked) == 1


def test_an_answer_that_is_lost_after_the_request_is_unclear() -> None:
    """The system may have taken it."""
    assert hooked(System(falls_silent=True)).outcome == "unclear"
    assert carded(System(falls_silent=True)).outcome == "unclear"


def test_nobody_there_raises_what_the_dispatcher_waits_for() -> None:
    """Nothing was sent, so nothing is unclear."""
    with pytest.raises(ConnectionRefusedError):
        Webhook(Endpoint("http://127.0.0.1:1/hook", timeout=1), "s", HeldClock()).deliver(SEND, MESSAGE)


def test_the_card_holds_what_the_message_says_and_the_key_stands_in_the_address_only() -> None:
    """A robot answers 200 to everything; errcode 0 is success."""
    system = System(says=b'{"errcode":0,"errmsg":"ok"}')
    assert carded(system) == Delivery("delivered", "errcode 0 ok")
    ((path, _, body),) = system.asked

    assert path == "/hook?key=k-1-2"
    assert json.loads(body)["markdown"]["content"] == "**【Ⅱ级 橙】新预警**\n> 帖文 3 条"


@pytest.mark.parametrize(
    ("status", "says", "outcome"),
    [
        (200, '{"errcode":45009,"errmsg":"api freq out of limit"}', "retry"),
        (200, '{"errcode":-1,"errmsg":"system busy"}', "retry"),
        (200, '{"errcode":93000,"errmsg":"invalid webhook url, key k-1-2"}', "permanent"),
        (200, '{"errcode":98765}', "permanent"),
        (200, '{"errcode":"zero"}', "retry"),
        (200, "{}", "retry"),
        (200, "[]", "retry"),
        (200, "<html>please log in</html>", "retry"),
        (200, "", "retry"),
        (404, '{"errcode":0}', "retry"),
        (429, '{"errcode":0}', "retry"),
        (502, '{"errcode":0}', "retry"),
    ],
)
def test_two_hundred_is_no_success_without_errcode_zero(status: int, says: str, outcome: str) -> None:
    """False success is what such robots are known for; the key is never kept with an answer."""
    delivery = carded(System(status=status, says=says.encode()))

    assert delivery.outcome == outcome
    assert "k-1-2" not in delivery.detail


def test_only_errcode_zero_is_success() -> None:
    """Of all codes that are known, and of some that are not."""
    codes = [*ERRCODES, 1, 2, 42, 40014, 60020]
    success = [code for code in codes if judged(Answer(200, b'{"errcode":%d}' % code)).outcome == "delivered"]

    assert success == [0]


def test_a_card_is_cut_to_what_the_robot_takes() -> None:
    """4,096 bytes, and no half character."""
    content = content_of(Message("", "汇总", tuple(f"{n}. 新预警 · 柳湾镇 养老服务" for n in range(300))))

    assert 3_900 < len(content.encode()) <= 4_000


@pytest.mark.parametrize("key", ["k 1", "k-1\nk-2", "k&debug=1", "密钥"])
def test_a_key_that_is_no_key_is_the_robots_to_refuse(key: str) -> None:
    """What else stands in its file stops no dispatcher, adds nothing to the address, and is in no error."""
    with serving(System(says=b'{"errcode": 93000, "errmsg": "invalid key"}')) as robot:
        delivery = Wecom(Endpoint(robot.url, timeout=3), key).deliver(SEND, MESSAGE)

    assert delivery == Delivery("permanent", "errcode 93000 invalid key")
    assert parse_qs(urlsplit(robot.asked[0][0]).query) == {"key": [key]}


@pytest.mark.parametrize("path", ["/a b", "/钩子", "/a\u0007"])
def test_an_address_that_cannot_be_asked_is_a_failure_that_is_not_shown(path: str) -> None:
    """Not the end of the dispatcher: it waits for somebody to mend the file, and the address stays unsaid."""
    with pytest.raises(OSError, match="cannot be asked") as failure:
        post_json(Endpoint(f"http://127.0.0.1:9{path}?key=s3cret", timeout=1), b"{}", {})

    assert "s3cret" not in f"{failure.value!r}{failure.value.__cause__}"


def test_no_secret_is_in_what_a_channel_says_of_itself() -> None:
    """A trace that shows a value shows none of these."""
    endpoint, server = (
        Endpoint("https://robot.example/send?key=s3cret"),
        MailServer("h", 25, "a@b.cn", password="s3cret"),
    )

    assert "s3cret" not in f"{endpoint!r}{server!r}"


def test_what_the_robot_says_is_one_line_of_a_log() -> None:
    """Whoever answers in its place writes no lines of his own."""
    delivery = carded(System(says=b'{"errcode": 1, "errmsg": "no\\n2026-11-23 ERROR forged"}'))

    assert delivery.detail == "unknown errcode 1 no 2026-11-23 ERROR forged"
