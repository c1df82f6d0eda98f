"""Readable test data: a post, an opinion, a rule, a mention, with only what a test cares about spelled out."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from pipeline.domain.mention import NO_OPINION, Answer, Opinion
from pipeline.domain.post import Kind, Millis, Origin, Post, Token
from pipeline.domain.watch_rule import WatchRule

UNIT = "yunxi-mz"
MINUTE: Millis = 60_000
HOUR: Millis = 60 * MINUTE
DAY: Millis = 24 * HOUR
MONDAY: Millis = 1_795_400_000_000
"""A moment in November 2026 from which tests count."""


def a_post(number: int | str, text: str, *, at: Millis = MONDAY, **changes: Any) -> Post:
    """Return a post of the forum, collected five seconds after it was written."""
    post_id = hashlib.sha256(str(number).encode()).hexdigest()[:32]
    version = hashlib.sha256(f"{changes.get('title', '')}|{text}".encode()).hexdigest()[:16]
    values: dict[str, Any] = {
        "id": post_id,
        "version": version,
        "heads": (post_id,),
        "source": "forum",
        "text": text,
        "title": "",
        "collected_at": at + 5_000,
        "published_at": at,
        "salt": "00",
        "given_id": str(number),
        "origin": Origin.MONITORED,
        "kind": Kind.POST,
    }
    return Post(**(values | changes))


def written_by(person: str) -> tuple[Token, ...]:
    """Return the two tokens of a person, as two overlapping periods give them."""
    digest = hashlib.sha256(person.encode()).digest()
    return (
        Token("p000001", int.from_bytes(digest[:4], "big")),
        Token("p000002", int.from_bytes(digest[4:8], "big")),
    )


def an_opinion(**labels: str | bool | None) -> Opinion:
    """Return an opinion that is sure of the given heads and abstains on the others."""
    answers: Mapping[str, Answer] = {head: Answer(label, 9_000) for head, label in labels.items() if label is not None}
    return Opinion(model="test@1", **answers)


class FixedClassifier:
    """Answers by a table from a word in the text to an opinion; abstains on everything else. Counts its texts."""

    model = "test@1"

    def __init__(self, table: Mapping[str, Opinion] | None = None) -> None:
        self.table = table or {}
        self.asked: list[str] = []

    def opinions(self, texts: Sequence[tuple[str, str]]) -> Sequence[Opinion]:
        """Return the opinion of the first word that a text holds."""
        self.asked += [text for _, text in texts]
        return [
            next((said for word, said in self.table.items() if word in f"{title}{text}"), Opinion(model=self.model))
            for title, text in texts
        ]


class HeldClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: Millis = MONDAY) -> None:
        self.at = at

    def now(self) -> Millis:
        """Return the moment it shows."""
        return self.at


def a_rule(*terms: str, **changes: Any) -> WatchRule:
    """Return a rule of the unit that meets any of the terms."""
    values: dict[str, Any] = {"id": "care", "unit": UNIT, "service_line": "养老服务", "any": terms or ("养老院",)}
    return WatchRule(**(values | changes))


ABSTAINED = NO_OPINION
