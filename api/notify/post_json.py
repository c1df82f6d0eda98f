"""One POST of JSON to one address: no redirect is followed, the answer is bounded in bytes and in time."""

import errno
import http.client
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from .mail import context_of

MOST_BYTES = 64 * 1024
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to post. `url` may hold a secret, so it stands in no log and in no answer."""

    url: str = field(repr=False)
    ca_file: str = ""
    timeout: float = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the first bytes of the body."""

    status: int
    body: bytes


class AnswerLostError(OSError):
    """The request was sent whole and no answer came: whether it was taken is not known."""


def post_json(endpoint: Endpoint, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Return the answer. Raises OSError where nobody answers, AnswerLostError where that happened after the request."""
    parts = urlsplit(endpoint.url)
    ends = time.monotonic() + endpoint.timeout
    connection = _connection(parts, endpoint)
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


def _connection(parts: SplitResult, endpoint: Endpoint) -> http.client.HTTPConnection:
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = context_of(endpoint.ca_file)
        return http.client.HTTPSConnection(host, parts.port, timeout=endpoint.timeout, context=context)
    return http.client.HTTPConnection(host, parts.port, timeout=endpoint.timeout)


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
