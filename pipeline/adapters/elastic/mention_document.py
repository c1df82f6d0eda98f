"""
A mention as one document, and an opinion as another: created once under a hash of their keys.

A mention is in one index whatever its age: its key says nothing of its month, and it must be created exactly once. It
goes with its post.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from pipeline.domain.mention import Mention, Opinion
from pipeline.domain.wire import mention_from_json, mention_to_json, opinion_from_json, opinion_to_json

from .client import Change, Doc, Elastic
from .wire import Json

MENTIONS = "mentions"
OPINIONS = "opinions"
IN_ORDER: tuple[Mapping[str, str], ...] = tuple(
    {name: "asc"} for name in ("order", "number", "rule", "version", "post")
)
"""The order of the fold; mentions of one post stand as they were decided."""

MentionKey: TypeAlias = tuple[str, str, str, str, str]


def mention_doc_id(key: MentionKey) -> str:
    """Return the id of a mention's document."""
    return _hash(key)


def mention_document(mention: Mention, number: int) -> Json:
    """Return the mention's document; `number` is its place among those that were decided with it."""
    source: dict[str, Any] = {
        "unit": mention.unit,
        "post": mention.post,
        "version": mention.version,
        "rule": mention.rule,
        "order": mention.order,
        "number": number,
        "collected_at": mention.collected_at,
        "occurred_at": mention.occurred_at,
        "needs_help": mention.opinion.need.label is True,
        "lapsed": mention.lapsed,
        "body": mention_to_json(mention),
    }
    if mention.group is not None:
        source["group"] = mention.group
    return source


def stored_mention(source: Json) -> Mention:
    """Return the mention that `mention_document` wrote."""
    return mention_from_json(source["body"])


def mention_change(seen: Doc, mention: Mention) -> Change:
    """Return the write that makes of the mention that was seen this one."""
    return Change("index", MENTIONS, seen.id, mention_document(mention, seen.source["number"]), seen)


def opinion_change(version: str, opinion: Opinion) -> Change:
    """Return the write that keeps what a model says of a text, unless it has said something before."""
    source = {"version": version, "model": opinion.model, "body": opinion_to_json(opinion)}
    return Change("create", OPINIONS, _opinion_id(version, opinion.model), source)


def opinions_on(elastic: Elastic, text_hashes: Iterable[str], model: str) -> Mapping[str, Opinion]:
    """Return what the model has already said of the texts."""
    found = elastic.mget((OPINIONS, _opinion_id(version, model)) for version in text_hashes)
    return {doc.source["version"]: opinion_from_json(doc.source["body"]) for doc in found.values()}


def _opinion_id(version: str, model: str) -> str:
    return _hash((version, model))


def _hash(parts: tuple[str, ...]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()[:40]
