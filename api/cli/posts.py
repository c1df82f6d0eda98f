"""Rows of a file as posts, as they would be stored: through intake, with keys that live as long as the verb."""

import hashlib
import hmac
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from api.bundled import bundled_rules
from pipeline.domain.errors import BadInput
from pipeline.domain.intake import IntakeKeys, intake
from pipeline.domain.post import Millis, Post, RawPost, Token
from pipeline.domain.row import raw_post_from_row, row_of_post, strange_keys
from pipeline.domain.watch_rule import WatchRule, parse_rules

from .lines import Lines


@dataclass(frozen=True, slots=True)
class Row:
    """One good line: its number, the row as given, and the post as it would be stored."""

    number: int
    given: Mapping[str, Any]
    post: Post

    @property
    def id(self) -> str:
        """The id as it is printed: the given one, else the post's."""
        return self.post.given_id or self.post.id

    def printed(self) -> dict[str, object]:
        """Return the row as verbs print posts: masked."""
        return row_of_post(self.post)


@dataclass(slots=True)
class StrangeKeys:
    """The reader of a file is told of each key that is none of a post, once; the rows are read all the same."""

    lines: Lines
    told: set[str] = field(default_factory=set)

    def tell_of(self, number: int, row: Mapping[str, Any]) -> None:
        """What is strange of the row and was not told before is on stderr, with the line's number."""
        for key, sentence in strange_keys(row).items():
            if key not in self.told:
                self.told.add(key)
                print(f"{self.lines.name}:{number}: {sentence} [INP-105]", file=self.lines.complaints)


def posts_of(lines: Lines, now: Millis) -> Iterator[Row]:
    """Yield the good rows of a file in order; a row that is no post is a bad line."""
    secret = os.urandom(32)
    keys = IntakeKeys(salt="", address_key=secret, seal=lambda _address: "")
    strange = StrangeKeys(lines)
    for number, given in lines.rows():
        strange.tell_of(number, given)
        try:
            raw = raw_post_from_row(given)
            if raw.collected_at is None:
                raw = replace(raw, collected_at=raw.published_at or now)
            yield Row(number, given, replace(intake(raw, keys, now), tokens=_tokens(raw, secret)))
        except BadInput as refusal:
            lines.read -= 1
            lines.refuse(number, refusal)


def _tokens(raw: RawPost, secret: bytes) -> tuple[Token, ...]:
    """Return a token that lives as long as this verb, so that people can be counted and nothing is kept."""
    if not raw.poster:
        return ()
    digest = hmac.new(secret, f"{raw.source}\x1f{raw.poster}".encode(), hashlib.sha256).digest()
    return (Token("verb", int.from_bytes(digest[:8], "big")),)


def rules_of(path: str | None) -> tuple[WatchRule, ...]:
    """Return the rules of a file, or the bundled civil affairs rules."""
    if path is None:
        return bundled_rules()
    try:
        return parse_rules(Path(path).read_text(encoding="utf-8"), path)
    except (OSError, UnicodeDecodeError) as cause:
        raise BadInput(f"{path}: cannot be read as rules ({cause}); name a TOML file", code="CFG-301") from cause
