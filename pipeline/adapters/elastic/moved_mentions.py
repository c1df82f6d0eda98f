"""Mentions that a person split off: they have their new group, so that no reload folds them back."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .client import Doc, Elastic
from .mention_document import IN_ORDER, MENTIONS, mention_change, stored_mention
from .rewrite import turns


def move_mentions(elastic: Elastic, unit: str, posts: Sequence[str], *, out_of: Iterable[str], into: str) -> None:
    """The unit's mentions of the posts that stand in one of the groups stand in the other from now on."""
    elastic.fresh(MENTIONS)
    terms = [{"term": {"unit": unit}}, {"terms": {"post": list(posts)}}, {"terms": {"group": sorted(set(out_of))}}]
    left = list(elastic.scan(MENTIONS, {"bool": {"filter": terms}}, IN_ORDER))
    for _ in turns(elastic, f"mentions of {unit}"):
        made = elastic.bulk([mention_change(doc, replace(stored_mention(doc.source), group=into)) for doc in left])
        changed = [doc for doc, was_made in zip(left, made, strict=True) if not was_made]
        left = _again(elastic, changed, set(out_of))
        if not left:
            return


def _again(elastic: Elastic, docs: Sequence[Doc], out_of: set[str]) -> list[Doc]:
    found = elastic.mget((doc.index, doc.id) for doc in docs)
    return [doc for doc in found.values() if doc.source.get("group") in out_of]
