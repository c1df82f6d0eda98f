"""What a step of the worker decided, as one text: written before it is carried out, so that it is decided at once."""

import json
from dataclasses import asdict

from pipeline.domain.group_json import group_from_json, group_to_json
from pipeline.domain.group_merge import Found, GroupMerge, MergeProposal
from pipeline.domain.wire import mention_from_json, mention_to_json
from pipeline.ports import Position, Work


def step_text(work: Work) -> str:
    """Return all that the work decides: mentions, their ends, merges, rows and the position; posts are not in it."""
    position = work.position
    said = {
        "to": None if position is None else [position.stream, position.partition, position.offset],
        "mentions": [mention_to_json(mention) for mention in work.mentions],
        "lapsed": list(work.lapsed),
        "revived": list(work.revived),
        "merges": [asdict(merge) for merge in work.found.merges],
        "proposals": [asdict(proposal) for proposal in work.found.proposals],
        "rows": [group_to_json(row) for row in work.groups],
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def work_of(text: str) -> Work:
    """Return the work that `step_text` wrote."""
    said = json.loads(text)
    merges = tuple(GroupMerge(**each) for each in said["merges"])
    proposals = tuple(MergeProposal(**each) for each in said["proposals"])
    return Work(
        (),
        [mention_from_json(each) for each in said["mentions"]],
        [group_from_json(each) for each in said["rows"]],
        None if said["to"] is None else Position(*said["to"]),
        lapsed=[_key(each) for each in said["lapsed"]],
        revived=[(_key(key), order) for key, order in said["revived"]],
        found=Found(merges, proposals),
    )


def _key(parts: list[str]) -> tuple[str, str, str, str, str]:
    unit, post, rule, version, rule_version = parts
    return (unit, post, rule, version, rule_version)
