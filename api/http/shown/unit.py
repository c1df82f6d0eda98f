"""What else the API shows of a unit: pleas for help, found posts, counts, sources, settings, proposed merges."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .count import Count, Coverage
from .post import MemberShown, PostShown
from .row import GroupShown


@dataclass(frozen=True, slots=True)
class GroupsShown:
    """A page of groups, newest first; `cursor` null: nothing follows."""

    groups: Sequence[GroupShown]
    cursor: str | None
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class GroupDossierShown:
    """
    A group with its posts, newest first. `owned_by` is the incident that it belongs to; a free one may be asked for
    `moves`.

    `seen` and `members` go back with a command, so that the log says what was on the screen.
    """

    group: GroupShown
    owned_by: str | None
    moves: Sequence[str]
    seen: Mapping[str, object]
    members: Sequence[str]
    posts: Sequence[MemberShown]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class NeedShown:
    """A plea for help: the masked post, the place to the township, what people did. Never coloured as a risk."""

    post: PostShown
    place: str | None
    line: str | None
    group: str | None
    contact_due_at: str | None
    is_late: bool
    contacted_at: str | None
    contacts: int
    outcome: str
    ended_at: str | None
    moves: Sequence[str]


@dataclass(frozen=True, slots=True)
class NeedsShown:
    """Pleas for help, nobody contacted first. `open` counts those without an outcome."""

    needs: Sequence[NeedShown]
    open: Count
    late: Count
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class FoundShown:
    """
    Posts that contain a term, newest first. `total` counts all of the time asked for.

    What the reader's roles may not read is neither shown nor counted.
    """

    term: str
    posts: Sequence[PostShown]
    total: Count
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class DayShown:
    """How many posts mentioned the unit on a day, by the clock of China."""

    day: str
    posts: Count


@dataclass(frozen=True, slots=True)
class OverviewShown:
    """How the unit stands now. Every count goes with the coverage; a zero with dead sources is unknown."""

    at: str
    pushes: Count
    todos: Count
    needs: Count
    late_needs: Count
    open_by_state: Mapping[str, Count]
    open_by_level: Mapping[str, Count]
    overdue: Count
    days: Sequence[DayShown]
    coverage: Coverage


@dataclass(frozen=True, slots=True)
class SourceShown:
    """
    One source. `is_alive` null: it is not enabled; else `why` says why it is not alive, and `since` since when.

    `last_good_at` null: it was never seen. `is_unusual`: the last round found other than `least` to `most`.
    """

    id: str
    name: str
    publisher: str
    kind: str
    host: str
    reason: str
    every_minutes: int
    is_alive: bool | None
    why: str
    since: str | None
    last_good_at: str | None
    last_new_at: str | None
    found: int
    least: int
    most: int
    is_unusual: bool


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part of the service, and how it fares: "well", "degraded" or "problem"."""

    name: str
    state: str
    says: str


@dataclass(frozen=True, slots=True)
class SourcesShown:
    """How well the service sees: the coverage, every source, and what is said of each part."""

    coverage: Coverage
    sources: Sequence[SourceShown]
    parts: Sequence[PartShown]
    classifier: str


@dataclass(frozen=True, slots=True)
class SettingShown:
    """One setting as it holds, who set it, when and why."""

    revision: int
    at: str
    author: str
    reason: str
    value: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """What the unit has set. What is not here holds as shipped; addresses of recipients are left out."""

    unit: str
    settings: Mapping[str, SettingShown]


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """Two incidents that the machine holds to be one matter; similarity in 1/10,000."""

    one: str
    other: str
    post: str
    similarity: int


@dataclass(frozen=True, slots=True)
class ProposalsShown:
    """Merges that the machine proposes and nobody has answered: `merge` or `decline_merge` answers one."""

    proposals: Sequence[ProposalShown]
