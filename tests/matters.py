"""Readable matters for tests of the decider: rows, facts, commands, and a desk that keeps the log."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.domain.command import Command, Note
from pipeline.domain.decide import decide
from pipeline.domain.event import GENESIS, Batch
from pipeline.domain.facts import AddressedPost, Due, Facts, GroupFacts, no_deadline
from pipeline.domain.group import GroupRow, TodoReason, incident_id
from pipeline.domain.incident import Incident
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState, empty, evolve_batch

UNIT = "yunxi-mz"
NOON: Millis = 1_790_000_000_000
MINUTE: Millis = 60_000
HOUR: Millis = 3_600_000
DAY: Millis = 24 * HOUR
DUTY = "account:duty-1"
LEADER = "account:leader-1"
EVERY_ROLE = frozenset({"monitor", "duty", "reviewer", "leader", "liaison", "admin"})


def a_row(
    group: str = "g1", *, posts: int = 1, posters: int | None = None, at: Millis = NOON, **changes: object
) -> GroupRow:
    """Return a group of so many posts, each by a person of its own unless told otherwise, all recent."""
    people = posts if posters is None else posters
    row = GroupRow(
        unit=UNIT,
        id=group,
        incident=incident_id(UNIT, group),
        lead=f"{group}-p1",
        posts=posts,
        reposts=0,
        posters=people,
        recent_posts=posts,
        recent_posters=people,
        sources=1,
        needs=0,
        first_at=at,
        last_at=at,
        collected_at=at,
        about=True,
        todo=TodoReason.OURS,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # the fields of GroupRow, as tests name them


def a_note(name: str = "m1") -> Note:
    """Return what a person typed, as commands carry it."""
    return Note(memo=name, commitment="c" * 64)


@dataclass
class Desk:
    """A unit's desk: it decides, keeps every batch, and knows the groups as they stand."""

    state: UnitState = field(default_factory=lambda: empty(UNIT))
    log: list[Batch] = field(default_factory=list)
    rows: dict[str, GroupRow] = field(default_factory=dict)
    addressed: dict[str, tuple[AddressedPost, ...]] = field(default_factory=dict)
    roles: frozenset[str] = EVERY_ROLE
    due: Due = no_deadline
    now: Millis = NOON

    def has(self, *rows: GroupRow) -> "Desk":
        """The groups stand as these rows say."""
        self.rows |= {row.id: row for row in rows}
        return self

    def facts(self) -> Facts:
        """Return what the decider may know now."""
        groups = {
            row.id: GroupFacts(
                row,
                members=tuple(f"{row.id}-p{number + 1}" for number in range(row.posts)),
                addressed=self.addressed.get(row.id, ()),
            )
            for row in self.rows.values()
        }
        return Facts(groups=groups, roles=self.roles, due=self.due)

    def does(self, command: Command) -> Batch:
        """The command is decided and its batch stands in the log."""
        decision = decide(self.state, command, self.now, self.facts())
        previous = self.log[-1].hash if self.log else GENESIS
        batch = Batch(
            UNIT,
            self.state.seq + 1,
            previous,
            command.command_id,
            decision.events,
            decision.notices,
            decision.memos,
        )
        self.state = evolve_batch(self.state, batch)
        self.log.append(batch)
        return batch

    def do_all(self, commands: Iterable[Command]) -> None:
        """The commands are decided one after the other."""
        for command in commands:
            self.does(command)

    def incident(self, group: str = "g1") -> Incident:
        """Return the incident that owns the group, as one."""
        incident = self.state.incident_of(group)
        assert incident is not None, f"nothing owns group {group}"
        return incident
