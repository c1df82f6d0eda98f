"""
Many writes in one request; what the server cannot take yet is sent again, within the bound of one question.

A part that is not there is made by its template: retention may have ended it since it was made last. A part that
retention ends at this moment takes no writes; it is gone, and made anew, a moment later.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from pipeline.domain.errors import StoreUnavailable

from .document import Change, Doc, stands_as
from .patience import Patience
from .refusals import LATER, OVERLOADED, disk_full, is_disk_full, no_elasticsearch, overloaded, refused_document
from .wire import CONFLICT, NOT_FOUND, Answer, Json, Wire

_ITEMS, _CHARACTERS = 1_000, 4_000_000
_REFUSED = frozenset({400})
_THERE_ALREADY = "resource_already_exists_exception"
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
        maybe: set[int] = set()
        patience, were_made = Patience(self._wire.settings.patience_seconds), set[str]()
        while waiting:
            answer = self._wire.ask("POST", ["_bulk"], [line for at in waiting for line in self._lines(changes[at])])
            maybe.update(waiting if answer.repeated else ())
            later: dict[int, StoreUnavailable] = {}
            missing: dict[str, StoreUnavailable] = {}
            for at, item in zip(waiting, _items(answer, len(waiting)), strict=True):
                refusal = self._not_yet(changes[at], item, missing)
                if refusal is None:
                    made[at] = self._was_made(changes[at], item, maybe=at in maybe)
                else:
                    later[at] = refusal
                    maybe.update([at] if item["status"] in LATER - {OVERLOADED} else ())
            waiting = list(later)
            if missing.keys() - were_made:  # a busy server makes one a second, and a batch may lie in a dozen of them
                were_made |= missing.keys()
                patience = Patience(self._wire.settings.patience_seconds)
            if later:
                patience.pause(next(iter(later.values())))
        return [made[at] for at in range(len(changes))]

    def _not_yet(
        self, change: Change, item: Mapping[str, Any], missing: dict[str, StoreUnavailable]
    ) -> StoreUnavailable | None:
        """Return why the server could not take the change now, where it may later; `missing` indices are there then."""
        name, error = self._name(change.index), item.get("error") or {}
        if item["status"] in LATER and not is_disk_full(error):
            return overloaded(f"Elasticsearch, of {name},", f"{item['status']} {_reason(error)}")
        if _CLOSED in str(error.get("reason", "")):
            sentence = f"{name} takes no documents: retention was ending it, and was cut; run it again"
            return StoreUnavailable(sentence, code="STO-322")
        if error.get("type") == "index_not_found_exception" and change.op != "delete":
            if name not in missing:
                missing[name] = self._made(name)
            return missing[name]
        return None

    def _made(self, name: str) -> StoreUnavailable:
        """The index is made by its template, if that can be; returns what to say where it is missing all the same."""
        made = self._wire.ask("PUT", [name], allow=_REFUSED)
        said = made.body.get("error") or {}
        if made.status in _REFUSED and said.get("type") != _THERE_ALREADY:
            return refused_document(name, made.status, _reason(said))
        sentence = f"{name} is gone again as soon as it is made; look for who deletes it"
        return StoreUnavailable(sentence, code="STO-323")

    def _was_made(self, change: Change, item: Mapping[str, Any], *, maybe: bool) -> bool:
        """Whether the change was made; `maybe`: an earlier try may have made it, its answer was lost."""
        status = item["status"]
        if status < 300:
            return True
        if status == NOT_FOUND and change.op == "delete":
            return maybe
        if status == CONFLICT:
            return maybe and self._stands(change)
        reason = _reason(item.get("error") or {})
        if is_disk_full(reason):
            raise disk_full(f"Elasticsearch, for {self._name(change.index)},", reason)
        raise refused_document(self._name(change.index), status, reason)

    def _stands(self, change: Change) -> bool:
        """Whether the document stands as the change would have it: the answer to our own write was lost."""
        now = self._get(change.index, change.id)
        if change.source is None:
            return now is None
        return now is not None and stands_as(now.source, change.source)

    def _lines(self, change: Change) -> list[Json]:
        head: dict[str, Any] = {"_index": self._name(change.index), "_id": change.id}
        if change.seen is not None:
            head |= {"if_seq_no": change.seen.seq_no, "if_primary_term": change.seen.term}
        return [{change.op: head}] if change.source is None else [{change.op: head}, change.source]


def _items(answer: Answer, wanted: int) -> list[Mapping[str, Any]]:
    items = [next(iter(item.values())) for item in answer.body.get("items", ())]
    if len(items) != wanted:
        raise no_elasticsearch("Elasticsearch", f"{len(items)} answers to {wanted} writes")
    return items


def _reason(error: Mapping[str, Any]) -> str:
    return str(error.get("reason", error))[:300]


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
