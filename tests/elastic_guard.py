"""
What may be asked of Elasticsearch: the calls of its free core that every version we name has, and nothing else.

No script, no update or delete by query, no reindex, no index lifecycle, no data stream, no ingest pipeline, nothing of
a paid licence. The houses of tests ask through this line, so every contract suite on Elasticsearch runs behind it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from elastic_transport import HttpHeaders
from elastic_transport._node import NodeApiResponse
from elastic_transport.client_utils import DEFAULT, DefaultType

from pipeline.adapters.elastic.bounded_node import BoundedNode

_INDEX = r"[a-z0-9][a-z0-9,*_.-]*"
_ALLOWED = tuple(
    (methods.split(), re.compile(path))
    for methods, path in (
        ("GET HEAD", "/"),
        ("POST", "/_bulk"),
        ("POST", "/_mget"),
        ("POST", f"/({_INDEX}/)?_search"),
        ("POST", f"/{_INDEX}/_pit"),
        ("DELETE", "/_pit"),
        ("GET PUT DELETE", f"/{_INDEX}/_doc/[^/]+"),
        ("PUT", f"/{_INDEX}/_create/[^/]+"),
        ("PUT DELETE", f"/{_INDEX}"),
        ("GET", f"/{_INDEX}/_(mapping|stats|segments)"),
        ("GET PUT", f"/{_INDEX}/_settings"),
        ("POST", f"/{_INDEX}/_(refresh|flush|forcemerge)"),
        ("PUT", f"/{_INDEX}/_block/write"),
        ("GET PUT DELETE", "/_index_template(/[a-z0-9*-]+)?"),
        ("GET", f"/_cluster/(health(/{_INDEX})?|settings)"),
        ("GET", "/_nodes(/_?[a-z0-9_,]+)*"),
        ("GET PUT POST DELETE", "/_snapshot(/[^/]+){1,2}"),
        ("POST", "/_snapshot/[^/]+(/[^/]+/_restore|/_verify)"),
    )
)
_WRITES = {"create", "index", "delete"}
_FORBIDDEN_WORD = re.compile(
    r".*script.*|pipeline|default_pipeline|final_pipeline|lifecycle|data_stream|runtime_mappings|reindex|enrich"
    r"|retriever|semantic|semantic_text|text_expansion|sparse_vector|rrf|ml|rollup|watcher|esql"
)
_FORBIDDEN_PARAMETER = re.compile(r"pipeline|.*script.*|require_data_stream")


class ForbiddenRequest(AssertionError):
    """The adapter asked for what it must do without."""


class GuardedNode(BoundedNode):
    """A connection that refuses what must never be asked, before it is sent."""

    def perform_request(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: HttpHeaders | None = None,
        request_timeout: DefaultType | float | None = DEFAULT,
    ) -> NodeApiResponse:
        """Return the answer; raise ForbiddenRequest where the request is none of those that are allowed."""
        refuse(method, target, body)
        return super().perform_request(method, target, body, headers, request_timeout)


def refuse(method: str, target: str, body: bytes | None) -> None:
    """Raise ForbiddenRequest where a request is none of those that are allowed."""
    path, _, parameters = target.partition("?")
    if not any(method in methods and allowed.fullmatch(path) for methods, allowed in _ALLOWED):
        raise ForbiddenRequest(f"{method} {path} is no call that the adapter may make")
    for parameter in parameters.split("&"):
        if _FORBIDDEN_PARAMETER.fullmatch(parameter.partition("=")[0]):
            raise ForbiddenRequest(f"{method} {path} asks for {parameter}")
    parts = list(_parts(body)) if body else []
    for word in (word for part in parts for word in _words(part)):
        if _FORBIDDEN_WORD.fullmatch(word):
            raise ForbiddenRequest(f"{method} {path} says {word!r}")
    if path == "/_bulk":
        _refuse_writes(parts)


def _refuse_writes(lines: list[Any]) -> None:
    expected = iter(lines)
    for line in expected:
        (write,) = line
        if write not in _WRITES:
            raise ForbiddenRequest(f"a bulk holds {write!r}")
        if write != "delete":
            next(expected)


def _parts(body: bytes) -> Iterator[Any]:
    text = body.decode()
    try:
        yield json.loads(text)
    except ValueError:
        yield from (json.loads(line) for line in text.split("\n") if line)


def _words(part: object) -> Iterator[str]:
    """Yield every key, however deep, and what is said under `type`."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield str(key)
            if key == "type" and isinstance(value, str):
                yield value
            yield from _words(value)
    elif isinstance(part, list):
        for each in part:
            yield from _words(each)
