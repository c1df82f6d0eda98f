"""What the decider may know besides the log, given as values: groups as they stand, deadlines, the actor's roles."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from .alert_policy import DEFAULT_POLICY, AlertPolicy
from .escalation import DEFAULT_REMINDERS, EscalationPolicy
from .event import Event, Notice
from .group import GroupRow
from .level import Level
from .post import Millis, Origin, Post
from .stated import Stated


class Deadline(Protocol):
    """A computed deadline: when, whether the working calendar of that time is still provisional, and on what basis."""

    @property
    def at(self) -> Millis:
        """When it is due."""

    @property
    def provisional(self) -> bool:
        """Whether the calendar of that time is not announced yet (暂定)."""

    @property
    def basis(self) -> str:
        """Id of the rule that sets it."""

    @property
    def warn_at(self) -> Millis | None:
        """When the duty staff is reminded of it; None means never."""


Due: TypeAlias = Callable[[str, Millis, Level, Origin, str | None], Deadline | None]
"""(kind, start_at, level, origin, service line) → the deadline, or None where no such clock applies."""

CLOCKS_FROM: Mapping[str, tuple[str, ...]] = {
    "published": ("reply",),
    "discovered": ("acknowledge", "verify"),
    "acknowledged": (),
    "assigned": ("assignment",),
    "emergency": ("statement", "press_conference"),
}
"""Which kinds of clock start at which moment, unless the unit's settings say otherwise; see deadline.clocks_from."""


def no_deadline(_kind: str, _start_at: Millis, _level: Level, _origin: Origin, _line: str | None) -> None:
    """No clock applies; the decider then gives each step its review time."""


@dataclass(frozen=True, slots=True)
class AddressedPost:
    """
    A message addressed to the unit: when it spoke, how it came, and the due time that it brought along.

    `whom` says from which superior it is (stated.SUPERIORS), "" where that is not said.
    `is_imported`: a person took it from another system's list; `answered_at` and `how` are that system's answer to it.
    """

    post: str
    at: Millis
    origin: Origin
    due_at: Millis | None = None
    whom: str = ""
    is_imported: bool = False
    answered_at: Millis | None = None
    how: str = ""

    def is_history(self, policy: AlertPolicy, now: Millis) -> bool:
        """Whether nobody is told of it: another system's list has it answered, or it came long after its own time."""
        return self.is_imported and (self.answered_at is not None or now - self.at > policy.raises_within)


def addressed_post(post: Post, at: Millis) -> AddressedPost:
    """Return what the decider must know of a message that spoke at the moment."""
    said = post.stated or Stated()
    return AddressedPost(
        post=post.id,
        at=at,
        origin=post.origin,
        due_at=post.due_at,
        whom=said.whom,
        is_imported=bool(said.imported),
        answered_at=said.answered_millis,
        how=said.how,
    )


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """
    A group as it stands now. `members` are ids of its posts, newest last; `addressed` all that were addressed.

    `discovered_at` is when its first post was collected, `found_at` when the first that the unit found by itself was.
    """

    row: GroupRow
    members: tuple[str, ...] = ()
    addressed: tuple[AddressedPost, ...] = ()
    discovered_at: Millis | None = None
    found_at: Millis | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """
    Everything that the decider may know besides the log.

    `groups` holds at least the groups that the command names and all groups of the incidents that it names; `roles`
    are those of the actor where it is a person; `clocks` says which kinds of clock start at which moment; `absorbed`
    are groups that are part of another by now, so that what is split off takes the id of none of them.
    """

    groups: Mapping[str, GroupFacts] = field(default_factory=dict)
    roles: frozenset[str] = frozenset()
    due: Due = no_deadline
    clocks: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: CLOCKS_FROM)
    policy: AlertPolicy = DEFAULT_POLICY
    reminders: EscalationPolicy = DEFAULT_REMINDERS
    absorbed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decision:
    """What one command causes: events, the notices they cause, and the memos they name. All go into one batch."""

    events: tuple[Event, ...]
    notices: tuple[Notice, ...] = ()
    memos: tuple[str, ...] = ()
