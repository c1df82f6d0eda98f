"""Readable matters for tests of the decider: rows, facts, commands, and a desk that keeps the log."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipeline.domain.closed_week import ClosedWeek, NamedMatter
from pipeline.domain.command import Acknowledge, Command, Note, Open
from pipeline.domain.decide import decide
from pipeline.domain.event import GENESIS, Batch
from pipeline.domain.facts import AddressedPost, Due, Facts, GroupFacts, no_deadline
from pipeline.domain.group import GroupRow, TodoReason, incident_id
from pipeline.domain.incident import Disposition, Incident, State, Verdict
from pipeline.domain.incident_command import Close, GiveVerdict, RecordClaim, Reply, Transfer
from pipeline.domain.level import Level
from pipeline.domain.merge_command import Merge
from pipeline.domain.post import Millis, Origin
from pipeline.domain.unit_state import UnitState, empty, evolve_batch
from pipeline.domain.week import week_named
from pipeline.domain.working_calendar import Deadline

UNIT = "yunxi-mz"
NOON: Millis = 1_790_000_000_000
MINUTE: Millis = 60_000
HOUR: Millis = 3_600_000
DAY: Millis = 24 * HOUR
DUTY = "account:duty-1"
OTHER = "account:duty-2"
LEADER = "account:leader-1"
EVERY_ROLE = frozenset({"monitor", "duty", "reviewer", "leader", "liaison", "admin"})
LENGTHS = {
    "acknowledge": 2 * HOUR,
    "verify": 48 * HOUR,
    "reply": 48 * HOUR,
    "answer": 5 * DAY,
    "assignment": 3 * DAY,
    "statement": 5 * HOUR,
    "press_conference": 24 * HOUR,
}


def simple_due(kind: str, start_at: Millis, _level: Level, _origin: Origin, _line: str | None) -> Deadline | None:
    """Return deadlines that run on without nights or holidays, warned of an hour before."""
    if kind not in LENGTHS:
        return None
    end = start_at + LENGTHS[kind]
    return Deadline(end, basis=f"test-{kind}", warn_at=end - HOUR)


def a_row(group: str = "g1", *, posts: int = 1, posters: int | None = None, **changes: object) -> GroupRow:
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
        first_at=NOON,
        last_at=NOON,
        collected_at=NOON,
        about=True,
        todo=TodoReason.OURS,
    )
    return replace(row, **changes)  # type: ignore[arg-type]  # the fields of GroupRow, as tests name them


def a_note(name: str = "m1") -> Note:
    """Return what a person typed, as commands carry it."""
    return Note(memo=name, commitment="c" * 64)


def a_letter(post: str = "g1-p1", *, due_at: Millis | None = None, origin: Origin = Origin.LETTER) -> AddressedPost:
    """Return a message that was addressed to the unit at noon."""
    return AddressedPost(post, NOON, origin, due_at)


def of_incident(group: str) -> str:
    """Return the id of the incident that a group becomes."""
    return incident_id(UNIT, group)


def a_cut(week: str = "2026-W47", *, until_seq: int = 0, **changes: object) -> ClosedWeek:
    """Return the cut of a week with something in every field."""
    whole = week_named(week)
    cut = ClosedWeek(
        week=week,
        seq=0,
        since=whole.since,
        until=whole.until,
        until_seq=until_seq,
        counts={"answered": 2, "new": 3},
        alive_sources=9,
        all_sources=12,
        dead={"yunxi-forum": whole.since + DAY},
        gaps=((whole.since, whole.since + 9 * HOUR),),
        matters=(NamedMatter("i1", 1, "p1", "v1", posts=4, posters=3, sources=2),),
        conduct=("i2",),
        needs=("p2",),
        praise=("p3",),
        quoted=("p1@v1",),
        at=whole.until,
    )
    return replace(cut, **changes)  # type: ignore[arg-type]  # the fields of ClosedWeek, as tests name them


@dataclass
class Desk:
    """A unit's desk: it decides, keeps every batch, and knows the groups as they stand."""

    state: UnitState = field(default_factory=lambda: empty(UNIT))
    log: list[Batch] = field(default_factory=list)
    rows: dict[str, GroupRow] = field(default_factory=dict)
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
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
                members=self.members_of(row),
                addressed=self.addressed.get(row.id, ()),
            )
            for row in self.rows.values()
        }
        return Facts(groups=groups, roles=self.roles, due=self.due)

    def members_of(self, row: GroupRow) -> tuple[str, ...]:
        """Return the ids of the group's posts: those that a test named, else numbered ones."""
        return self.members.get(row.id, tuple(f"{row.id}-p{number + 1}" for number in range(row.posts)))

    def does(self, command: Command) -> Batch:
        """The command is decided and its batch stands in the log."""
        decision = decide(self.state, command, self.now, self.facts())
        batch = Batch(
            UNIT,
            self.state.seq + 1,
            self.log[-1].hash if self.log else GENESIS,
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

    def opens(self, group: str = "g1", **row: object) -> str:
        """A person has opened the group; returns the incident's id."""
        if group not in self.rows:
            self.has(a_row(group, **row))  # type: ignore[arg-type]  # the fields of GroupRow
        self.does(Open(command_id=f"open-{group}", actor=DUTY, group=group))
        return of_incident(group)

    def acknowledges(self, incident: str, owner: str = DUTY) -> None:
        """The person owns the incident."""
        self.does(Acknowledge(command_id="ack", actor=owner, incident=incident))

    def judges(self, incident: str, verdict: Verdict = Verdict.TRUE, claim: str = "claim-1") -> None:
        """A claim is recorded, and has its verdict."""
        note = a_note(claim)
        self.does(RecordClaim(command_id="claim", actor=DUTY, incident=incident, note=note))
        self.does(
            GiveVerdict(command_id="verdict", actor=DUTY, incident=incident, note=note, claim=claim, verdict=verdict)
        )

    def replies(self, incident: str, kind: str = "answered") -> None:
        """The matter is answered."""
        self.does(Reply(command_id="reply", actor=DUTY, incident=incident, kind=kind, note=a_note("r1")))


def a_desk(**changes: object) -> Desk:
    """Return a desk whose clocks run without nights or holidays."""
    return replace(Desk(due=simple_due), **changes)  # type: ignore[arg-type]  # the fields of Desk


def stand(state: State, desk: Desk | None = None) -> tuple[Desk, str]:
    """Return a desk with an incident in the state, and the incident's id."""
    desk = desk or a_desk()
    incident = desk.opens()
    if state is State.MERGED:
        other = desk.opens("g9")
        desk.does(Merge(command_id="merge", actor=DUTY, incident=other, others=(incident,)))
        return desk, incident
    for step in _WAY_TO[state]:
        if step is State.VERIFYING:
            desk.acknowledges(incident)
        elif step is State.HANDLING:
            desk.judges(incident)
        elif step is State.RESPONDED:
            desk.replies(incident)
        elif step is State.TRANSFERRED:
            desk.does(Transfer(command_id="t", actor=DUTY, incident=incident, to="unit-2", note=a_note("t1")))
        else:
            desk.does(Close(command_id="c", actor=DUTY, incident=incident, disposition=Disposition.RESOLVED))
    return desk, incident


_WAY_TO = {
    State.DISCOVERED: (),
    State.VERIFYING: (State.VERIFYING,),
    State.HANDLING: (State.VERIFYING, State.HANDLING),
    State.RESPONDED: (State.VERIFYING, State.HANDLING, State.RESPONDED),
    State.CLOSED: (State.VERIFYING, State.HANDLING, State.RESPONDED, State.CLOSED),
    State.TRANSFERRED: (State.VERIFYING, State.TRANSFERRED),
}
