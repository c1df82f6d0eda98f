"""One POST of JSON to one address: no redirect is followed, the answer is bounded in bytes and in time."""

import errno
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from api.outward import Way, connected, context_of, secured

MOST_BYTES = 64 * 1024
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to post. `url` may hold a secret, so it stands in no log and in no answer."""

    url: str = field(repr=False)
    ca_file: str = ""
    timeout: float = 10.0
    way: Way = field(default_factory=Way)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the first bytes of the body."""

    status: int
    body: bytes


class _Connection(http.client.HTTPConnection):
    """Reaches the address over its way, when the request is ready to be sent."""

    def __init__(self, parts: SplitResult, endpoint: Endpoint) -> None:
        self._endpoint, self._is_secure = endpoint, parts.scheme == "https"
        port = parts.port or (443 if self._is_secure else 80)
        super().__init__(parts.hostname or "", port, timeout=endpoint.timeout)

    def connect(self) -> None:
        """The connection stands, secured where the address asks for it."""
        way = self._endpoint.way
        context = context_of(self._endpoint.ca_file or way.ca_file) if self._is_secure else None
        there = connected(way, self.host, self.port, self._endpoint.timeout)
        self.sock = secured(there, context, self.host) if context else there


class AnswerLostError(OSError):
    """The request was sent whole and no answer came: whether it was taken is not known."""


def post_json(endpoint: Endpoint, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Return the answer. Raises OSError where nobody answers, AnswerLostError where that happened after the request."""
    parts = urlsplit(endpoint.url)
    ends = time.monotonic() + endpoint.timeout
    connection = _Connection(parts, endpoint)
    try:
        _ask(connection, parts, body, headers)
        return _answer(connection, ends)
    finally:
        connection.close()


def _ask(connection: http.client.HTTPConnection, parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> None:
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    said = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Huiyin", **headers}
    try:
        connection.request("POST", target, body, said)
    except (http.client.HTTPException, ValueError):  # their words repeat the address, which may hold a secret
        raise OSError(errno.EINVAL, "the address cannot be asked; mend it in the operator's file") from None


def _answer(connection: http.client.HTTPConnection, ends: float) -> Answer:
    try:
        response = connection.getresponse()
        pieces: list[bytes] = []
        while len(pieces) * _PIECE < MOST_BYTES and time.monotonic() < ends:
            piece = response.read1(_PIECE)
            if not piece:
                break
            pieces.append(piece)
    except (OSError, http.client.HTTPException) as cause:
        raise AnswerLostError(0, "the other side fell silent after it had the whole message") from cause
    return Answer(response.status, b"".join(pieces))
