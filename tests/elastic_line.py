"""A line to a real Elasticsearch on which a test can listen, and which it can cut at any request."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from elastic_transport import BaseNode, HttpHeaders, Urllib3HttpNode
from elastic_transport._node import NodeApiResponse
from elastic_transport.client_utils import DEFAULT, DefaultType

_READS = ("_mget", "_search", "_pit", "_mapping", "_settings", "_stats")


class Died(BaseException):
    """The process is gone: nothing of it handles this, and it asks nothing more."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it goes to the server."""

    method: str
    target: str
    body: bytes

    @property
    def is_write(self) -> bool:
        """Whether it changes documents."""
        kind = self.target.partition("?")[0].rsplit("/", 1)[-1]
        return self.method != "GET" and kind not in (*_READS, "_refresh", "_forcemerge")

    @property
    def is_search(self) -> bool:
        """Whether it looks for documents otherwise than by their ids."""
        return "_search" in self.target or "_pit" in self.target or "_count" in self.target


def listening(told: Callable[[Asked], bytes | None]) -> type[BaseNode]:
    """
    Return lines on which `told` hears each request before it is sent.

    Bytes that it returns are sent in its place, and are the last: the process dies before it has the answer.
    """

    class Line(Urllib3HttpNode):
        def perform_request(
            self,
            method: str,
            target: str,
            body: bytes | None = None,
            headers: HttpHeaders | None = None,
            request_timeout: DefaultType | float | None = DEFAULT,
        ) -> NodeApiResponse:
            last = told(Asked(method, target, body or b""))
            answer = super().perform_request(method, target, last or body, headers, request_timeout)
            if last is not None:
                raise Died
            return answer

    return Line


def dying_at(number: int, *, half_way: bool = False) -> tuple[type[BaseNode], list[Asked]]:
    """
    Return lines that die at the number-th write, counted from 1, and the list of the writes that were sent before.

    It is not sent at all; with `half_way` the first half of a bulk is.
    """
    sent: list[Asked] = []
    dead: list[bool] = []

    def told(asked: Asked) -> bytes | None:
        if dead:
            raise Died
        if not asked.is_write:
            return None
        if len(sent) + 1 < number:
            sent.append(asked)
            return None
        dead.append(True)
        if half_way and asked.target.startswith("/_bulk"):
            return _first_half(asked.body)
        raise Died

    return listening(told), sent


def before(number: int, then: Callable[[], Any]) -> type[BaseNode]:
    """Return lines on which something happens before the number-th request, counted from 1, is sent."""
    heard: list[Asked] = []

    def told(asked: Asked) -> bytes | None:
        heard.append(asked)
        if len(heard) == number:
            then()
        return None

    return listening(told)


def _first_half(body: bytes) -> bytes:
    """Return the first half of a bulk's operations: each is a line, and all but deletes have a second one."""
    operations: list[bytes] = []
    lines = iter(body.splitlines(keepends=True))
    for line in lines:
        operations.append(line if line.startswith(b'{"delete"') else line + next(lines))
    return b"".join(operations[: max(1, len(operations) // 2)])
