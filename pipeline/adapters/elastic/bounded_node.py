"""
A connection on which a whole answer has a bound, not only each of its bytes.

Fact: urllib3 waits so long for each piece; an answer that trickles would be waited for without end.
"""

import http.client
import io
import socket
import time
from collections.abc import Callable
from typing import Any, cast

from elastic_transport import NodeConfig, Urllib3HttpNode


class BoundedNode(Urllib3HttpNode):
    """Head and body of an answer arrive within the request's timeout together, or reading them has timed out."""

    def __init__(self, config: NodeConfig) -> None:
        super().__init__(config)
        pool = self.pool
        named = f"Bounded{pool.ConnectionCls.__name__}"
        pool.ConnectionCls = cast("Any", type(named, (pool.ConnectionCls,), {"response_class": BoundedAnswer}))


class BoundedAnswer(http.client.HTTPResponse):
    """An answer that is read from its socket until the timeout that the socket has when reading begins."""

    def __init__(self, sock: socket.socket, *given: object, **named: object) -> None:
        super().__init__(sock, *cast("Any", given), **cast("Any", named))
        seconds = sock.gettimeout()
        if seconds is not None:
            self.fp.close()
            self.fp = io.BufferedReader(_Pieces(sock, time.monotonic() + seconds, time.monotonic))


class _Pieces(io.RawIOBase):
    """The bytes of a socket, each waited for until the same moment."""

    def __init__(self, sock: socket.socket, until: float, monotonic: Callable[[], float]) -> None:
        self._socket = sock
        self._raw = cast("io.RawIOBase", sock.makefile("rb", buffering=0))
        self._until = until
        self._monotonic = monotonic

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int | None:  # noqa: ANN401  # the form of io
        left = self._until - self._monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
