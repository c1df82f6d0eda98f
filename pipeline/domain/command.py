"""
What people, alert rules and clocks may ask for, as typed values. The decider answers with events or refuses.

Every command carries an id (an Idempotency-Key, or made from content) and its actor: "account:ID", "office:ID",
"rule:ID@VERSION" or "clock:NAME", never a name. What a person typed is a memo beside the log; a command carries its
`Note` only.
"""

from dataclasses import dataclass
from typing import ClassVar

from .closed_week import ClosedWeek
from .level import Level
from .seen import Seen


@dataclass(frozen=True, slots=True)
class Note:
    """A memo that a person typed or attached: its id, and the salted commitment that the event may hold."""

    memo: str
    commitment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """Anything that may be asked for. `note` is what the person typed with it, `attached` the memos of his files."""

    name: ClassVar[str] = ""
    command_id: str
    actor: str
    note: Note | None = None
    attached: tuple[str, ...] = ()

    @property
    def by_person(self) -> bool:
        """Whether a person with an account asks, not an alert rule, a clock or an office."""
        return self.actor.startswith("account:")

    @property
    def by_somebody(self) -> bool:
        """Whether a person asks, with an account or for a handling office."""
        return self.actor.startswith(("account:", "office:"))


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentCommand(Command):
    """A command to one incident. `expected_revision` is what the person had on his screen; machines give None."""

    incident: str
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCommand(Command):
    """
    A command to one group. `seen` is what the person's screen showed of it, `members` which posts.

    Where they are not given, what the facts say at the time of the decision counts as seen.
    """

    group: str
    seen: Seen | None = None
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(GroupCommand):
    """The group becomes an incident. `level` None means what the reason asks for; people open at Ⅳ."""

    name: ClassVar[str] = "open"
    reason: str = "by_hand"
    level: Level | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSetAside(GroupCommand):
    """The group leaves the queue: `how` is "irrelevant" 无关信息 or "filed" 存查."""

    name: ClassVar[str] = "group_set_aside"
    how: str = "irrelevant"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupJoined(GroupCommand):
    """The group belongs to an opened incident from now on."""

    name: ClassVar[str] = "group_joined"
    incident: str
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRestored(GroupCommand):
    """The group is free again, as if it had not been set aside or joined."""

    name: ClassVar[str] = "group_restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge(IncidentCommand):
    """签收: the person (or `owner`) owns the incident from now on."""

    name: ClassVar[str] = "acknowledge"
    owner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLevel(IncidentCommand):
    """A person changes the level, with a reason."""

    name: ClassVar[str] = "set_level"
    level: Level


@dataclass(frozen=True, slots=True, kw_only=True)
class Raise(IncidentCommand):
    """An alert rule raises the level, for a reason: "grave", "growth" or "spread"."""

    name: ClassVar[str] = "raise_level"
    level: Level
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddAnswerLines(IncidentCommand):
    """Each message of the group that is addressed to the unit and has no answer line yet gets one."""

    name: ClassVar[str] = "add_lines"
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(IncidentCommand):
    """The incident is worked again: by a person, or by a rule for a `reason` that is new since it was closed."""

    name: ClassVar[str] = "reopen"
    reason: str = "by_hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSplit(GroupCommand):
    """The named posts leave the group and become a group of their own."""

    name: ClassVar[str] = "group_split"
    posts: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedContacted(Command):
    """Somebody has contacted the person who asked for help; the need is keyed (unit, post)."""

    name: ClassVar[str] = "need_contacted"
    post: str
    how: str = "phone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedOutcome(Command):
    """What became of a plea for help: helped, already_covered, not_found, referred, no_need."""

    name: ClassVar[str] = "need_outcome"
    post: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekClosed(Command):
    """The digest's cut, as it was found: `cut.seq` and `cut.at` are the batch's own, and are not looked at."""

    name: ClassVar[str] = "week_closed"
    cut: ClosedWeek


@dataclass(frozen=True, slots=True, kw_only=True)
class RollUp(Command):
    """Several sends to one account go out as one message over the channel. `why` is "budget" or "gap"."""

    name: ClassVar[str] = "roll_up"
    account: str
    channel: str
    why: str
    level: Level
    sends: tuple[str, ...]
