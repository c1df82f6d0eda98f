"""
A group as one document: the machine's row and the mark that people left, each changed by its own writer.

Whether it is a to-do follows from both, so each write derives it anew, and is refused where the other has written
since. A group that was absorbed keeps its document, with the row that it had: it is not listed any more, and no writer
who comes late can make it anew by mistake.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from pipeline.domain.group import GroupRow
from pipeline.domain.group_json import group_from_json, group_to_json, mark_from_json, mark_to_json
from pipeline.domain.people import GroupMark, is_todo

from .client import Change, Doc, Elastic
from .keys import doc_id
from .rewrite import turns
from .sequence import Sequences
from .wire import Json

INDEX = "groups"

GroupKey: TypeAlias = tuple[str, str]
"""Unit and group."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a group. `change` numbers the write in which row or mark changed last."""

    row: GroupRow | None = None
    mark: GroupMark | None = None
    is_listed: bool = False
    change: int = 0

    def with_row(self, row: GroupRow) -> "Kept":
        """Return the group with the machine's row, listed."""
        return replace(self, row=row, is_listed=True)

    def with_mark(self, mark: GroupMark | None) -> "Kept":
        """Return the group with the mark that people left; None: none."""
        return replace(self, mark=mark)

    def unlisted(self) -> "Kept":
        """Return the group without a place in the list: another has absorbed it, or it has no post any more."""
        return replace(self, is_listed=False)

    def listed_again(self) -> "Kept":
        """Return the group in its place in the list, if it ever had one."""
        return replace(self, is_listed=self.row is not None)


Step: TypeAlias = Callable[[Kept], Kept]
"""What becomes of a group, from what is kept of it."""


def group_doc_id(key: GroupKey) -> str:
    """Return the id of a group's document."""
    return doc_id(*key)


def group_document(key: GroupKey, kept: Kept) -> Json:
    """Return the group's document; whether it is a to-do is derived."""
    source: dict[str, Any] = {"unit": key[0], "group": key[1], "is_listed": kept.is_listed, "change": kept.change}
    if kept.row is not None:
        source["row"] = group_to_json(kept.row)
        source["last_at"] = kept.row.last_at
    if kept.mark is not None:
        source["mark"] = mark_to_json(kept.mark)
    source["is_todo"] = kept.is_listed and kept.row is not None and is_todo(kept.mark, kept.row)
    return source


def kept_group(source: Json) -> Kept:
    """Return what `group_document` wrote."""
    row, mark = source.get("row"), source.get("mark")
    return Kept(
        None if row is None else group_from_json(row),
        None if mark is None else mark_from_json(mark),
        source["is_listed"],
        source["change"],
    )


def sequence_of(unit: str) -> str:
    """Return the name under which changes of the unit's groups are numbered."""
    return f"groups:{unit}"


def group_docs(elastic: Elastic, keys: Iterable[GroupKey]) -> dict[GroupKey, Doc]:
    """Return the documents that there are of the groups, as they stand now."""
    by_id = {group_doc_id(key): key for key in keys}
    found = elastic.mget((INDEX, each) for each in by_id)
    return {by_id[doc.id]: doc for doc in found.values()}


class GroupWriter:
    """
    Changes several groups as one change, each from what it is.

    `seen` are documents that were read before. `check` is called between a look at documents that somebody else has
    changed and their next write, and raises where this writer may not go on.
    """

    def __init__(
        self,
        elastic: Elastic,
        sequences: Sequences,
        *,
        seen: Mapping[GroupKey, Doc] | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._elastic = elastic
        self._sequences = sequences
        self._seen = seen
        self._check = check

    def write(self, steps: Mapping[GroupKey, Step]) -> None:
        """Each group is what its step makes of it; one that stays as it was has not changed."""
        seen = group_docs(self._elastic, steps) if self._seen is None else dict(self._seen)
        wanted = _wanted(steps, steps.keys(), seen)
        if not wanted:
            return
        written: set[GroupKey] = set()
        changing = list(wanted)

        def write(numbers: Mapping[str, int]) -> None:
            nonlocal seen, wanted
            if written:  # the numbers were taken back meanwhile: what was written under them is written once more
                seen = group_docs(self._elastic, changing)
                wanted = {key: kept_group(doc.source) for key, doc in seen.items() if key in written}
                wanted |= _wanted(steps, changing, seen)
            self._write(steps, seen, wanted, numbers, written)

        self._sequences.change({sequence_of(unit) for unit, _ in changing}, write)

    def _write(
        self,
        steps: Mapping[GroupKey, Step],
        seen: Mapping[GroupKey, Doc],
        wanted: Mapping[GroupKey, Kept],
        numbers: Mapping[str, int],
        written: set[GroupKey],
    ) -> None:
        for _ in turns(self._elastic, f"{INDEX} of {len(wanted)} groups"):
            keys = list(wanted)
            changes = [
                _change(key, replace(wanted[key], change=numbers[sequence_of(key[0])]), seen.get(key)) for key in keys
            ]
            made = self._elastic.bulk(changes)
            written.update(key for key, was_made in zip(keys, made, strict=True) if was_made)
            left = [key for key, was_made in zip(keys, made, strict=True) if not was_made]
            if left:
                seen = group_docs(self._elastic, left)
                self._check()
                wanted = _wanted(steps, left, seen)
            if not left or not wanted:
                return


def _wanted(
    steps: Mapping[GroupKey, Step], keys: Iterable[GroupKey], seen: Mapping[GroupKey, Doc]
) -> dict[GroupKey, Kept]:
    wanted = {}
    for key in keys:
        before = kept_group(seen[key].source) if key in seen else Kept()
        after = steps[key](before)
        if after != before:
            wanted[key] = after
    return wanted


def _change(key: GroupKey, kept: Kept, seen: Doc | None) -> Change:
    return Change("create" if seen is None else "index", INDEX, group_doc_id(key), group_document(key, kept), seen)
