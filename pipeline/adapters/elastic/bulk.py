"""
Many writes in one request; what the server cannot take yet is sent again, within the bound of one question.

A part that is not there is made by its template: retention may have ended it since it was made last. A part that
retention ends at this moment takes no writes; it is gone, and made anew, a moment later.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.domain.errors import StoreUnavailable

from .document import Change, Doc
from .wire import CONFLICT, NOT_FOUND, Answer, Json, Wire

_ITEMS, _CHARACTERS = 1_000, 4_000_000
_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0
_EXISTS = frozenset({400})
_OVERLOADED = 429
_CLOSED = "index write (api)"


class Bulk:
    """Writes of one installation; `name` is of an index with its prefix, `get` reads a document as it stands now."""

    def __init__(self, wire: Wire, *, name: Callable[[str], str], get: Callable[[str, str], Doc | None]) -> None:
        self._wire = wire
        self._name = name
        self._get = get

    def write(self, changes: Sequence[Change]) -> list[bool]:
        """Return for each change whether it was made, in order; False is a conflict or, of a delete, nothing there."""
        return [was_made for slice_ in _slices(changes) for was_made in self._write(slice_)]

    def _write(self, changes: Sequence[Change]) -> list[bool]:
        made: dict[int, bool] = {}
        waiting = list(range(len(changes)))
        deadline, wait = time.monotonic() + self._wire.settings.patience_seconds, _FIRST_WAIT
        while True:
            lines = [line for at in waiting for line in self._lines(changes[at])]
            answer = self._wire.ask("POST", ["_bulk"], lines)
            items = [next(iter(item.values())) for item in answer.body["items"]]
            later: dict[int, StoreUnavailable] = {}
            for at, item in zip(waiting, items, strict=True):
                refusal = self._not_yet(changes[at], item)
                if refusal is None:
                    made[at] = self._was_made(changes[at], item, answer)
                else:
                    later[at] = refusal
            if not later:
                return [made[at] for at in range(len(changes))]
            if time.monotonic() + wait > deadline:
                raise next(iter(later.values()))
            time.sleep(wait)
            waiting, wait = list(later), min(wait * 2, _LONGEST_WAIT)

    def _not_yet(self, change: Change, item: Mapping[str, Any]) -> StoreUnavailable | None:
        """Return why the server could not take the change now, where it may later; the index is there then."""
        name, error = self._name(change.index), item.get("error") or {}
        if item["status"] == _OVERLOADED and "flood-stage" not in str(error):
            sentence = f"Elasticsearch does not take documents of {name} (429, overloaded); they are tried again"
            return StoreUnavailable(sentence, code="STO-302")
        if _CLOSED in str(error.get("reason", "")):
            sentence = f"{name} takes no documents: retention was ending it, and was cut; run it again"
            return StoreUnavailable(sentence, code="STO-322")
        if error.get("type") == "index_not_found_exception" and change.op != "delete":
            self._wire.ask("PUT", [name], allow=_EXISTS)
            sentence = f"{name} is gone again as soon as it is made; look for who deletes it"
            return StoreUnavailable(sentence, code="STO-323")
        return None

    def _was_made(self, change: Change, item: Mapping[str, Any], answer: Answer) -> bool:
        if item["status"] < 300:
            return True
        if item["status"] == NOT_FOUND and change.op == "delete":
            return False
        if item["status"] == CONFLICT:
            return answer.repeated and self._stands(change)
        error = item.get("error") or {}
        reason = str(error.get("reason", error))[:300]
        if "flood-stage" in reason or "disk usage exceeded" in reason:
            raise StoreUnavailable(
                f"Elasticsearch has no disk space left for {self._name(change.index)} ({reason}); free space or add a "
                "node; it takes writes again by itself, nothing is lost",
                code="STO-303",
            )
        raise StoreUnavailable(
            f"Elasticsearch refuses a document of {self._name(change.index)} ({item['status']} {reason}); "
            "run `huiyin doctor`, and report this with its code",
            code="STO-304",
        )

    def _stands(self, change: Change) -> bool:
        """Whether the document stands as the change would have it: the answer to our own write was lost."""
        now = self._get(change.index, change.id)
        return change.source is not None and now is not None and now.source == change.source

    def _lines(self, change: Change) -> list[Json]:
        head: dict[str, Any] = {"_index": self._name(change.index), "_id": change.id}
        if change.seen is not None:
            head |= {"if_seq_no": change.seen.seq_no, "if_primary_term": change.seen.term}
        return [{change.op: head}] if change.source is None else [{change.op: head}, change.source]


def _slices(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    slice_: list[Change] = []
    characters = 0
    for change in changes:
        size = sum(len(value) for value in (change.source or {}).values() if isinstance(value, str))
        if slice_ and (len(slice_) >= _ITEMS or characters + size > _CHARACTERS):
            yield slice_
            slice_, characters = [], 0
        slice_.append(change)
        characters += size
    if slice_:
        yield slice_
