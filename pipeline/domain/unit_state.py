"""
Everything that a unit's log says, folded: incidents, marks on groups, needs. Pure; the log is the only truth.

    state = replay("yunxi-mz", log.read("yunxi-mz", 0))       # or empty("yunxi-mz"), then batch by batch:
    state = evolve_batch(state, batch)                         # seq must be the next one

    state.incident_of(group_id)    the incident that owns the group, with all that it has absorbed; None if none does
    state.mark_of(group_id)        what people or rules decided last about the group (people.GroupMark), None if nothing
    state.as_one(incident_id)      an incident together with what it has absorbed
    is_todo(mark, row)             people.py: whether the desk lists the group as a to-do
    ask(state, rows, policy, now)  alert_rule.py: the commands that should be given for these rows of one matter

    decision = decide(state, command, now, facts)              # decide.py; raises Refused with code and legal moves
    → Batch(unit, state.seq + 1, …, events=decision.events, notices=decision.notices, memos=decision.memos)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from .closed_week import ClosedWeek, closed_week
from .errors import MalformedEvent
from .event import Batch, Event
from .event_data import text, texts
from .event_types import upcast
from .evolve_incident import evolve_incident
from .group_merge import Standing
from .incident import Incident, RunningClock, UndoPoint
from .people import GroupMark, Need, mark_event, need_event
from .post import Millis
from .recent_step import RecentStep, groups_named, is_step_of_person, needs_named, still_recent


@dataclass(frozen=True, slots=True)
class UnitState:
    """
    What the log of one unit says up to and including batch `seq`.

    `needs` are by post; `moved` says for posts that a person has split off into which group they went, `split` are the
    groups that this concerned; `apart` are pairs of incidents of which a person said that they are two matters: he
    declined the machine's proposal, took a merge back, or split one off. `weeks` are the cuts of the weekly digest;
    `recent` are the steps of people that were at most ten minutes old at the last of them.
    """

    unit: str
    seq: int = 0
    incidents: Mapping[str, Incident] = field(default_factory=dict)
    marks: Mapping[str, GroupMark] = field(default_factory=dict)
    needs: Mapping[str, Need] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    weeks: Mapping[str, ClosedWeek] = field(default_factory=dict)
    split: frozenset[str] = frozenset()
    apart: frozenset[frozenset[str]] = frozenset()
    recent: tuple[RecentStep, ...] = ()

    def mark_of(self, group: str) -> GroupMark | None:
        """Return what was decided last about the group."""
        return self.marks.get(group)

    def incident_of(self, group: str) -> Incident | None:
        """Return the incident that owns the group, as one with what it has absorbed; None where the group is free."""
        mark = self.marks.get(group)
        return None if mark is None or mark.owner is None else self.as_one(mark.owner)

    def standing_of(self, group: str) -> Standing:
        """Return what was decided about the group, as far as it binds the machine when it merges groups."""
        mark = self.marks.get(group)
        owner = None if mark is None or mark.owner is None else self.incidents[mark.owner]
        if owner is None:
            return Standing(is_left_alone=mark is not None or group in self.split)
        return Standing(owner.id, is_open=owner.is_open, is_left_alone=group in self.split)

    def are_apart(self, one: str, other: str) -> bool:
        """Whether a person has said that two incidents, or any of what they have absorbed, are two matters."""
        mine, yours = self.family(one), self.family(other)
        return any(frozenset((a.id, b.id)) in self.apart for a in mine for b in yours)

    def family(self, incident: str) -> tuple[Incident, ...]:
        """Return the incident, then all that it has absorbed, and what those had absorbed before."""
        root = self.incidents[incident]
        return (root, *(one for absorbed in root.absorbed for one in self.family(absorbed)))

    def as_one(self, incident: str) -> Incident:
        """
        Return the incident together with what it has absorbed: groups, messages, claims, assignments, what was seen.

        The graver level counts, unless a person has set the level since. Of each clock the ordered one counts, then
        the one that started earliest. Nothing of this is stored, so an unmerge has nothing to undo.
        """
        root, *others = self.family(incident)
        if not others:
            return root
        levels = [self.as_one(one).level for one in root.absorbed if one not in root.overruled]
        family = (root, *others)
        groups = tuple(group for one in family for group in one.groups)
        return replace(
            root,
            level=min([root.level, *levels]),
            groups=groups,
            lines=tuple(line for one in family for line in one.lines),
            claims=tuple(claim for one in family for claim in one.claims),
            assignments=tuple(task for one in family for task in one.assignments),
            gaps=tuple(gap for one in family for gap in one.gaps),
            found={group: at for one in family for group, at in one.found.items()},
            rung=frozenset(told for one in family for told in one.rung),
            complained_of=frozenset(office for one in family for office in one.complained_of),
            permitted=frozenset(office for one in family for office in one.permitted),
            clocks=_earliest([root, *(self.as_one(one) for one in root.absorbed if one not in root.outlived)]),
            seen={group: seen for one in reversed(family) for group, seen in one.seen.items() if group in groups},
        )


def empty(unit: str) -> UnitState:
    """Return the state of a unit whose log is empty."""
    return UnitState(unit)


def replay(unit: str, batches: Iterable[Batch]) -> UnitState:
    """Return the state that the whole log of the unit makes."""
    return evolve_batches(empty(unit), batches)


def evolve_batch(state: UnitState, batch: Batch) -> UnitState:
    """Return the state after the batch. Raises MalformedEvent for a batch of another unit or not the next one."""
    return evolve_batches(state, (batch,))


def evolve_batches(state: UnitState, batches: Iterable[Batch]) -> UnitState:
    """Return the state after the batches, as `evolve_batch` one by one would; copied once for all of them."""
    building = _Building(state)
    for batch in batches:
        building.add(batch)
    return building.state()


def evolve(state: UnitState, event: Event) -> UnitState:
    """Return the state after one event, as if it stood in the batch that follows; `seq` stays."""
    building = _Building(state)
    building.apply(event, state.seq + 1)
    return building.state()


class _Building:
    """A state while batches are added: copied once, not once for each event."""

    def __init__(self, state: UnitState) -> None:
        self._from = state
        self._seq = state.seq
        self._incidents = dict(state.incidents)
        self._marks = dict(state.marks)
        self._needs = dict(state.needs)
        self._moved = dict(state.moved)
        self._weeks = dict(state.weeks)
        self._split = state.split
        self._apart = state.apart
        self._recent = state.recent

    def state(self) -> UnitState:
        return UnitState(
            unit=self._from.unit,
            seq=self._seq,
            incidents=self._incidents,
            marks=self._marks,
            needs=self._needs,
            moved=self._moved,
            weeks=self._weeks,
            split=self._split,
            apart=self._apart,
            recent=self._recent,
        )

    def add(self, batch: Batch) -> None:
        if batch.unit != self._from.unit or batch.seq != self._seq + 1:
            raise MalformedEvent(
                f"batch ({batch.unit}, {batch.seq}) cannot follow ({self._from.unit}, {self._seq}); run `huiyin verify`"
            )
        touched = {event.incident for event in batch.events if event.incident in self._incidents}
        before = {incident: self._incidents[incident] for incident in touched}
        self._keep_recent(batch, tuple(sorted(touched)))
        for event in batch.events:
            self.apply(event, batch.seq)
        self._seq = batch.seq
        for incident, was in before.items():
            self._remember(incident, was, batch)

    def _keep_recent(self, batch: Batch, incidents: tuple[str, ...]) -> None:
        """What a person's batch is about to change is known as it was, for as long as he may take it back."""
        if not is_step_of_person(batch):
            return
        step = RecentStep(
            seq=batch.seq,
            actor=batch.events[0].actor,
            at=batch.events[0].at,
            types=tuple(event.type for event in batch.events),
            incidents=incidents,
            opened=tuple(sorted({event.incident for event in batch.events} - {"", *incidents})),
            marks={group: self._marks.get(group) for group in groups_named(batch.events)},
            needs={post: self._needs.get(post) for post in needs_named(batch.events)},
            notices=batch.notices,
        )
        self._recent = (*still_recent(self._recent, step.at), step)

    def apply(self, stored: Event, seq: int) -> None:
        event = upcast(stored)
        mark_event(self._marks, event, unit=self._from.unit, seq=seq)
        need_event(self._needs, event)
        if event.type == "group_split":
            self._moved |= dict.fromkeys(texts(event.data, "posts"), text(event.data, "into"))
            self._split |= {text(event.data, "group"), text(event.data, "into")}
        elif event.type in _APART:
            self._apart |= {frozenset((event.incident, text(event.data, _APART[event.type])))}
        elif event.type == "week_closed":
            self._weeks[text(event.data, "week")] = closed_week(event, seq)
        if event.incident:
            self._incidents[event.incident] = evolve_incident(self._incidents.get(event.incident), event)

    def _remember(self, incident: str, was: Incident, batch: Batch) -> None:
        events = [event for event in batch.events if event.incident == incident]
        point = UndoPoint(
            seq=batch.seq,
            actor=events[0].actor,
            at=events[0].at,
            types=tuple(event.type for event in events),
            before=replace(was, undo=None),
        )
        self._incidents[incident] = replace(self._incidents[incident], undo=point)


_APART: Mapping[str, str] = {"merge_declined": "other", "released": "incident", "split_off": "incident"}
"""Events by which a person says that two incidents are two matters, and where they name the other one."""


def _earliest(family: Iterable[Incident]) -> tuple[RunningClock, ...]:
    best: dict[str, RunningClock] = {}
    for clock in (clock for incident in family for clock in incident.clocks):
        other = best.get(clock.kind)
        if other is None or _precedence(clock) < _precedence(other):
            best[clock.kind] = clock
    return tuple(best[kind] for kind in sorted(best))


def _precedence(clock: RunningClock) -> tuple[bool, Millis, Millis]:
    return (not clock.ordered, clock.start_at, clock.due_at)
