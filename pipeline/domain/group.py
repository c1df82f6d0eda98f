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
    that are no reposts; `recent_posts` those of the 14 days up to `last_at`, `recent_posters` the different people
    among them as the newest member recorded it, `posters` the most that any member recorded (a post without tokens
    counts as a person of its own). `lead` is the post that names the matter. `about` is what the posts' opinions say
    together: True if any says so, else None if any abstains.

    What may raise (MECHANICS §7): `silent_posts` are those of `posts` that raise nothing, because they were backfilled
    or came more than 72 h after their own time; `recent_*`, `grave_posts` and `addressed_posts` leave them out.
    `grave_level` is the level that the grave rules which hit ask for: 2, or 1 for a death, abuse, a child at risk.
    `grave_at` and `addressed_at` are the own times of the newest such post, `latest_addressed` the id of the addressed
    one that came last: if it has no answer line, one is missing. `linked` is the group of a closed incident that this
    one continues. `lapsed_posts` are those of all its posts that no rule meets any more since an edit. `conduct`:
    one of its posts complains about staff conduct, so a leader decides before others see it (workflow/visibility.py).
    `imported`: one of the addressed ones came from another system's list, and opens however old it is.
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
    silent_posts: int = 0
    grave_posts: int = 0
    grave_level: int = 2
    grave_at: Millis | None = None
    addressed_posts: int = 0
    addressed_at: Millis | None = None
    latest_addressed: str | None = None
    linked: str | None = None
    lapsed_posts: int = 0
    conduct: bool = False
    imported: bool = False

    @property
    def is_unmatched(self) -> bool:
        """Whether no post of the group matches any more, since all were edited: a person says what becomes of it."""
        return self.lapsed_posts == self.posts + self.reposts


def group_id(unit: str, post: str) -> str:
    """Return the id of the group that begins with the unit's mention of this post; the first mention names it."""
    return hashlib.sha256(f"group\n{unit}\n{post}".encode()).hexdigest()[:24]


def incident_id(unit: str, group: str) -> str:
    """Return the id of the incident that this group becomes if it is opened: known from the first mention on."""
    return hashlib.sha256(f"incident\n{unit}\n{group}".encode()).hexdigest()[:24]
