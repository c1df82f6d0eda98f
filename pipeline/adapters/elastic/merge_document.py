"""A merge of two groups as one document, created once under (unit, absorbed), and a proposal of one."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pipeline.domain.group_merge import GroupMerge, MergeProposal

from .client import Change, Doc
from .keys import doc_id
from .wire import Json

INDEX = "merges"
TRIED, MADE, VOID = "tried", "made", "void"
IN_ORDER: tuple[Mapping[str, str], ...] = ({"order": "asc"}, {"number": "asc"}, {"absorbed": "asc"}, {"into": "asc"})
"""The order of the fold; of one order as they were found."""


def merge_doc_id(unit: str, absorbed: str) -> str:
    """Return the id of the document that says by which group this one was absorbed."""
    return doc_id("merge", unit, absorbed)


def merge_document(merge: GroupMerge, number: int, state: str) -> Json:
    """Return the merge's document; `number` is its place among those that were found with it."""
    return {
        "unit": merge.unit,
        "kind": "merge",
        "absorbed": merge.absorbed,
        "into": merge.into,
        "order": merge.order,
        "number": number,
        "state": state,
        "body": _body(merge),
    }


def merge_of(source: Json) -> GroupMerge:
    """Return the merge that `merge_document` wrote."""
    return GroupMerge(**json.loads(source["body"]))


def with_state(doc: Doc, state: str, **more: int) -> Change:
    """Return the write that puts the merge that was seen into another state."""
    return Change("index", INDEX, doc.id, {**doc.source, "state": state, **more}, doc)


def proposal_change(proposal: MergeProposal, number: int) -> Change:
    """Return the write that keeps a proposal, unless the pair was proposed before."""
    source: dict[str, Any] = {
        "unit": proposal.unit,
        "kind": "proposal",
        "absorbed": proposal.one,
        "into": proposal.other,
        "order": proposal.order,
        "number": number,
        "body": _body(proposal),
    }
    return Change("create", INDEX, doc_id("proposal", *proposal.key), source)


def proposal_of(source: Json) -> MergeProposal:
    """Return the proposal that `proposal_change` wrote."""
    return MergeProposal(**json.loads(source["body"]))


def _body(fact: GroupMerge | MergeProposal) -> str:
    return json.dumps(asdict(fact), ensure_ascii=False, separators=(",", ":"))
