"""
Merges of groups as others see them, and what becomes of a merge that a decision met.

No transaction spans the worker's merge and the log's batch, so both sides look. The worker writes a merge as `tried`,
then reads the log behind the batch that he had seen: where one names a group of the merge, it is taken back and the
worker is stale; else it is `made`. The log asks for made merges before it creates a batch (such a group is no more),
and whoever projects the batch calls `void`: a merge that did not know of the batch is `void` from then on, tried or
made, since people win. That follows from the merge's `seen_seq` and the batch's seq alone, so everybody who comes later
decides the same. Reads know made merges only.
"""

from collections.abc import Iterable, Mapping, Sequence

from pipeline.domain.group_merge import GroupMerge, MergeProposal, survivors

from .client import Doc, Elastic
from .group_document import GroupWriter, Kept
from .keys import doc_id
from .merge_document import IN_ORDER, INDEX, MADE, VOID, merge_doc_id, merge_of, proposal_of, with_state
from .rewrite import advance, turns
from .sequence import Sequences
from .wire import Json

UNITS = "units"


def merges_of(elastic: Elastic, unit: str) -> Sequence[GroupMerge]:
    """Return the unit's merges in order."""
    return [merge_of(doc.source) for doc in _in_order(elastic, unit, {"term": {"state": MADE}})]


def proposals_of(elastic: Elastic, unit: str) -> Sequence[MergeProposal]:
    """Return the unit's proposals in order."""
    return [proposal_of(doc.source) for doc in _in_order(elastic, unit, {"term": {"kind": "proposal"}})]


def merges_naming(elastic: Elastic, unit: str, groups: Iterable[str]) -> Mapping[str, GroupMerge]:
    """Return, for those of the groups that another has absorbed, how that was."""
    docs = _docs(elastic, unit, groups).values()
    made = [merge_of(doc.source) for doc in docs if doc.source["state"] == MADE]
    return {merge.absorbed: merge for merge in made}


def group_now(elastic: Elastic, unit: str, group: str) -> str:
    """Return the group that this one is part of by now: itself where it was never absorbed."""
    passed: set[str] = set()
    while group not in passed and (merge := merges_naming(elastic, unit, [group]).get(group)):
        passed.add(group)
        group = merge.into
    return group


def parts_of(elastic: Elastic, unit: str, group: str) -> Sequence[str]:
    """Return the group with all that it has absorbed; for an absorbed one those of the group it is part of."""
    into = survivors(merges_of(elastic, unit))
    now = into.get(group, group)
    return [now, *(part for part, end in into.items() if end == now)]


def void(elastic: Elastic, sequences: Sequences, unit: str, groups: Iterable[str], seq: int) -> None:
    """
    No merge that absorbed one of the groups without knowing of the batch `seq` holds; such a group is listed again.

    The batch names the groups, stands in the log, and is the next one of the unit to be projected. Doing it again
    changes nothing, and finishes what was cut. The unit's worker learns of it by `voids`.
    """
    wanted = sorted(set(groups))
    for _ in turns(elastic, f"merges of {unit}"):
        docs = _docs(elastic, unit, wanted)
        unknowing = [doc for doc in docs.values() if _is_unknowing(doc, seq)]
        if all(elastic.bulk([with_state(doc, VOID, voided_by=seq) for doc in unknowing])):
            break
    ended = {merge_of(doc.source).absorbed for doc in docs.values() if _ended_by(doc, seq) or doc in unknowing}
    if ended and voids(elastic, [unit]).get(unit, 0) < seq:
        GroupWriter(elastic, sequences).write({(unit, group): Kept.listed_again for group in ended})
        advance(elastic, UNITS, voids_id(unit), {"unit": unit, "kind": "merges", "voids": seq}, by="voids")


def voids(elastic: Elastic, units: Iterable[str]) -> Mapping[str, int]:
    """Return, for each unit with void merges, the batch that voided the last one; it only grows."""
    docs = elastic.mget((UNITS, voids_id(unit)) for unit in units)
    return {doc.source["unit"]: doc.source["voids"] for doc in docs.values()}


def voids_id(unit: str) -> str:
    """Return the id of the document that says which batch voided a merge of the unit last."""
    return doc_id("merges", unit)


def _docs(elastic: Elastic, unit: str, groups: Iterable[str]) -> Mapping[tuple[str, str], Doc]:
    return elastic.mget((INDEX, merge_doc_id(unit, group)) for group in groups)


def _is_unknowing(doc: Doc, seq: int) -> bool:
    return bool(doc.source["state"] != VOID) and merge_of(doc.source).seen_seq < seq


def _ended_by(doc: Doc, seq: int) -> bool:
    return bool(doc.source["state"] == VOID and doc.source["voided_by"] == seq)


def _in_order(elastic: Elastic, unit: str, condition: Json) -> Iterable[Doc]:
    elastic.fresh(INDEX)
    return elastic.scan(INDEX, {"bool": {"filter": [{"term": {"unit": unit}}, condition]}}, IN_ORDER)
