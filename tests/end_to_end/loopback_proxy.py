"""
An HTTP proxy on loopback for tests: it tunnels (CONNECT), fetches plain pages, and remembers what it was asked.

With `refuses` it answers everything with that status; with `login` it wants that Proxy-Authorization.
"""

import socket
import threading
from typing import Self


class Proxy:
    """Accepts connections while it is open; `asked` holds the first line of each request."""

    def __init__(self, *, refuses: int = 0, login: str = "") -> None:
        self.asked: list[str] = []
        self._refuses = refuses
        self._login = login
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._listener.settimeout(0.2)
        self._is_open = True
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_open = False
        self._thread.join()
        self._listener.close()

    def _accept(self) -> None:
        while self._is_open:
            try:
                client, _ = self._listener.accept()
            except TimeoutError:
                continue
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            head = b""
            while b"\r\n\r\n" not in head:
                received = client.recv(65_536)
                if not received:
                    return
                head += received
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            self.asked.append(f"{method} {target}")
            status = self._refuses or (407 if self._login and self._login.encode() not in head else 0)
            if status:
                client.sendall(f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode())
                return
            place = target if method == "CONNECT" else target.split("/")[2]
            host, port = place.split(":")
            with socket.create_connection((host, int(port)), timeout=5) as server:
                if method == "CONNECT":
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                else:
                    path = b"/" + target.split("/", 3)[3].encode()
                    once = head.replace(target.encode(), path, 1).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
                    server.sendall(once)
                back = threading.Thread(target=_pump, args=(server, client), daemon=True)
                back.start()
                _pump(client, server)
                back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Pass bytes on until one side has closed."""
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return
