"""
One question to Elasticsearch and its answer: bounded, retried where that can help, refused in words where it cannot.

Facts: 429 and 5xx mean later, a 4xx else never. An answer that was lost, or a 5xx, says nothing of whether the write
happened: `Answer.repeated` tells the caller, who asks by id (MECHANICS §4). Elasticsearch says in every answer that it
is one; a page of something between, of whatever status, is no answer.
"""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

from elastic_transport import ApiResponseMeta, BaseNode, TransportError
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from pipeline.domain.errors import StoreUnavailable

from .bounded_node import BoundedNode
from .patience import Patience
from .refusals import LATER, OVERLOADED, body_of, never_arrived, no_elasticsearch, refused, unreachable

log = logging.getLogger(__name__)

Json: TypeAlias = Mapping[str, Any]

NOT_FOUND, CONFLICT = 404, 409
_OF_PROXIES = LATER | {401, 403, 407, 413}
"""Errors that something between may answer in its own form, and that mean the same there."""


@dataclass(frozen=True, slots=True)
class ElasticSettings:
    """
    Where the cluster is and who we are there; what is secret comes from the environment or from files.

    `request_seconds` bounds one try, `patience_seconds` all repeats of a question: it has its answer, or its refusal,
    within both together. `snapshots` names the repository of backups.
    """

    urls: tuple[str, ...]
    prefix: str = "huiyin"
    user: str = ""
    password: str = ""
    api_key: str = ""
    ca_file: str = ""
    replicas: int = 1
    snapshots: str = ""
    request_seconds: float = 10.0
    patience_seconds: float = 10.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What Elasticsearch answered; `repeated`: an earlier try may have been carried out, its answer was lost."""

    status: int
    body: Json
    repeated: bool = False


class Wire:
    """
    Asks Elasticsearch; after any failure of the connection the client is closed and made anew.

    One node is asked until it fails, then the next of `urls`: a node that is gone costs one question, not each third.
    """

    def __init__(
        self,
        settings: ElasticSettings,
        *,
        node_class: type[BaseNode] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._node_class = node_class or BoundedNode
        self._sleep = sleep
        self._guard = threading.Lock()
        self._client: Elasticsearch | None = None
        self._turn = random.randrange(max(1, len(settings.urls)))  # noqa: S311  # spreads processes, guards nothing

    def close(self) -> None:
        """No connection is open; the next question opens one."""
        with self._guard:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def ask(
        self,
        method: str,
        path: Sequence[str],
        body: Json | Sequence[Json] | None = None,
        *,
        params: Mapping[str, str] | None = None,
        allow: frozenset[int] = frozenset(),
    ) -> Answer:
        """
        Return the answer; statuses of `allow` are answers too.

        A list as body is sent as lines (`_bulk`). Raises StoreUnavailable: STO-307 not reachable, STO-302 overloaded,
        STO-303 disk full, STO-304 the request is refused, STO-305 credentials, STO-306 no Elasticsearch.
        """
        asked = _Asked(method, "/" + "/".join(quote(part, safe=",*_-") for part in path), body, params or {}, allow)
        patience, repeated = Patience(self.settings.patience_seconds, self._sleep), False
        while True:
            tried = self._tried(asked)
            if isinstance(tried, Answer):
                return Answer(tried.status, tried.body, repeated)
            if not tried.may_help:
                raise tried.refusal
            repeated = repeated or tried.may_have_happened
            patience.pause(tried.refusal, least=tried.wait)

    def _tried(self, asked: "_Asked") -> "Answer | _Failed":
        client = self._open()
        try:
            answer = client.perform_request(
                asked.method, asked.target, params=dict(asked.params), headers=asked.headers, body=asked.body
            )
        except UnsupportedProductError as error:  # an ApiError too, though it says that this is none
            self._leave(client)
            return _Failed(no_elasticsearch(self._named(), str(error)))
        except ApiError as error:
            return self._refused(error, asked)
        except TransportError as error:
            self._leave(client)
            return _Failed(unreachable(self._named(), error), may_have_happened=not never_arrived(error))
        if not _is_said_by_elasticsearch(answer.meta) or not isinstance(answer.body, Mapping):
            self._leave(client)
            return _Failed(no_elasticsearch(self._named(), f"{answer.meta.status}, not its form"))
        return Answer(answer.meta.status, answer.body)

    def _refused(self, error: ApiError, asked: "_Asked") -> "Answer | _Failed":
        if not _is_said_by_elasticsearch(error.meta) and error.status_code not in _OF_PROXIES:
            return _Failed(no_elasticsearch(self._named(), f"{error.status_code}, not its form"))
        if error.status_code in asked.allow:
            return Answer(error.status_code, body_of(error))
        rights = (self.settings.user, self.settings.prefix)
        refusal = refused(error, self._named(), f"{asked.method} {asked.target}", rights)
        return _Failed(
            refusal,
            may_help=error.status_code in LATER and refusal.code != "STO-303",
            may_have_happened=error.status_code in LATER and error.status_code != OVERLOADED,
            wait=_seconds(error.meta.headers.get("retry-after")),
        )

    def _open(self) -> Elasticsearch:
        with self._guard:
            if self._client is None:
                self._client = self._made()
            return self._client

    def _leave(self, client: Elasticsearch) -> None:
        """The client that failed is closed, and the next node has its turn; what others opened meanwhile stays."""
        with self._guard:
            if self._client is client:
                self._client = None
                self._turn += 1
        client.close()

    def _made(self) -> Elasticsearch:
        own = self.settings
        given: dict[str, Any] = {}
        if own.ca_file:
            given["ca_certs"] = own.ca_file
        if own.api_key:
            given["api_key"] = own.api_key
        elif own.user:
            given["basic_auth"] = (own.user, own.password)
        return Elasticsearch(
            [own.urls[self._turn % len(own.urls)]],
            node_class=self._node_class,
            request_timeout=own.request_seconds,
            max_retries=0,
            retry_on_timeout=False,
            http_compress=False,  # nine times dearer than the network inside a building
            **given,
        )

    def _named(self) -> str:
        return f"Elasticsearch at {', '.join(self.settings.urls)}"


@dataclass(frozen=True, slots=True)
class _Asked:
    method: str
    target: str
    body: Json | Sequence[Json] | None
    params: Mapping[str, str]
    allow: frozenset[int]

    @property
    def headers(self) -> dict[str, str]:
        headers = {"accept": "application/json"}
        if self.body is not None:
            lines = isinstance(self.body, Sequence)
            headers["content-type"] = "application/x-ndjson" if lines else "application/json"
        return headers


@dataclass(frozen=True, slots=True)
class _Failed:
    """A try without an answer; `wait`: so many seconds the server asked to be left alone."""

    refusal: StoreUnavailable
    may_help: bool = True
    may_have_happened: bool = True
    wait: float = 0.0


def _is_said_by_elasticsearch(meta: ApiResponseMeta) -> bool:
    return meta.headers.get("x-elastic-product") == "Elasticsearch"


def _seconds(header: str | None) -> float:
    """Return the seconds of a Retry-After; a date there, which Elasticsearch never sends, counts as none."""
    return float(header) if header is not None and header.isdecimal() else 0.0
