"""Decisions that move whole groups between incidents: merge, unmerge, split. Each can be taken back by another."""

from .case import ALREADY, Case, clock_data
from .decide_group import first_clocks, line_added
from .event import Event, Value
from .facts import Decision
from .incident import Incident, State
from .merge_command import DeclineMerge, Merge, Split, Unmerge
from .moved import Moved
from .moves import is_legal
from .seen import data_of_seen


def merge(case: Case, command: Merge) -> Decision:
    """
    The others are part of this incident: their groups, messages and claims count as its own.

    Clocks take the earliest start, the graver level counts. An incident that has an owner is never merged into one
    that has none, so that the matter is never without an owner again.
    """
    incident = case.incident(command.incident)
    others = tuple(sorted(set(command.others)))
    if not others or incident.id in others:
        raise case.refusal(f"name other incidents to merge into {incident.id}", incident)
    absorbed = [_mergeable(case, command, incident, other) for other in others]
    groups: list[Value] = [group for other in absorbed for group in other.groups]
    events = [case.event("absorbed", incident.id, {"incidents": list(others), "groups": groups})]
    events += [case.event("merged", other.id, {"into": incident.id}) for other in absorbed]
    return Decision(tuple(events), case.told("merged", "merge", incident, *(other.owner for other in absorbed)))


def _mergeable(case: Case, command: Merge, incident: Incident, other_id: str) -> Incident:
    other = case.incident(other_id)
    if other.state is State.MERGED:
        code = ALREADY if other.into == incident.id else "INC-201"
        raise case.refusal(f"incident {other.id} is merged into {other.into}", incident, code=code)
    if not is_legal(command.name, other.state):
        raise case.refusal(f"incident {other.id} is {other.state} and cannot be merged; reopen it first", incident)
    if incident.state is State.DISCOVERED and other.state is not State.DISCOVERED:
        raise case.refusal(f"incident {other.id} has an owner: acknowledge {incident.id} first", incident)
    expected = dict(zip(command.others, command.others_revisions, strict=False)).get(other_id)
    if expected is not None and expected != other.revision:
        raise Moved(other, expected)
    return other


def unmerge(case: Case, command: Unmerge) -> Decision:
    """The incident stands by itself again, in the state, with the owner and the clocks that it had."""
    incident = case.incident(command.incident)
    if command.released not in case.state.incidents[incident.id].absorbed:
        raise case.refusal(f"incident {command.released} is not merged into {incident.id}", incident, code="INC-301")
    other = case.state.as_one(command.released)
    newly: dict[str, Value] = {
        group: data_of_seen(seen)
        for group, seen in incident.seen.items()
        if group in other.groups and other.seen.get(group) != seen
    }
    back = case.event("unmerged", other.id, {"from": incident.id, "seen": newly})
    data: dict[str, Value] = {"incident": other.id, "groups": list(other.groups)}
    told = case.told("unmerged", "merge", other, other.owner)
    return Decision((case.event("released", incident.id, data), back), told)


def decline_merge(case: Case, command: DeclineMerge) -> Decision:
    """The two incidents are two matters: the machine's proposal is answered, once for all."""
    incident, other = case.incident(command.incident), case.incident(command.other)
    if command.other == incident.id or other.state is State.MERGED:
        raise case.refusal(f"incident {command.other} is no other matter than {incident.id}; look again", incident)
    if case.state.are_apart(incident.id, other.id):
        raise case.refusal(f"{other.id} was said to be another matter already", incident, code=ALREADY)
    return Decision((case.event("merge_declined", incident.id, {"other": other.id}),))


def split(case: Case, command: Split) -> Decision:
    """The named groups are an incident of their own, with the same level and owner; the first of them names it."""
    incident = case.incident(command.incident)
    own = case.state.incidents[incident.id]
    if not command.groups or not set(command.groups) <= set(own.groups):
        raise case.refusal(f"only groups that incident {own.id} owns by itself can be split off", incident)
    if own.group in command.groups:
        raise case.refusal(f"incident {own.id} began with group {own.group} and keeps it; split the others", incident)
    first = case.group(command.groups[0]).row
    data: dict[str, Value] = {"incident": first.incident, "groups": list(command.groups)}
    events = [case.event("split_off", own.id, data), _opened(case, incident, command)]
    events += [_joined(case, first.incident, group) for group in command.groups[1:]]
    if incident.owner is not None:
        events.append(_acknowledged(case, incident, first.incident))
    for group in command.groups:
        facts = case.group(group)
        events += [line_added(case, first.incident, facts, post) for post in case.letters(group)]
    return Decision(tuple(events))


def _opened(case: Case, incident: Incident, command: Split) -> Event:
    facts = case.group(command.groups[0])
    data: dict[str, Value] = {
        "group": facts.row.id,
        "reason": "split",
        "rule": "",
        "rule_version": "",
        "level": incident.level,
        "origin": incident.origin.name,
        "published_at": facts.row.first_at,
        "discovered_at": facts.discovered_at or case.now,
        "from": incident.id,
        "clocks": clock_data(first_clocks(case, facts, incident.level, incident.origin)),
        "seen": case.seen_data([facts.row.id]),
        **case.found(facts.row.id),
        **case.members_of(facts),
    }
    return case.event("opened", facts.row.incident, data)


def _joined(case: Case, incident: str, group: str) -> Event:
    seen, found = case.seen_data([group]), case.found(group)
    data = {"group": group, "seen": seen, **found, **case.members_of(case.group(group))}
    return case.event("group_joined", incident, data)


def _acknowledged(case: Case, incident: Incident, new: str) -> Event:
    data: dict[str, Value] = {"owner": incident.owner, "seen": {}, "clocks": clock_data([case.review()])}
    return case.event("acknowledged", new, data)
