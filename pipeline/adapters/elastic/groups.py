"""Reads of groups as the desk lists them, and the rebuilding of a unit's rows."""

from collections.abc import Mapping, Sequence
from functools import partial
from math import inf

from pipeline.domain.group import GroupRow
from pipeline.domain.group_page import cursor_behind, place_behind
from pipeline.ports import GroupView, Page

from .client import Doc, Elastic
from .group_document import INDEX, GroupKey, GroupWriter, Kept, Step, group_docs, kept_group, sequence_of
from .merges import group_now
from .sequence import Sequences
from .wire import Json

LAST = (1 << 63) - 1
"""No change has a higher number."""
_SLICE = 1_000


def view_of_group(elastic: Elastic, unit: str, group: str) -> GroupView | None:
    """Return one group as the desk lists it, an absorbed one as the group that it is part of."""
    key = (unit, group_now(elastic, unit, group))
    doc = group_docs(elastic, [key]).get(key)
    return None if doc is None or not doc.source["is_listed"] else _view(doc)


def page_of_groups(elastic: Elastic, unit: str, *, todo_only: bool, cursor: str | None, limit: int) -> Page:
    """Return a page of groups, newest first, behind the cursor of the page before."""
    body: dict[str, object] = {
        "size": limit + 1,
        "query": _listed(unit, *([{"term": {"is_todo": True}}] if todo_only else [])),
        "sort": [{"last_at": "desc"}, {"group": "desc"}],
        "track_total_hits": False,
    }
    if cursor is not None:
        body["search_after"] = list(place_behind(cursor))
    elastic.fresh(INDEX, within=inf)
    found = elastic.found(INDEX, body)
    shown = [_view(doc) for doc in found[:limit]]
    return Page(shown, cursor_behind(shown[-1].row) if len(found) > limit and shown else None)


def changed_between(
    elastic: Elastic, sequences: Sequences, unit: str, after: int, until: int | None
) -> tuple[int, Sequence[GroupView]]:
    """Return the highest number of a change up to `until`, and the groups that changed behind the given one."""
    last = min(LAST if until is None else until, sequences.settled(sequence_of(unit)))
    if last <= after:
        return after, []
    elastic.fresh(INDEX)
    query = _listed(unit, {"range": {"change": {"gt": after, "lte": last}}})
    docs = list(elastic.scan(INDEX, query, [{"change": "asc"}, {"group": "asc"}]))
    return (docs[-1].source["change"] if docs else after), [_view(doc) for doc in docs]


def newest_change(elastic: Elastic, sequences: Sequences, unit: str) -> int:
    """Return the number of the unit's newest change of a group; 0 where it has no group."""
    settled = sequences.settled(sequence_of(unit))
    if settled == 0:
        return 0
    elastic.fresh(INDEX)
    query = _listed(unit, {"range": {"change": {"lte": settled}}})
    docs = elastic.found(INDEX, {"size": 1, "query": query, "sort": [{"change": "desc"}]})
    return int(docs[0].source["change"]) if docs else 0


def replace_rows(elastic: Elastic, sequences: Sequences, unit: str, rows: Sequence[GroupRow]) -> None:
    """
    The unit's rows are exactly these, in slices of one change each; rows of groups that are no more go last.

    No row is ever shown half: each goes from what it was to what it is.
    """
    writer = GroupWriter(elastic, sequences)
    steps: Mapping[GroupKey, Step] = {(unit, row.id): partial(_with_row, row) for row in rows}
    _in_slices(writer, steps)
    elastic.fresh(INDEX)
    listed = [doc.source["group"] for doc in elastic.scan(INDEX, _listed(unit), [{"group": "asc"}])]
    _in_slices(writer, {(unit, group): Kept.unlisted for group in listed if (unit, group) not in steps})


def _in_slices(writer: GroupWriter, steps: Mapping[GroupKey, Step]) -> None:
    keys = list(steps)
    for start in range(0, len(keys), _SLICE):
        writer.write({key: steps[key] for key in keys[start : start + _SLICE]})


def _with_row(row: GroupRow, kept: Kept) -> Kept:
    return kept.with_row(row)


def _listed(unit: str, *conditions: Json) -> Json:
    return {"bool": {"filter": [{"term": {"unit": unit}}, {"term": {"is_listed": True}}, *conditions]}}


def _view(doc: Doc) -> GroupView:
    kept = kept_group(doc.source)
    if kept.row is None:
        raise AssertionError  # what is listed has a row
    return GroupView(kept.row, kept.mark, is_todo=bool(doc.source["is_todo"]))
