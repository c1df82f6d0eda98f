"""
What somebody had before his eyes when he decided about a group: counts and reasons (MECHANICS §3, last paragraph).

An alert rule speaks again only for a reason that is not among them, or when its measure has doubled since.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .event import Value
from .event_data import number, texts
from .group import GroupRow


@dataclass(frozen=True, slots=True)
class Seen:
    """
    Counts of a group at one moment, and the reasons that stood then.

    `posts` counts only posts that may raise something (no reposts, no backfill, nothing late).
    """

    posts: int = 0
    posters: int = 0
    sources: int = 0
    grave_posts: int = 0
    addressed_posts: int = 0
    grave_level: int = 0
    reasons: tuple[str, ...] = ()


NOTHING = Seen()
REASONS = ("addressed", "grave", "new_matter")
"""The reasons that can stand for a group (`alert_rule.standing_reasons`)."""
MOST = 999_999
"""No group has more of anything; a longer number is something else, such as a phone's."""


def seen_of(row: GroupRow, reasons: Iterable[str]) -> Seen:
    """Return what a person who looks at the row now has seen of it."""
    return Seen(
        posts=max(0, row.posts - row.silent_posts),
        posters=row.posters,
        sources=max(0, row.sources - row.silent_posts),
        grave_posts=row.grave_posts,
        addressed_posts=row.addressed_posts,
        grave_level=row.grave_level if row.grave_posts else 0,
        reasons=tuple(sorted(set(reasons))),
    )


def data_of_seen(seen: Seen) -> dict[str, Value]:
    """Return the form in which events hold it."""
    return {
        "posts": seen.posts,
        "posters": seen.posters,
        "sources": seen.sources,
        "grave_posts": seen.grave_posts,
        "addressed_posts": seen.addressed_posts,
        "grave_level": seen.grave_level,
        "reasons": list(seen.reasons),
    }


def seen_from(data: Mapping[str, Value]) -> Seen:
    """Return what the event's data hold; raise MalformedEvent where they hold no such thing."""
    return Seen(
        posts=number(data, "posts"),
        posters=number(data, "posters"),
        sources=number(data, "sources"),
        grave_posts=number(data, "grave_posts"),
        addressed_posts=number(data, "addressed_posts"),
        grave_level=number(data, "grave_level"),
        reasons=texts(data, "reasons"),
    )
