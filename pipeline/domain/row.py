"""
A post as a row of JSON Lines, in and out: the contract that people script against (DESIGN §4).

Every problem of a row is named at once. Fields that are not of the contract (author, avatar, gold labels …) are left
where they are. What is printed is what is stored: masked, without tokens, salt or a sealed address.
"""

import difflib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import TypeVar

from .errors import BadInput
from .masking import mask
from .post import Kind, Millis, Origin, Post, RawPost, Visibility

_CHINA = timezone(timedelta(hours=8))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RECEIVED = frozenset({Origin.LETTER, Origin.HOTLINE, Origin.SUPERIOR, Origin.INTERNAL})
"""Origins of what only the unit received: internal, unless the row says otherwise (DESIGN §1.4)."""

KEYS = (
    "id",
    "url",
    "ref",
    "source",
    "origin",
    "visibility",
    "title",
    "text",
    "published_at",
    "collected_at",
    "due_at",
    "kind",
    "parent",
    "counts",
    "poster",
)
"""The keys of a post on the wire (DESIGN §4)."""
_BESIDE = re.compile(r"gold_\w+|mentions")
"""What `evaluate` wants beside a post, and what `match` puts there: no mistake where it stands."""
_WHO_WROTE = re.compile(
    r"(?i)(?:author|user|poster|owner|account|member|sender)?_?(?:name|nick|nickname|username|screen_?name|avatar|profile"
    r"|uid|ip|ip_?location)|author|user|\w*(?:作者|昵称|用户名|头像|属地|姓名|发帖人)\w*"
)
_LONGEST_KEY = 40

_Choice = TypeVar("_Choice", bound=StrEnum)


def raw_post_from_line(line: str | bytes) -> RawPost:
    """Return the raw post of one line of JSON; raise BadInput naming every problem of the line."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as cause:
        where = f" at character {cause.pos + 1}" if isinstance(cause, json.JSONDecodeError) else ""
        raise BadInput(f"this line is no JSON{where}; write one object per line, in UTF-8", code="INP-101") from None
    return raw_post_from_row(row)


def raw_post_from_row(row: object) -> RawPost:
    """Return the raw post of a row; raise BadInput naming every problem of the row, and none of its content."""
    if not isinstance(row, Mapping):
        raise BadInput("a row must be a JSON object with at least `source` and `text`", code="INP-102")
    reading = _Reading(row)
    raw = reading.raw_post()
    if reading.problems:
        raise BadInput("; ".join(reading.problems), code="INP-103")
    return raw


def strange_keys(row: Mapping[str, object]) -> Mapping[str, str]:
    """Return key → sentence for what is no key of a post and is therefore left out; nothing of the values is said."""
    strange = (str(key) for key in row if key not in KEYS and not _BESIDE.fullmatch(str(key)))
    return {key: _sentence_on(key) for key in strange}


def row_of_post(post: Post) -> dict[str, object]:
    """Return the post as verbs print it: its row, masked, with its id, without tokens, salt and sealed address."""
    row: dict[str, object] = {
        "id": post.given_id or post.id,
        "url": post.address,
        "ref": post.ref,
        "source": post.source,
        "origin": post.origin.value,
        "visibility": post.visibility.value,
        "title": post.title or None,
        "text": post.text,
        "published_at": _optional_iso(post.published_at),
        "collected_at": iso_of(post.collected_at),
        "due_at": _optional_iso(post.due_at),
        "kind": post.kind.value,
        "parent": post.thread,
        "counts": dict(post.counts) or None,
    }
    return {name: value for name, value in row.items() if value is not None}


def millis_of(text: str) -> Millis:
    """
    Return the moment that an ISO 8601 text names, in milliseconds UTC; raise ValueError where it names none.

    A text without an offset is China Standard Time: that is what exports of Chinese systems mean.
    """
    at = datetime.fromisoformat(text.strip())
    if at.tzinfo is None:
        at = at.replace(tzinfo=_CHINA)
    return (at - _EPOCH) // timedelta(milliseconds=1)


def iso_of(at: Millis) -> str:
    """Return the moment as ISO 8601 in UTC, to the second or to the millisecond as needed."""
    moment = _EPOCH + timedelta(milliseconds=at)
    return moment.isoformat(timespec="milliseconds" if at % 1000 else "seconds").replace("+00:00", "Z")


def _sentence_on(key: str) -> str:
    shown = mask(key[:_LONGEST_KEY])
    if _WHO_WROTE.fullmatch(key):
        return f"`{shown}` tells who wrote; it is dropped and stored nowhere. To count people, give an opaque `poster`"
    near = difflib.get_close_matches(key, KEYS, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(KEYS)}"
    return f"`{shown}` is no key of a post and is left out; {hint}"


def _optional_iso(at: Millis | None) -> str | None:
    return None if at is None else iso_of(at)


class _Reading:
    """One row while it is read: values that are right, and the problems of the others."""

    def __init__(self, row: Mapping[str, object]) -> None:
        self._row = row
        self.problems: list[str] = []

    def raw_post(self) -> RawPost:
        """Return the raw post as far as the row is right; `problems` then says what is not."""
        origin = self._choice("origin", Origin, Origin.MONITORED)
        received = Visibility.INTERNAL if origin in _RECEIVED else Visibility.PUBLIC
        title = self._text("title") or ""
        return RawPost(
            source=self._needed("source"),
            text=self._text("text") or "" if title else self._needed("text"),
            title=title,
            native_id=self._text("id"),
            address=self._text("url"),
            ref=self._text("ref"),
            origin=origin,
            visibility=self._choice("visibility", Visibility, received),
            kind=self._choice("kind", Kind, Kind.POST),
            published_at=self._moment("published_at"),
            collected_at=self._moment("collected_at"),
            due_at=self._moment("due_at"),
            parent=self._text("parent"),
            counts=self._counts(),
            poster=self._text("poster"),
        )

    def _needed(self, name: str) -> str:
        value = self._text(name)
        if value is None and self._row.get(name) in (None, ""):
            self.problems.append(f"`{name}` is missing")
        return value or ""

    def _text(self, name: str) -> str | None:
        value = self._row.get(name)
        if isinstance(value, int) and not isinstance(value, bool) and name in {"id", "ref", "parent", "poster"}:
            return str(value)
        if value is None or isinstance(value, str):
            return value or None
        self.problems.append(f"`{name}` must be a text, not {_kind_of(value)}")
        return None

    def _moment(self, name: str) -> Millis | None:
        text = self._text(name)
        if text is None:
            return None
        try:
            return millis_of(text)
        except (ValueError, OverflowError):
            self.problems.append(f"`{name}` must be a time as in 2026-11-02T08:30:00+08:00")
            return None

    def _choice(self, name: str, choices: type[_Choice], default: _Choice) -> _Choice:
        text = self._text(name)
        if text is None:
            return default
        try:
            return choices(text)
        except ValueError:
            self.problems.append(f"`{name}` must be one of {' '.join(choices)}")
            return default

    def _counts(self) -> Mapping[str, int]:
        value = self._row.get("counts")
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problems.append(f"`counts` must be an object of whole numbers, not {_kind_of(value)}")
            return {}
        good = {str(k): n for k, n in value.items() if isinstance(n, int) and not isinstance(n, bool)}
        if len(good) < len(value):
            self.problems.append("`counts` must hold whole numbers only")
        return good


def _kind_of(value: object) -> str:
    names = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return names.get(type(value), "another kind of value")
