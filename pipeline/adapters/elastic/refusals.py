"""What Elasticsearch's refusals mean: later, or never; and in which words a person is told (deploy/runbook.md)."""

import json
from collections.abc import Mapping
from typing import Any

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, SerializationError, TransportError
from elasticsearch import ApiError

from pipeline.domain.errors import StoreUnavailable

OVERLOADED = 429
LATER = frozenset({OVERLOADED, 500, 502, 503, 504})
"""Answers after which the same question is asked again. Only of 429 is it sure that nothing was carried out."""
_DENIED = frozenset({401, 403})
_DISK_FULL = ("flood-stage", "read-only-allow-delete", "read-only / allow delete", "disk usage exceeded")
_CUT = "search_context_missing_exception"


def is_disk_full(reason: object) -> bool:
    """Whether a refusal's reason is a full disk: documents are neither written nor deleted; reads go on, and drops."""
    return any(words in str(reason) for words in _DISK_FULL)


def disk_full(named: str, reason: str) -> StoreUnavailable:
    """Return the refusal of a server whose disk is full."""
    return StoreUnavailable(
        f"{named} has no disk space left ({reason}); free space or add a node; it takes writes again by itself, "
        "nothing is lost",
        code="STO-303",
    )


def overloaded(named: str, reason: str) -> StoreUnavailable:
    """Return the refusal of a server that has no room, no shard or no time for the question now."""
    return StoreUnavailable(f"{named} is overloaded or starting ({reason}); it is tried again", code="STO-302")


def refused_document(index: str, status: int, reason: str) -> StoreUnavailable:
    """Return the refusal of one document, for ever."""
    return StoreUnavailable(
        f"Elasticsearch refuses a document of {index} ({status} {reason}); run `huiyin doctor`, and report this with "
        "its code",
        code="STO-304",
    )


def no_elasticsearch(named: str, reason: str) -> StoreUnavailable:
    """Return what is said of an answer that no Elasticsearch gives."""
    return StoreUnavailable(
        f"{named}: something answers there, but not as an Elasticsearch ({reason}); check [elasticsearch] urls, and "
        "any proxy between",
        code="STO-306",
    )


def unreachable(named: str, error: TransportError) -> StoreUnavailable:
    """Return what is said of a server that did not answer."""
    if isinstance(error, SerializationError):
        return no_elasticsearch(named, "an answer that cannot be read")
    return StoreUnavailable(
        f"{named} cannot be reached ({type(error).__name__}: {_first_line(error)}); "
        "check that it runs and that [elasticsearch] urls is right; nothing is lost, it is tried again",
        code="STO-307",
    )


def refused(error: ApiError, named: str, asked: str, rights: tuple[str, str]) -> StoreUnavailable:
    """Return what is said of an answer that is an error; `rights`: who asks, for indices of which prefix."""
    kind, reason = _kind(error), reason_of(error)
    said = f"{error.status_code} {reason}"
    if is_disk_full(reason):
        return disk_full(named, reason)
    if error.status_code in LATER:
        return overloaded(named, said)
    if kind == _CUT:
        return overloaded(named, f"a long reading was cut, as by a restart: {said}")
    if error.status_code in _DENIED and kind != "cluster_block_exception":
        user, prefix = rights
        return StoreUnavailable(
            f"{named} refuses user {user or '(none)'} ({said}); check [elasticsearch] user and password, and the "
            f"rights on the indices of the prefix {prefix}-",
            code="STO-305",
        )
    return StoreUnavailable(
        f"{named} refuses {asked} ({said}); run `huiyin doctor`, and report this with its code", code="STO-304"
    )


def body_of(error: ApiError) -> Mapping[str, Any]:
    """Return the JSON of an answer that is an error; empty where it has none."""
    return error.body if isinstance(error.body, Mapping) else {}


def reason_of(error: ApiError) -> str:
    """Return why, in the server's words."""
    found = body_of(error).get("error")
    if isinstance(found, Mapping):
        cause = _cause(found)
        return str(cause.get("reason") or cause.get("type") or "")[:300]
    return str(found or json.dumps(error.body, ensure_ascii=False, default=str))[:300]


def never_arrived(error: TransportError) -> bool:
    """Whether the request surely did not reach the server: there was no connection on which to send it."""
    if not isinstance(error, NoConnection) or isinstance(error, ConnectionTimeout):
        return False
    return "Failed to establish a new connection" in str(error)


def _kind(error: ApiError) -> str:
    found = body_of(error).get("error")
    return str(_cause(found).get("type", "")) if isinstance(found, Mapping) else ""


def _cause(found: Mapping[str, Any]) -> Mapping[str, Any]:
    causes = found.get("root_cause") or [found]
    return causes[0] if isinstance(causes[0], Mapping) else found


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0][:200]
