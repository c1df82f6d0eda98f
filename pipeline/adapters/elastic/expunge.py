"""
What was overwritten or deleted in an index leaves every byte of the server's files (MECHANICS §7).

Elasticsearch keeps old documents for longer than it shows them: in the translog until a flush; in their segments until
a merge; a merge leaves them alone while a retention lease, renewed every 6 hours, may still want to replay them; and a
point in time that somebody reads keeps old segment files. Measured on 9.5.3 and 8.7.1: each of them alone held a
planted sentence. So leases are renewed (the server does that within 30 s), then all is flushed, the segments that hold
deleted documents are written anew, and whoever still reads the old ones is waited for.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from pipeline.domain.errors import StoreUnavailable

from .client import Elastic
from .wire import NOT_FOUND, Json

PATIENCE_SECONDS = 300.0
_POLL_SECONDS = 0.2
_EAGER: Json = {"soft_deletes.retention_lease.period": "1ms", "merge.policy.expunge_deletes_allowed": 0}
_AS_BEFORE: Json = dict.fromkeys(_EAGER)
_MISSING = frozenset({NOT_FOUND})

Expunge: TypeAlias = Callable[[Elastic, Sequence[str]], None]
"""Makes what was deleted from indices leave the server's bytes."""


@dataclass(frozen=True, slots=True)
class _Patience:
    """Until when is waited."""

    ends: float

    def until(self, is_so: Callable[[], bool], problem: str) -> None:
        """It is so; raise StoreUnavailable (STO-320) naming the problem where it does not become so."""
        while not is_so():
            if time.monotonic() > self.ends:
                raise StoreUnavailable(
                    f"the texts are erased and nothing finds them, but {problem}; run the same erasure again",
                    code="STO-320",
                )
            time.sleep(_POLL_SECONDS)


def expunge(elastic: Elastic, indices: Sequence[str], *, patience_seconds: float = PATIENCE_SECONDS) -> None:
    """
    No file of the server holds a byte of what was deleted or overwritten in the indices before.

    Raises StoreUnavailable (STO-320) where that is not so in time; the texts are gone then, the proof is not.
    """
    patience = _Patience(time.monotonic() + patience_seconds)
    there = [index for index in dict.fromkeys(indices) if _change_settings(elastic, index, _EAGER)]
    try:
        reached = {index: _last_operations(elastic, index) for index in there}
        for index in there:
            patience.until(
                lambda index=index: _is_released(elastic, index, reached[index]),  # type: ignore[misc]
                f"{elastic.name(index)} keeps its last changes for a copy that may be away; bring all nodes back",
            )
        for index in there:
            _rewrite_segments(elastic, index, patience)
    finally:
        for index in there:
            _change_settings(elastic, index, _AS_BEFORE)


def _rewrite_segments(elastic: Elastic, index: str, patience: _Patience) -> None:
    name = elastic.name(index)
    elastic.wire.ask("POST", [name, "_flush"], params={"force": "true", "wait_if_ongoing": "true"}, allow=_MISSING)
    elastic.refresh(index)
    old = {segment for segment, about in _segments(elastic, index) if about["deleted_docs"]}
    if old:
        params = {"only_expunge_deletes": "true", "flush": "true", "wait_for_completion": "false"}
        elastic.wire.ask("POST", [name, "_forcemerge"], params=params, allow=_MISSING)
    patience.until(lambda: _are_gone(elastic, index, old), f"{name} is still being written anew")
    patience.until(
        lambda: _stats(elastic, index).get("total", {}).get("search", {}).get("open_contexts", 0) == 0,
        f"a reader keeps old files of {name}: end long exports",
    )


def _change_settings(elastic: Elastic, index: str, settings: Json) -> bool:
    """The index has the settings; False where there is no such index."""
    answer = elastic.wire.ask("PUT", [elastic.name(index), "_settings"], {"index": settings}, allow=_MISSING)
    return answer.status != NOT_FOUND


def _are_gone(elastic: Elastic, index: str, old: set[tuple[str, str]]) -> bool:
    elastic.refresh(index)
    return old.isdisjoint(segment for segment, _ in _segments(elastic, index))


def _last_operations(elastic: Elastic, index: str) -> Mapping[str, int]:
    """Return shard → the number of its last change."""
    return {shard: max(copy["seq_no"]["max_seq_no"] for copy in copies) for shard, copies in _shards(elastic, index)}


def _is_released(elastic: Elastic, index: str, reached: Mapping[str, int]) -> bool:
    """Whether no lease wants any change up to those that were reached."""
    return all(
        lease["retaining_seq_no"] > reached.get(shard, -1)
        for shard, copies in _shards(elastic, index)
        for copy in copies
        for lease in copy["retention_leases"]["leases"]
    )


def _shards(elastic: Elastic, index: str) -> Iterator[tuple[str, Sequence[Mapping[str, Any]]]]:
    yield from _stats(elastic, index).get("shards", {}).items()


def _stats(elastic: Elastic, index: str) -> Mapping[str, Any]:
    answer = elastic.wire.ask("GET", [elastic.name(index), "_stats"], params={"level": "shards"}, allow=_MISSING)
    found: Mapping[str, Any] = answer.body.get("indices", {}).get(elastic.name(index), {})
    return found


def _segments(elastic: Elastic, index: str) -> Iterator[tuple[tuple[str, str], Mapping[str, Any]]]:
    """Yield each segment of each copy, named by shard, node and its own name."""
    answer = elastic.wire.ask("GET", [elastic.name(index), "_segments"], allow=_MISSING)
    for shard, copies in answer.body.get("indices", {}).get(elastic.name(index), {}).get("shards", {}).items():
        for copy in copies:
            for name, about in copy["segments"].items():
                yield (f"{shard}/{copy['routing']['node']}", name), about
