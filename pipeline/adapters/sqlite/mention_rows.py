"""Mentions and opinions as columns and JSON, and back."""

import json
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from pipeline.domain.mention import HEADS, Answer, Hit, Mention, Opinion

KEY = ("unit", "post", "rule", "version", "rule_version")
COLUMNS = (
    *KEY,
    "fold_order",
    "collected_at",
    "occurred_at",
    "in_group",
    "repost_of",
    "needs_help",
    "is_lapsed",
    "hits",
    "body",
)
SELECTED = ", ".join(f"m.{column}" for column in COLUMNS)
"""The columns as selected from `mentions AS m`."""
_IN_COLUMNS = {*KEY, "order", "collected_at", "occurred_at", "group", "repost_of", "lapsed", "hits", "opinion"}
_IN_BODY = tuple(field.name for field in fields(Mention) if field.name not in _IN_COLUMNS)


def columns_of(mention: Mention) -> tuple[str | int | None, ...]:
    """Return a mention's columns in the order of COLUMNS."""
    body = {name: getattr(mention, name) for name in _IN_BODY}
    body["opinion"] = opinion_to_list(mention.opinion)
    return (
        mention.unit,
        mention.post,
        mention.rule,
        mention.version,
        mention.rule_version,
        mention.order,
        mention.collected_at,
        mention.occurred_at,
        mention.group,
        mention.repost_of,
        mention.opinion.need.label is True,
        mention.lapsed,
        json.dumps([[h.field, h.term, h.start, h.end] for h in mention.hits], ensure_ascii=False),
        json.dumps(body, ensure_ascii=False, separators=(",", ":")),
    )


def mention_of(row: Sequence[object]) -> Mention:
    """Return the mention that a row in the order of COLUMNS holds."""
    unit, post, rule, version, rule_version, order, collected, occurred, group, repost_of, _, lapsed, hits, body = row
    rest = json.loads(str(body))
    rest["opinion"] = opinion_from_list(rest["opinion"])
    values: dict[str, Any] = {
        "unit": unit,
        "post": post,
        "rule": rule,
        "version": version,
        "rule_version": rule_version,
        "order": order,
        "collected_at": collected,
        "occurred_at": occurred,
        "group": group,
        "repost_of": repost_of,
        "lapsed": bool(lapsed),
        "hits": tuple(Hit(*hit) for hit in json.loads(str(hits))),
    }
    return Mention(**values, **rest)


def opinion_to_list(opinion: Opinion) -> list[Any]:
    """Return the model, then label and confidence of each head in the order of HEADS."""
    answers: list[Answer] = [getattr(opinion, head) for head in HEADS]
    return [opinion.model, *([answer.label, answer.confidence] for answer in answers)]


def opinion_from_list(values: list[Any]) -> Opinion:
    """Return the opinion that `opinion_to_list` wrote; a head that is not there abstains."""
    model, *answers = values
    return Opinion(model, **{head: Answer(*answer) for head, answer in zip(HEADS, answers, strict=False)})
