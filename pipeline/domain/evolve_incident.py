"""What each event makes of its incident. Total over the released event types, and without judgement."""

from collections.abc import Mapping
from dataclasses import replace

from .errors import MalformedEvent
from .event import Event, Value
from .event_data import moment, number, table, tables, text, texts
from .evolve_work import APPLY_WORK, Apply
from .incident import AnswerLine, Incident, RunningClock, State, Step, Times
from .post import Origin
from .seen import seen_from

TRAIL = 20
"""How many steps of its past an incident carries with it."""


def evolve_incident(incident: Incident | None, event: Event) -> Incident:
    """Return the incident after the event. Raises MalformedEvent where the log's order cannot be."""
    if event.type == "opened":
        after = _opened(event) if incident is None else _opened_again(incident, event)
    elif incident is None:
        raise MalformedEvent(f"{event.type} of incident {event.incident} comes before `opened`; run `huiyin verify`")
    elif text(event.data, "holder", event.incident) != event.incident:
        after = _group_restored(incident, event) if event.type == "group_restored" else incident
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
        linked=text(data, "linked") or None,
        found=_found(data),
    )


def _found(data: Mapping[str, Value]) -> Mapping[str, int]:
    """Return group → when the unit itself first had a post of it; nothing where the event does not say."""
    at = moment(data, "found_at")
    return {} if at is None else {text(data, "group"): at}


def _opened_again(incident: Incident, event: Event) -> Incident:
    """It was split off once, and that was taken back: it begins anew, and its steps are counted on."""
    return replace(_opened(event), revision=incident.revision, trail=incident.trail)


def _with_clocks(incident: Incident, event: Event) -> Incident:
    stopped = texts(event.data, "stopped")
    clocks = {clock.kind: clock for clock in incident.clocks if clock.kind not in stopped}
    clocks |= {clock.kind: clock for clock in map(clock_from, tables(event.data, "clocks"))}
    return replace(incident, clocks=tuple(clocks[kind] for kind in sorted(clocks)))


def _with_seen(incident: Incident, event: Event) -> Incident:
    seen = {} if event.type == "group_restored" else table(event.data, "seen")
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
        warn_at=moment(data, "warn_at"),
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
        **({} if clock.warn_at is None else {"warn_at": clock.warn_at}),
    }


def _acknowledged(incident: Incident, event: Event) -> Incident:
    times = replace(incident.times, acknowledged_at=incident.times.acknowledged_at or event.at)
    return replace(incident, state=State.VERIFYING, owner=text(event.data, "owner"), times=times)


def _unacknowledged(incident: Incident, _event: Event) -> Incident:
    times = replace(incident.times, acknowledged_at=None)
    return replace(incident, state=State.DISCOVERED, owner=None, offered_to=None, held_until=None, times=times)


def _handover_offered(incident: Incident, event: Event) -> Incident:
    return replace(incident, offered_to=text(event.data, "to"))


def _handover_declined(incident: Incident, _event: Event) -> Incident:
    return replace(incident, offered_to=None)


def _owner_changed(incident: Incident, event: Event) -> Incident:
    return replace(incident, owner=text(event.data, "owner"), offered_to=None)


def _level_changed(incident: Incident, event: Event) -> Incident:
    level = number(event.data, "level")
    return replace(incident, level=level, overruled=frozenset(incident.absorbed), snoozed_until=None)


def _group_joined(incident: Incident, event: Event) -> Incident:
    groups = (*incident.groups, text(event.data, "group"))
    return replace(incident, groups=groups, found={**incident.found, **_found(event.data)})


def _group_restored(incident: Incident, event: Event) -> Incident:
    return _without(incident, (text(event.data, "group"),))


def _split_off(incident: Incident, event: Event) -> Incident:
    return _without(incident, texts(event.data, "groups"))


def _without(incident: Incident, left: tuple[str, ...]) -> Incident:
    return replace(
        incident,
        groups=tuple(group for group in incident.groups if group not in left),
        lines=tuple(line for line in incident.lines if line.group not in left),
        seen={group: seen for group, seen in incident.seen.items() if group not in left},
        found={group: at for group, at in incident.found.items() if group not in left},
    )


def _group_split(incident: Incident, event: Event) -> Incident:
    left = texts(event.data, "posts")
    return replace(incident, lines=tuple(line for line in incident.lines if line.post not in left))


def _line_added(incident: Incident, event: Event) -> Incident:
    data = event.data
    line = AnswerLine(
        post=text(data, "post"),
        group=text(data, "group"),
        at=number(data, "received_at"),
        origin=Origin[text(data, "origin")],
        due_at=moment(data, "due_at"),
        whom=text(data, "whom"),
    )
    return replace(incident, lines=(*incident.lines, line))


def _absorbed(incident: Incident, event: Event) -> Incident:
    return replace(incident, absorbed=tuple(sorted({*incident.absorbed, *texts(event.data, "incidents")})))


def _merged(incident: Incident, event: Event) -> Incident:
    return replace(incident, state=State.MERGED, state_before=incident.state, into=text(event.data, "into"))


def _merge_declined(incident: Incident, _event: Event) -> Incident:
    return incident  # that the two are apart is the unit's, see UnitState.apart


def _released(incident: Incident, event: Event) -> Incident:
    released = text(event.data, "incident")
    groups = texts(event.data, "groups")
    return replace(
        incident,
        absorbed=tuple(one for one in incident.absorbed if one != released),
        overruled=incident.overruled - {released},
        outlived=incident.outlived - {released},
        seen={group: seen for group, seen in incident.seen.items() if group not in groups},
    )


def _unmerged(incident: Incident, _event: Event) -> Incident:
    state = incident.state_before or State.DISCOVERED
    return replace(incident, state=state, state_before=None, into=None)


APPLY: Mapping[str, Apply] = {
    "acknowledged": _acknowledged,
    "unacknowledged": _unacknowledged,
    "handover_offered": _handover_offered,
    "handover_declined": _handover_declined,
    "owner_changed": _owner_changed,
    "level_changed": _level_changed,
    "level_raised": _level_changed,
    "group_joined": _group_joined,
    "group_restored": _group_restored,
    "group_split": _group_split,
    "split_off": _split_off,
    "line_added": _line_added,
    "absorbed": _absorbed,
    "merged": _merged,
    "merge_declined": _merge_declined,
    "released": _released,
    "unmerged": _unmerged,
    **APPLY_WORK,
}
