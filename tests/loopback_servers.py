"""Small servers on loopback for tests of connections: a page with a date, silence, a certificate that few believe."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime

from pipeline.domain.post import Millis


@dataclass
class Answering:
    """A server that answers each request with these bytes, "" with silence; `asked` holds what came."""

    says: bytes = b""
    asked: list[bytes] = field(default_factory=list)
    port: int = 0


def dated(at: Millis) -> bytes:
    """Return an empty robots.txt of a server whose clock stands at the moment."""
    date = format_datetime(datetime.fromtimestamp(at / 1_000, UTC), usegmt=True)
    return f"HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Length: 0\r\n\r\n".encode()


@contextmanager
def answering(says: bytes, context: ssl.SSLContext | None = None) -> Iterator[Answering]:
    """The server listens on a free port while the block runs."""
    server, listener = Answering(says), socket.create_server(("127.0.0.1", 0))
    server.port, is_open = listener.getsockname()[1], threading.Event()
    listener.settimeout(0.05)

    def serve() -> None:
        while not is_open.is_set():
            try:
                client, _ = listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=_answer, args=(client, server, context, is_open), daemon=True).start()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        is_open.set()
        thread.join()
        listener.close()


def _answer(client: socket.socket, server: Answering, context: ssl.SSLContext | None, ended: threading.Event) -> None:
    client.settimeout(3)
    with ExitStack() as closing:
        closing.enter_context(client)
        try:
            there = closing.enter_context(context.wrap_socket(client, server_side=True)) if context else client
            server.asked.append(there.recv(4096))
            if not server.says:
                ended.wait(3)
                return
            there.sendall(server.says)
            there.recv(1)
        except OSError:
            return
