"""What each event makes of its incident. Total over the released event types, and without judgement."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeAlias

from .errors import MalformedEvent
from .event import Event, Value
from .event_data import moment, number, table, tables, text
from .incident import AnswerLine, Incident, RunningClock, State, Step, Times
from .post import Origin
from .seen import seen_from

TRAIL = 20
"""How many steps of its past an incident carries with it."""

Apply: TypeAlias = Callable[[Incident, Event], Incident]


def evolve_incident(incident: Incident | None, event: Event) -> Incident:
    """Return the incident after the event. Raises MalformedEvent where the log's order cannot be."""
    if event.type == "opened":
        after = _opened(event)
    elif incident is None:
        raise MalformedEvent(f"{event.type} of incident {event.incident} comes before `opened`; run `huiyin verify`")
    elif text(event.data, "holder", event.incident) != event.incident:
        after = incident
    elif event.type in APPLY:
        after = APPLY[event.type](incident, event)
    else:
        raise MalformedEvent(f"no incident has events of type {event.type}; the log was written by a newer version")
    return _counted(_with_seen(_with_clocks(after, event), event), event)


def _opened(event: Event) -> Incident:
    data = event.data
    group = text(data, "group")
    return Incident(
        id=event.incident,
        state=State.DISCOVERED,
        level=number(data, "level"),
        revision=0,
        group=group,
        groups=(group,),
        reason=text(data, "reason"),
        rule=text(data, "rule"),
        rule_version=text(data, "rule_version"),
        opened_by=event.actor,
        origin=Origin[text(data, "origin")],
        times=Times(
            published_at=number(data, "published_at"),
            discovered_at=number(data, "discovered_at"),
            opened_at=event.at,
        ),
    )


def _with_clocks(incident: Incident, event: Event) -> Incident:
    clocks = {clock.kind: clock for clock in incident.clocks}
    clocks |= {clock.kind: clock for clock in map(clock_from, tables(event.data, "clocks"))}
    return replace(incident, clocks=tuple(clocks[kind] for kind in sorted(clocks)))


def _with_seen(incident: Incident, event: Event) -> Incident:
    seen = table(event.data, "seen")
    newly = {group: seen_from(table(seen, group)) for group in seen}
    return replace(incident, seen={**incident.seen, **newly}) if newly else incident


def _counted(incident: Incident, event: Event) -> Incident:
    revision = incident.revision + 1
    step = Step(revision, event.type, event.actor, event.at)
    return replace(incident, revision=revision, trail=(*incident.trail, step)[-TRAIL:])


def clock_from(data: Mapping[str, Value]) -> RunningClock:
    """Return the clock that the data hold."""
    return RunningClock(
        kind=text(data, "kind"),
        start_at=number(data, "start_at"),
        due_at=number(data, "due_at"),
        provisional=bool(number(data, "provisional")),
        basis=text(data, "basis"),
        ordered=bool(number(data, "ordered")),
    )


def data_of_clock(clock: RunningClock) -> dict[str, Value]:
    """Return the form in which events hold a clock."""
    return {
        "kind": clock.kind,
        "start_at": clock.start_at,
        "due_at": clock.due_at,
        "provisional": int(clock.provisional),
        "basis": clock.basis,
        "ordered": int(clock.ordered),
    }


def _acknowledged(incident: Incident, event: Event) -> Incident:
    return replace(
        incident,
        state=State.VERIFYING,
        owner=text(event.data, "owner"),
        times=replace(incident.times, acknowledged_at=event.at),
    )


def _level_changed(incident: Incident, event: Event) -> Incident:
    level = number(event.data, "level")
    return replace(incident, level=level, overruled=frozenset(incident.absorbed), snoozed_until=None)


def _group_joined(incident: Incident, event: Event) -> Incident:
    return replace(incident, groups=(*incident.groups, text(event.data, "group")))


def _group_restored(incident: Incident, event: Event) -> Incident:
    left = text(event.data, "group")
    return replace(
        incident,
        groups=tuple(group for group in incident.groups if group != left),
        lines=tuple(line for line in incident.lines if line.group != left),
        seen={group: seen for group, seen in incident.seen.items() if group != left},
    )


def _line_added(incident: Incident, event: Event) -> Incident:
    data = event.data
    line = AnswerLine(
        post=text(data, "post"),
        group=text(data, "group"),
        at=number(data, "received_at"),
        origin=Origin[text(data, "origin")],
        due_at=moment(data, "due_at"),
    )
    return replace(incident, lines=(*incident.lines, line))


def _reopened(incident: Incident, event: Event) -> Incident:
    return replace(
        incident,
        state=State(text(event.data, "state")),
        disposition=None,
        times=replace(incident.times, closed_at=None),
    )


APPLY: Mapping[str, Apply] = {
    "acknowledged": _acknowledged,
    "level_changed": _level_changed,
    "level_raised": _level_changed,
    "group_joined": _group_joined,
    "group_restored": _group_restored,
    "line_added": _line_added,
    "reopened": _reopened,
}
