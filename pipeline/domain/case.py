"""What one command is decided on: the state, the incident as one, the time and the facts; and how events are made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .alert_rule import standing_reasons
from .command import Command, GroupCommand
from .errors import Refused
from .event import Event, Notice, Value
from .evolve_incident import data_of_clock
from .facts import AddressedPost, Facts, GroupFacts
from .incident import Incident, RunningClock, State
from .level import Level
from .moves import legal_moves
from .next_due import running
from .post import Millis, Origin
from .recused import is_for_leader, to_leader
from .seen import Seen, data_of_seen, seen_of
from .unit_state import UnitState

MEMBERS_NAMED = 50
"""So many ids of members an event names at most; the count is exact."""
REVIEW_WITHIN: Millis = 7 * 24 * 3_600_000
"""Where no clock applies to a step, the matter comes back to its owner after this time."""

REVIEW = "review"
RESTARTED: Mapping[str, tuple[str, ...]] = {
    "unacknowledged": ("acknowledge",),
    "bounced": ("verify",),
    "reopened": ("verify", "reply"),
}
"""What a step back owes once more."""

ALREADY = "INC-304"
UNKNOWN = "INC-301"


@dataclass(frozen=True, slots=True)
class Matter:
    """What decides which clocks apply."""

    level: Level
    origin: Origin
    line: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One command and everything that its decision may rest on. `incident` is as one with what it has absorbed."""

    state: UnitState
    command: Command
    now: Millis
    facts: Facts

    def incident(self, incident: str) -> Incident:
        """Return the incident as one; refuse where there is none of this id."""
        if incident not in self.state.incidents:
            raise Refused(f"no incident {incident} exists in unit {self.state.unit}; list them first", code=UNKNOWN)
        return self.state.as_one(incident)

    def group(self, group: str) -> GroupFacts:
        """Return the group as it stands; refuse where nothing is known of it."""
        facts = self.facts.groups.get(group)
        if facts is None:
            raise Refused(f"no group {group} is known in unit {self.state.unit}; reload the list", code=UNKNOWN)
        return facts

    def letters(self, group: str) -> tuple[AddressedPost, ...]:
        """Return the messages to the unit in the group, without those that a person has split off into another."""
        return tuple(post for post in self.group(group).addressed if self.state.moved.get(post.post, group) == group)

    @property
    def noted(self) -> str:
        """The id of the memo that the person typed, "" where there is none."""
        return "" if self.command.note is None else self.command.note.memo

    def event(self, kind: str, incident: str, data: Mapping[str, Value]) -> Event:
        """Return an event of this command; the person's note is named in it."""
        note = self.command.note
        noted: dict[str, Value] = {} if note is None else {"note": {"memo": note.memo, "commitment": note.commitment}}
        return Event(type=kind, v=1, at=self.now, incident=incident, actor=self.command.actor, data={**data, **noted})

    def notice(self, what: str, why: str, to: str, incident: Incident) -> Notice:
        """Return a notice about the incident as it is given; of a complaint about staff it is the leader's."""
        addressee = to_leader(to) if self.is_kept_for_leader(incident) else to
        return Notice(what=what, why=why, to=addressee, incident=incident.id, level=incident.level, at=self.now)

    def is_kept_for_leader(self, incident: Incident) -> bool:
        """Whether the matter complains about staff conduct, and no leader has let the desk have it (回避)."""
        known = (self.facts.groups.get(group) for group in incident.groups)
        return is_for_leader([facts.row for facts in known if facts], incident)

    def told(self, what: str, why: str, incident: Incident, *who: str | None) -> tuple[Notice, ...]:
        """Return a notice to each person named, but not to the one who asks, who knows it already."""
        others = dict.fromkeys(one for one in who if one is not None and one != self.command.actor)
        return tuple(self.notice(what, why, one, incident) for one in others)

    def refusal(self, sentence: str, incident: Incident | None = None, *, code: str = "INC-201") -> Refused:
        """Return a refusal that names the legal moves of the incident."""
        return Refused(sentence, code=code, allowed=() if incident is None else legal_moves(incident.state))

    def seen_now(self, group: str) -> Seen:
        """Return what a person who decides now has before his eyes of the group."""
        return seen_of(self.group(group).row, standing_reasons(self.group(group).row, self.facts.policy))

    def seen_data(self, groups: Sequence[str]) -> dict[str, Value]:
        """Return, for the groups of which facts are known, what is seen of them now, as events hold it."""
        return {group: data_of_seen(self.seen_now(group)) for group in groups if group in self.facts.groups}

    def seen_by(self, command: GroupCommand) -> dict[str, Value]:
        """Return what the person's screen showed of the group, else what stands now."""
        seen = command.seen if command.seen is not None else self.seen_now(command.group)
        return {command.group: data_of_seen(seen)}

    def found(self, group: str) -> dict[str, Value]:
        """Return when the unit itself first had a post of the group, as events hold it; nothing where it had none."""
        at = self.group(group).found_at
        return {} if at is None else {"found_at": at}

    def members(self, command: GroupCommand) -> dict[str, Value]:
        """Return the count and the ids of the members that were seen, as events hold them."""
        return self.members_of(self.group(command.group), command.members)

    def members_of(self, facts: GroupFacts, shown: tuple[str, ...] = ()) -> dict[str, Value]:
        """Return the count and the ids of a group's members as events hold them: those shown, else those that stand."""
        return {"posts": facts.row.posts, "members": list((shown or facts.members)[-MEMBERS_NAMED:])}

    def holder(self, group: str) -> str | None:
        """Return the incident that holds the group by itself, be it absorbed by another; None where it is free."""
        mark = self.state.mark_of(group)
        if mark is None or mark.owner is None:
            return None
        return next(one.id for one in self.state.family(mark.owner) if group in one.groups)

    def line(self, incident: Incident) -> str | None:
        """Return the service line of the group that the incident began with, as far as it is known."""
        facts = self.facts.groups.get(incident.group)
        return None if facts is None else facts.row.line

    def new_clocks(self, starts: Mapping[str, Millis], matter: Matter) -> list[RunningClock]:
        """Return the clocks that start at the named moments and apply to the matter."""
        named = [(self.facts.clocks.get(start, ()), at) for start, at in starts.items()]
        return [clock for kinds, at in named for clock in self.clocks_of(kinds, at, matter)]

    def clocks_of(self, kinds: Sequence[str], at: Millis, matter: Matter) -> list[RunningClock]:
        """Return the clocks of these kinds that apply to the matter, started at the moment."""
        computed = [(kind, self.facts.due(kind, at, matter.level, matter.origin, matter.line)) for kind in kinds]
        return [
            RunningClock(kind, at, due.at, due.provisional, due.basis, warn_at=due.warn_at)
            for kind, due in computed
            if due is not None
        ]

    def clocks_on(self, incident: Incident, state: State, start: str) -> list[RunningClock]:
        """
        Return the clocks that start as the incident enters the state, among them a review where no other runs.

        A step back starts the clocks of the work that is owed once more, from now.
        """
        matter = Matter(incident.level, incident.origin, self.line(incident))
        kinds = RESTARTED.get(start) or self.facts.clocks.get(start, ())
        fresh = self.clocks_of(kinds, self.now, matter)
        running_on = [clock for clock in incident.clocks if clock.kind != REVIEW]
        return fresh if running((*running_on, *fresh), state) else [*fresh, self.review()]

    def earlier_clocks(self, incident: Incident, level: Level) -> list[RunningClock]:
        """Return the running clocks that another level makes due earlier; what was promised is never put off."""
        line = self.line(incident)
        earlier = []
        for clock in running(incident.clocks, incident.state):
            due = self.facts.due(clock.kind, clock.start_at, level, incident.origin, line)
            if due is not None and due.at < clock.due_at and not clock.ordered:
                earlier.append(
                    replace(clock, due_at=due.at, provisional=due.provisional, basis=due.basis, warn_at=due.warn_at)
                )
        return earlier

    def review(self) -> RunningClock:
        """Return the clock of a step that no other clock watches."""
        return RunningClock(REVIEW, self.now, self.now + REVIEW_WITHIN, basis="default")

    def on_holder(self, incident: Incident, holder: str, kind: str, data: Mapping[str, Value]) -> tuple[Event, ...]:
        """Return the event of the incident that holds the fact, with its copy where that one was absorbed."""
        return self.on_both(incident, [self.event(kind, holder, data)])

    def on_both(self, incident: Incident, events: Sequence[Event]) -> tuple[Event, ...]:
        """
        Return the events, and for those of an absorbed incident a copy on the one that absorbed it.

        The fact belongs to the holder and goes with it at an unmerge; the copy names the holder and only counts.
        """
        copies = [
            replace(event, incident=incident.id, data={**event.data, "holder": event.incident})
            for event in events
            if event.incident != incident.id
        ]
        return (*events, *copies)


def clock_data(clocks: Sequence[RunningClock]) -> list[Value]:
    """Return clocks as events hold them, by kind."""
    return [dict(data_of_clock(clock)) for clock in sorted(clocks, key=lambda clock: clock.kind)]
