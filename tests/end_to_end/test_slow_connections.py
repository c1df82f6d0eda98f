"""Connections that say nothing, or say it slowly: they are cut, and others are served meanwhile."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from api.entrance import Entrance
from api.http.patience import Patience, patient
from api.web import listen
from tests.http_house import HttpHouse

SECONDS, MOST = 0.6, 5
HEAD = b"GET /livez HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(scope="module", name="port")
def a_port() -> Iterator[int]:
    """A house that listens, with little patience and for few connections of one address."""
    door = listen("127.0.0.1", 0)
    port = int(door.getsockname()[1])
    app = HttpHouse(entrance=Entrance(port=port)).app
    http = patient(Patience(lambda _: True, seconds=SECONDS, most=MOST))
    server = uvicorn.Server(uvicorn.Config(app, http=http, log_level="warning", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([door],), daemon=True)
    thread.start()
    yield port
    server.force_exit = server.should_exit = True
    thread.join(timeout=5.0)


def cut_after(port: int, first: bytes, then: bytes = b"") -> float:
    """Return after how many seconds a connection is cut that sends `first`, and `then` again and again."""
    with socket.create_connection(("127.0.0.1", port), timeout=0.1) as line:
        began = time.monotonic()
        with contextlib.suppress(ConnectionError):
            line.sendall(first)
            while time.monotonic() - began < 5:
                with contextlib.suppress(TimeoutError):
                    if not line.recv(65_536):
                        break
                line.sendall(then)
        return time.monotonic() - began


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (b"", b""),
        (HEAD, b""),
        (HEAD, b"X-A: b\r\n"),
        (HEAD + b"\r\nGET /l", b"i"),
        (b"POST /livez HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999999\r\n\r\n", b"a"),
    ],
)
def test_a_connection_that_does_not_come_to_the_point_is_cut(port: int, first: bytes, then: bytes) -> None:
    """Silent, half a head, a head without end, half a second request, a body of which nobody wants more."""
    assert cut_after(port, first, then) < 4 * SECONDS + 1


def test_one_address_does_not_hold_every_connection(port: int) -> None:
    """One too many is cut at once; where one of them leaves there is room again."""
    with contextlib.ExitStack() as held:
        lines = [held.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5)) for _ in range(MOST)]
        time.sleep(0.1)
        assert cut_after(port, HEAD) < SECONDS / 2
        lines[0].close()
        time.sleep(0.1)
        assert cut_after(port, HEAD) >= SECONDS * 0.9
