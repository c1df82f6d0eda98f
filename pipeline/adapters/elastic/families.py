"""
The kinds of documents: what each index family holds and how its fields are read. Strict: an unknown field is refused.

`body` is canonical JSON text that is kept and never searched; everything that a search asks for is a field of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WORD: Mapping[str, Any] = {"type": "keyword"}
NUMBER: Mapping[str, Any] = {"type": "long"}
KEPT_NUMBER: Mapping[str, Any] = {"type": "long", "index": False, "doc_values": False}
YES_NO: Mapping[str, Any] = {"type": "boolean"}
BODY: Mapping[str, Any] = {"type": "keyword", "index": False, "doc_values": False}
"""Kept in the source alone; no length is too long for it."""
SPACED: Mapping[str, Any] = {"type": "text", "analyzer": "whitespace", "norms": False}
"""Text that the client has spaced, one character one token; not kept in the source (infra.md §2.4)."""


@dataclass(frozen=True, slots=True)
class Family:
    """
    Indices of one kind: one index, or with `in_parts` one per part, made when its first document comes.

    What is in parts or is large has as many shards as the installation was told, the rest one.
    """

    name: str
    fields: Mapping[str, Mapping[str, Any]]
    in_parts: bool = False
    is_large: bool = False
    unkept: tuple[str, ...] = ()
    in_snapshots: bool = True


FAMILIES: tuple[Family, ...] = (
    Family(
        "posts",
        {
            "id": WORD,
            "version": WORD,
            "source": WORD,
            "occurred_at": NUMBER,
            "second": NUMBER,
            "arrival": NUMBER,
            "collected_at": NUMBER,
            "day": NUMBER,
            "units": WORD,
            "reach": WORD,
            "title_words": SPACED,
            "text_words": SPACED,
            "gone_at": NUMBER,
            "is_erased": YES_NO,
            "body": BODY,
            "older": BODY,
        },
        in_parts=True,
        unkept=("title_words", "text_words"),
    ),
    Family(
        "heads",
        {
            "id": WORD,
            "first_at": NUMBER,
            "newest": WORD,
            "units": WORD,
            "part": WORD,
            "left": WORD,
        },
        is_large=True,
    ),
    Family(
        "mentions",
        {
            "unit": WORD,
            "post": WORD,
            "version": WORD,
            "rule": WORD,
            "group": WORD,
            "order": NUMBER,
            "number": NUMBER,
            "collected_at": NUMBER,
            "occurred_at": NUMBER,
            "needs_help": YES_NO,
            "lapsed": YES_NO,
            "body": BODY,
        },
        is_large=True,
    ),
    Family("opinions", {"version": WORD, "model": WORD, "body": BODY}, is_large=True),
    Family(
        "groups",
        {
            "unit": WORD,
            "group": WORD,
            "last_at": NUMBER,
            "is_todo": YES_NO,
            "is_listed": YES_NO,
            "change": NUMBER,
            "row": BODY,
            "mark": BODY,
        },
    ),
    Family(
        "merges",
        {
            "unit": WORD,
            "kind": WORD,
            "absorbed": WORD,
            "into": WORD,
            "order": NUMBER,
            "number": NUMBER,
            "state": WORD,
            "voided_by": NUMBER,
            "body": BODY,
        },
    ),
    Family(
        "positions",
        {
            "stream": WORD,
            "partition": NUMBER,
            "offset": NUMBER,
            "term": NUMBER,
            "taker": WORD,
            "stamp": WORD,
            "step": BODY,
            "streams": BODY,
            "stamps": BODY,
        },
    ),
    Family("sequences", {"name": WORD, "next": NUMBER, "pending": BODY, "stamps": BODY}),
    Family("rollups", {"part": WORD, "unit": WORD, "day": NUMBER, "line": WORD, "posts": NUMBER}),
    Family("erasures", {"at": NUMBER, "is_proven": YES_NO}),
    Family("log", {"unit": WORD, "seq": NUMBER, "at": NUMBER, "hash": BODY, "stamp": BODY, "body": BODY}),
    Family("memos", {"unit": WORD, "memo": WORD, "stamp": WORD, "is_erased": YES_NO, "at": NUMBER, "body": BODY}),
    Family("units", {"unit": WORD, "kind": WORD, "seq": NUMBER, "voids": NUMBER, "body": BODY}),
    Family(
        "incidents",
        {
            "unit": WORD,
            "incident": WORD,
            "is_open": YES_NO,
            "opened_at": NUMBER,
            "seq": NUMBER,
            "timeline": KEPT_NUMBER,
            "body": BODY,
            "before": BODY,
        },
    ),
    Family("commands", {"unit": WORD, "seq": NUMBER}),
    Family(
        "records",
        {
            "kind": WORD,
            "unit": WORD,
            "key": WORD,
            "revision": KEPT_NUMBER,
            "change": NUMBER,
            "body": BODY,
            "stamps": BODY,
            "intents": BODY,
        },
    ),
    Family(
        "history",
        {"kind": WORD, "unit": WORD, "key": WORD, "revision": NUMBER, "change": NUMBER, "body": BODY, "stamps": BODY},
    ),
    Family("leases", {"holder": BODY, "fence": KEPT_NUMBER, "until": KEPT_NUMBER, "stamps": BODY}),
    Family(
        "sends",
        {
            "unit": WORD,
            "ordinal": NUMBER,
            "incident": WORD,
            "recipient": WORD,
            "channel": WORD,
            "state": WORD,
            "reason": WORD,
            "urgency": NUMBER,
            "noticed_at": NUMBER,
            "next_at": NUMBER,
            "tried_at": NUMBER,
            "quoted": WORD,
            "body": BODY,
            "made_by": BODY,
            "stamps": BODY,
            "intents": BODY,
        },
    ),
    Family("blobs", {"blob": WORD, "number": KEPT_NUMBER, "size": KEPT_NUMBER, "at": NUMBER, "data": BODY}),
    Family("tokens", {"value": KEPT_NUMBER}, in_parts=True, in_snapshots=False),
)
