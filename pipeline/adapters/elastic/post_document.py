"""
A stored post as one document: every version, when it spoke first, and for which units it counts.

The document's id is the post's. The newest version stands in `body` and in the words that search reads; what is
erased has no words, and only ids, kinds and times in `body` and `older`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pipeline.domain.local_day import day_of
from pipeline.domain.post import Millis, Post
from pipeline.domain.wire import post_from_json, post_to_json

from .spaced import spaced
from .wire import Json

Reach: TypeAlias = Mapping[str, tuple[int, str]]
"""Unit → the day and the service line for which the post counts there: those of its first mention."""

_BETWEEN = "␟"
_ARRIVALS_PER_STEP = 20


@dataclass(frozen=True, slots=True)
class Stored:
    """
    A post as it is kept: its newest version, those before it, and what never changes with them.

    `second` and `day` are of the version that came first; `arrival` orders posts of one second, later ones higher.
    """

    newest: Post
    second: int
    day: int
    arrival: int
    older: tuple[Post, ...] = ()
    reach: Reach = field(default_factory=dict)
    gone_at: Millis | None = None
    is_erased: bool = False


def arrival(offset: int, number: int) -> int:
    """Return the arrival of the post that is the number-th of the step which moves the position to the offset."""
    return (offset << _ARRIVALS_PER_STEP) + number


def as_arrived(post: Post, arrival: int) -> Stored:
    """Return a post that nobody has seen before, mentioned by no unit yet."""
    return Stored(post, max(0, post.occurred_at // 1_000), day_of(post.occurred_at), arrival)


def post_document(stored: Stored) -> Json:
    """Return the document; tokens are left out, they live and die elsewhere."""
    newest = stored.newest
    source: dict[str, Any] = {
        "id": newest.id,
        "version": newest.version,
        "source": newest.source,
        "occurred_at": newest.occurred_at,
        "second": stored.second,
        "arrival": stored.arrival,
        "collected_at": newest.collected_at,
        "day": stored.day,
        "units": sorted(stored.reach),
        "reach": sorted(map(reach_key, stored.reach, stored.reach.values())),
        "is_erased": stored.is_erased,
        "body": post_to_json(newest),
        "older": [post_to_json(post) for post in stored.older],
    }
    if stored.gone_at is not None:
        source["gone_at"] = stored.gone_at
    if not stored.is_erased:
        source["title_words"] = spaced(newest.title)
        source["text_words"] = spaced(newest.text)
    return source


def stored_post(source: Json) -> Stored:
    """Return the post that `post_document` wrote."""
    reached = map(reach_of, source.get("reach", ()))
    return Stored(
        post_from_json(source["body"]),
        source["second"],
        source["day"],
        source["arrival"],
        tuple(map(post_from_json, source.get("older", ()))),
        {unit: (day, line) for unit, day, line in reached},
        source.get("gone_at"),
        source["is_erased"],
    )


def reach_key(unit: str, counted: tuple[int, str]) -> str:
    """Return the keyword under which a unit's posts of a day and a line are counted."""
    return _BETWEEN.join((unit, str(counted[0]), counted[1]))


def reach_of(key: str) -> tuple[str, int, str]:
    """Return unit, day and line of such a keyword."""
    unit, day, line = key.split(_BETWEEN, 2)
    return unit, int(day), line


def what_is_left(post: Post) -> Post:
    """Return what an erased post still says: ids, kinds and times."""
    return Post(
        id=post.id,
        version=post.version,
        heads=(),
        source=post.source,
        text="",
        title="",
        collected_at=post.collected_at,
        salt="",
        origin=post.origin,
        visibility=post.visibility,
        kind=post.kind,
        published_at=post.published_at,
        due_at=post.due_at,
    )
