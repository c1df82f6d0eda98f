"""
One question to Elasticsearch and its answer: bounded, retried where that can help, refused in words where it cannot.

Facts: a 429 and a disk-full block mean later; a 4xx else means never. An answer that was lost says nothing of whether
the write happened: `Answer.repeated` tells the caller, who asks by id (MECHANICS §4).
"""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from urllib.parse import quote

from elastic_transport import BaseNode, ConnectionTimeout, TransportError
from elastic_transport import ConnectionError as NoConnection
from elasticsearch import ApiError, Elasticsearch, UnsupportedProductError

from pipeline.domain.errors import StoreUnavailable

log = logging.getLogger(__name__)

Json: TypeAlias = Mapping[str, Any]

NOT_FOUND, CONFLICT = 404, 409
_LATER = frozenset({429, 502, 503, 504})
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0


@dataclass(frozen=True, slots=True)
class ElasticSettings:
    """
    Where the cluster is and who we are there; what is secret comes from the environment or from files.

    `patience_seconds` bounds one question with all its repeats; `snapshots` names the repository of backups.
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
    """Asks Elasticsearch; after any failure of the connection the client is closed and made anew."""

    def __init__(
        self,
        settings: ElasticSettings,
        *,
        node_class: type[BaseNode] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.settings = settings
        self._node_class = node_class
        self._sleep = sleep
        self._guard = threading.Lock()
        self._client: Elasticsearch | None = None

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
        target = "/" + "/".join(quote(part, safe=",*_-") for part in path)
        deadline = time.monotonic() + self.settings.patience_seconds
        wait, repeated = _FIRST_WAIT, False
        while True:
            try:
                return self._once(method, target, body, params or {}, repeated=repeated)
            except ApiError as error:
                if error.status_code in allow:
                    return Answer(error.status_code, _body_of(error), repeated)
                refusal, may_help = self._refused(error, method, target), error.status_code in _LATER
                may_help = may_help and refusal.code != "STO-303"
            except UnsupportedProductError as error:
                raise StoreUnavailable(
                    f"{self._named()} answers, but is no Elasticsearch ({error}); check [elasticsearch] urls",
                    code="STO-306",
                ) from None
            except TransportError as error:
                self.close()
                repeated = repeated or not _never_arrived(error)
                refusal, may_help = self._unreachable(error), True
            if not may_help or time.monotonic() + wait > deadline:
                raise refusal
            self._sleep(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    def _once(
        self, method: str, target: str, body: Json | Sequence[Json] | None, params: Mapping[str, str], *, repeated: bool
    ) -> Answer:
        headers = {"accept": "application/json"}
        if body is not None:
            lines = isinstance(body, Sequence)
            headers["content-type"] = "application/x-ndjson" if lines else "application/json"
        answer = self._open().perform_request(method, target, params=dict(params), headers=headers, body=body)
        found = answer.body if isinstance(answer.body, Mapping) else {}
        return Answer(answer.meta.status, found, repeated)

    def _open(self) -> Elasticsearch:
        with self._guard:
            if self._client is None:
                self._client = self._made()
            return self._client

    def _made(self) -> Elasticsearch:
        own = self.settings
        given: dict[str, Any] = {"node_class": self._node_class} if self._node_class else {}
        if own.ca_file:
            given["ca_certs"] = own.ca_file
        if own.api_key:
            given["api_key"] = own.api_key
        elif own.user:
            given["basic_auth"] = (own.user, own.password)
        return Elasticsearch(
            list(own.urls),
            request_timeout=own.request_seconds,
            max_retries=0,
            retry_on_timeout=False,
            http_compress=False,  # nine times dearer than the network inside a building
            **given,
        )

    def _named(self) -> str:
        return f"Elasticsearch at {', '.join(self.settings.urls)}"

    def _unreachable(self, error: TransportError) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._named()} cannot be reached ({type(error).__name__}: {_first_line(error)}); "
            "check that it runs and that [elasticsearch] urls is right; nothing is lost, it is tried again",
            code="STO-307",
        )

    def _refused(self, error: ApiError, method: str, target: str) -> StoreUnavailable:
        reason = _reason(error)
        if "flood-stage" in reason or "read-only-allow-delete" in reason or "disk usage exceeded" in reason:
            return StoreUnavailable(
                f"{self._named()} has no disk space left ({reason}); free space or add a node; "
                "it takes writes again by itself, nothing is lost",
                code="STO-303",
            )
        if error.status_code in _LATER:
            return StoreUnavailable(
                f"{self._named()} is overloaded or starting ({error.status_code} {reason}); it is tried again",
                code="STO-302",
            )
        if error.status_code in {401, 403}:
            return StoreUnavailable(
                f"{self._named()} refuses user {self.settings.user or '(none)'} ({error.status_code} {reason}); "
                "check [elasticsearch] user and password, and the rights on the indices of the prefix "
                f"{self.settings.prefix}-",
                code="STO-305",
            )
        return StoreUnavailable(
            f"{self._named()} refuses {method} {target.split('?', maxsplit=1)[0]} ({error.status_code} {reason}); "
            "run `huiyin doctor`, and report this with its code",
            code="STO-304",
        )


def _never_arrived(error: TransportError) -> bool:
    """Whether the request surely did not reach the server: the connection was refused before anything was sent."""
    return isinstance(error, NoConnection) and not isinstance(error, ConnectionTimeout) and "refused" in str(error)


def _body_of(error: ApiError) -> Json:
    return error.body if isinstance(error.body, Mapping) else {}


def _reason(error: ApiError) -> str:
    found = _body_of(error).get("error")
    if isinstance(found, Mapping):
        causes = found.get("root_cause") or [found]
        return str(causes[0].get("reason") or causes[0].get("type") or "")[:300]
    return str(found or json.dumps(error.body, ensure_ascii=False, default=str))[:300]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]
