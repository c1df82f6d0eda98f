"""Groups: what the machine holds to be one matter, as one row of the desk's list."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from .post import Millis


class Tier(StrEnum):
    """The three tiers, never mixed (DESIGN §2)."""

    STORED = "stored"
    TODO = "to-do"
    PUSH = "push"


class TodoReason(StrEnum):
    """Why a group is a row in the queue."""

    OURS = "ours"
    UNCLEAR = "unclear"
    GRAVE = "grave"
    ADDRESSED = "addressed"
    NO_CLASSIFIER = "no_classifier"


@dataclass(frozen=True, slots=True)
class GroupRow:
    """
    The machine's fields of a group: derived from its mentions, written by the worker only.

    `incident` is the id that the matter will have if it is opened, fixed at the first mention. `posts` counts posts
    that are no reposts, `posters` different people among them (a post without tokens counts as a person of its own),
    `recent_posts` and `recent_posters` those of the last 14 days before `last_at`. `lead` is the post that names the
    matter. `model_about` is True, False or None as the posts' opinions say together: True if any says so.
    """

    unit: str
    id: str
    incident: str
    lead: str
    posts: int
    reposts: int
    posters: int
    recent_posts: int
    recent_posters: int
    sources: int
    needs: int
    first_at: Millis
    last_at: Millis
    collected_at: Millis
    line: str | None = None
    place: str | None = None
    about: bool | None = None
    grave: bool = False
    addressed: bool = False
    todo: TodoReason | None = None
    latest_order: int = 0


def group_id(unit: str, post: str) -> str:
    """Return the id of the group that begins with the unit's mention of this post; the first mention names it."""
    return hashlib.sha256(f"group\n{unit}\n{post}".encode()).hexdigest()[:24]


def incident_id(unit: str, group: str) -> str:
    """Return the id of the incident that this group becomes if it is opened: known from the first mention on."""
    return hashlib.sha256(f"incident\n{unit}\n{group}".encode()).hexdigest()[:24]
