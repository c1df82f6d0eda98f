"""
Faults between this process and Elasticsearch: at one of its writes something happens, and all others go well.

A bulk is no transaction: each of its changes is a write of its own here.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from elastic_transport import ConnectionTimeout, Urllib3HttpNode

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.wire import Answer, ElasticSettings, Json, Wire

_READS = ("_search", "_mget", "_pit", "_refresh")


class DiedError(Exception):
    """The process is gone: what it would have done from here on does not happen."""


class FaultyWire(Wire):
    """Calls `fault` before the write with this number; the first is 1."""

    def __init__(self, settings: ElasticSettings, at: int, fault: Callable[[], None]) -> None:
        super().__init__(settings)
        self.happened = False
        self._at = at
        self._fault = fault
        self._writes = 0

    def ask(
        self,
        method: str,
        path: Sequence[str],
        body: Json | Sequence[Json] | None = None,
        **how: object,
    ) -> Answer:
        """Ask as ever, but for the one write."""
        if path[-1] == "_bulk" and isinstance(body, Sequence):
            answers = [self._ask(method, path, lines, **how) for lines in _each_change(body)]
            items = [item for answer in answers for item in answer.body["items"]]
            return Answer(200, {"items": items}, any(answer.repeated for answer in answers))
        return self._ask(method, path, body, **how)

    def _ask(self, method: str, path: Sequence[str], body: Json | Sequence[Json] | None, **how: object) -> Answer:
        if is_write(method, path[-1]):
            self._writes += 1
            if self._writes == self._at:
                self.happened = True
                self._fault()
        return super().ask(method, path, body, **how)  # type: ignore[arg-type]  # as they were given


def _each_change(lines: Sequence[Json]) -> Iterator[Sequence[Json]]:
    left = list(lines)
    while left:
        size = 1 if "delete" in left[0] else 2
        yield left[:size]
        del left[:size]


class DyingWire(FaultyWire):
    """Dies before the write with this number, and answers nothing from then on."""

    def __init__(self, settings: ElasticSettings, at: int) -> None:
        super().__init__(settings, at, self._die)

    def _die(self) -> None:
        raise DiedError

    def ask(self, method: str, path: Sequence[str], body: Json | Sequence[Json] | None = None, **how: object) -> Answer:
        """Refuse where the process is dead."""
        if self.happened:
            raise DiedError
        return super().ask(method, path, body, **how)


def is_write(method: str, last: str) -> bool:
    """Whether a request changes documents."""
    return method != "GET" and not last.startswith(_READS)


def dying_everywhere(settings: ElasticSettings, do: Callable[[Elastic, int], None]) -> Iterator[int]:
    """Do it again and again, dying before the first write, the second, and so on; yield each number after the death."""
    for number in count(1):
        wire = DyingWire(settings, number)
        try:
            do(Elastic(wire), number)
        except DiedError:
            yield number
        else:
            assert not wire.happened
            assert number > 1
            return
        finally:
            wire.close()


def losing_answers(at: int, meanwhile: Callable[[], object] = lambda: None) -> type[Urllib3HttpNode]:
    """
    Return a connection that loses the answer to the write with this number: the write was carried out.

    Before the answer is missed, something may happen `meanwhile`.
    """
    writes = 0

    class LosingNode(Urllib3HttpNode):
        def perform_request(self, method: str, target: str, *args: Any, **how: Any) -> Any:
            nonlocal writes
            answer = super().perform_request(method, target, *args, **how)
            if is_write(method, target.split("?", maxsplit=1)[0].rsplit("/", 1)[-1]):
                writes += 1
                if writes == at:
                    meanwhile()
                    raise ConnectionTimeout("the answer was lost")
            return answer

    return LosingNode
