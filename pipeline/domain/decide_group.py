"""Decisions about groups: opened, set aside, joined to an incident, restored (MECHANICS §5)."""

from .alert_rule import wanted
from .case import ALREADY, UNKNOWN, Case, Matter, clock_data
from .command import GroupCommand, GroupJoined, GroupRestored, GroupSetAside, GroupSplit, Open
from .decide_imported import answers, is_history, settled
from .event import Event, Notice, Value
from .facts import AddressedPost, Decision, GroupFacts
from .from_above import UNANSWERED, is_from_above, ordered_clock
from .group import group_id
from .incident import Incident, RunningClock
from .level import BY_HAND, Level, is_level
from .moves import is_legal
from .people import MarkState
from .post import Millis, Origin
from .recused import to_leader

HOWS = ("irrelevant", "filed")


def open_group(case: Case, command: Open) -> Decision:
    """The group is an incident, discovered; its clocks run, its messages to the unit are answer lines."""
    facts = case.group(command.group)
    _refuse_if_owned(case, command)
    if not command.by_person and command not in wanted(
        [facts.row], case.state.mark_of(command.group), None, case.facts.policy, case.now
    ):
        raise case.refusal(f"nothing asks to open group {command.group} now", code=ALREADY)
    level = BY_HAND if command.level is None else command.level
    if not is_level(level):
        raise case.refusal(f"level {level} does not exist; use 1 to 4")
    opened = case.event("opened", facts.row.incident, _opened_data(case, command, level))
    letters = case.letters(command.group)
    lines = [line_added(case, facts.row.incident, facts, post) for post in letters]
    events = [opened, *lines, *answers(case, facts.row.incident, letters)]
    if command.reason == "addressed" and is_history(case, letters):
        told = (_told(case, command, level),) if facts.row.conduct else ()
        return Decision((*events, *settled(case, facts, events)), told)
    is_push = command.by_person or facts.row.about is not False
    return Decision(tuple(events), (_told(case, command, level),) if is_push else ())


def _opened_data(case: Case, command: Open, level: Level) -> dict[str, Value]:
    facts = case.group(command.group)
    rule, _, version = command.actor.removeprefix("rule:").partition("@")
    return {
        "group": command.group,
        "reason": command.reason,
        "rule": "" if command.by_person else rule,
        "rule_version": version,
        "level": level,
        "origin": _origin(facts).name,
        "published_at": facts.row.first_at,
        "discovered_at": facts.discovered_at or case.now,
        "clocks": clock_data(first_clocks(case, facts, level)),
        **case.found(command.group),
        "seen": case.seen_by(command),
        **case.members(command),
        **_link(case, facts),
    }


def _link(case: Case, facts: GroupFacts) -> dict[str, Value]:
    """A message never joins a closed incident: the one that it opens names the one that it continues."""
    mark = None if facts.row.linked is None else case.state.mark_of(facts.row.linked)
    return {} if mark is None or mark.owner is None else {"linked": mark.owner}


def _origin(facts: GroupFacts) -> Origin:
    return facts.addressed[0].origin if facts.addressed else Origin.MONITORED


def first_clocks(case: Case, facts: GroupFacts, level: Level, origin: Origin | None = None) -> list[RunningClock]:
    """Clocks of the opening; a due time that a message brought along wins over the one that we would set."""
    starts = {"published": facts.row.first_at, "discovered": case.now}
    clocks = case.new_clocks(starts, Matter(level, origin or _origin(facts), facts.row.line))
    ordered = [ordered_clock(post, due, case.now) for post, due in _due_times(case, facts)]
    if ordered:
        clocks = [clock for clock in clocks if clock.kind != "reply"]
        clocks.append(min(ordered, key=lambda clock: clock.due_at))
    return clocks or [case.review()]


def _due_times(case: Case, facts: GroupFacts) -> list[tuple[AddressedPost, Millis]]:
    waiting = [post for post in case.letters(facts.row.id) if post.answered_at is None]
    return [(post, post.due_at) for post in waiting if post.due_at is not None]


def _told(case: Case, command: Open, level: Level) -> Notice:
    to = "role:duty" if command.by_person else "policy:alert"
    if case.group(command.group).row.conduct:
        to = to_leader("policy:alert")
    return Notice("opened", command.reason, to, case.group(command.group).row.incident, level, case.now)


def line_added(case: Case, incident: str, facts: GroupFacts, post: AddressedPost) -> Event:
    """Return the event that a message addressed to the unit must be answered."""
    due = post.due_at
    if due is None:
        matter = Matter(BY_HAND, post.origin, facts.row.line)
        clocks = case.clocks_of(("answer",), post.at, matter) or case.clocks_of(("reply",), post.at, matter)
        due = clocks[0].due_at if clocks else None
    return case.event(
        "line_added",
        incident,
        {
            "post": post.post,
            "group": facts.row.id,
            "received_at": post.at,
            "origin": post.origin.name,
            **({} if due is None else {"due_at": due}),
            **({"whom": post.whom} if post.whom else {}),
            **_ordered_reply(case, incident, facts.row.id, post),
        },
    )


def _ordered_reply(case: Case, incident: str, group: str, post: AddressedPost) -> dict[str, Value]:
    """A superior's due time is that of the whole matter, sooner or later than ours; of several the first counts."""
    known = case.state.incidents.get(incident)
    ordered = [] if known is None else [clock.due_at for clock in known.clocks if clock.ordered]
    others = [one.due_at for one in case.letters(group) if one.origin is Origin.SUPERIOR and one.due_at is not None]
    if (
        known is None
        or post.origin is not Origin.SUPERIOR
        or post.due_at is None
        or post.due_at > min(others + ordered)
    ):
        return {}
    return {"clocks": clock_data([ordered_clock(post, post.due_at, case.now)])}


def set_aside_group(case: Case, command: GroupSetAside) -> Decision:
    """The group is no to-do until it is back; what the person saw of it is kept."""
    if command.how not in HOWS:
        raise case.refusal(f"a group is set aside as {' or '.join(HOWS)}, not as {command.how}")
    _refuse_if_owned(case, command)
    if any(is_from_above(post) for post in case.letters(command.group)):
        sentence = f"group {command.group} holds a superior's paper, which needs its feedback (反馈); open or join it"
        raise case.refusal(sentence, code=UNANSWERED)
    mark = case.state.mark_of(command.group)
    seen = command.seen or case.seen_now(command.group)
    if mark is not None and (mark.state, mark.how, mark.seen) == (MarkState.SET_ASIDE, command.how, seen):
        raise case.refusal(f"group {command.group} is set aside already", code=ALREADY)
    data = {"group": command.group, "how": command.how, "seen": case.seen_by(command), **case.members(command)}
    return Decision((case.event("group_set_aside", "", data),))


def join_group(case: Case, command: GroupJoined) -> Decision:
    """The group belongs to the incident, and its messages to the unit are answer lines there."""
    facts = case.group(command.group)
    _refuse_if_owned(case, command)
    found = case.found(command.group)
    data = {"group": command.group, "seen": case.seen_by(command), **found, **case.members(command)}
    letters = case.letters(command.group)
    lines = [line_added(case, command.incident, facts, post) for post in letters]
    lines += answers(case, command.incident, letters)
    return Decision((case.event("group_joined", command.incident, data), *lines))


def restore_group(case: Case, command: GroupRestored) -> Decision:
    """The group is free: no longer set aside, or no longer part of the incident that it was joined to."""
    mark = case.state.mark_of(command.group)
    if mark is None or mark.state == MarkState.RESTORED:
        raise case.refusal(f"group {command.group} is neither set aside nor joined", code=ALREADY)
    data = {"group": command.group, "seen": case.seen_by(command), **case.members(command)}
    owner, holder = case.state.incident_of(command.group), case.holder(command.group)
    if owner is None or holder is None:
        return Decision((case.event("group_restored", "", data),))
    if case.state.incidents[holder].group == command.group:
        raise case.refusal(f"incident {holder} began with group {command.group}; close it instead", owner)
    _refuse_if_closed(case, command, owner)
    return Decision(case.on_holder(owner, holder, "group_restored", data))


def split_group(case: Case, command: GroupSplit) -> Decision:
    """The posts are a group of their own, free and named by its first post; the fold keeps them there."""
    facts = case.group(command.group)
    if not command.posts or len(set(command.posts)) >= facts.row.posts + facts.row.reposts:
        raise case.refusal(f"name some of the posts of group {command.group}, not all of them")
    if not set(command.posts) <= set(facts.members):
        raise case.refusal(f"some of these posts are no members of group {command.group}; reload it", code=UNKNOWN)
    ids = [_group_of(case, post) for post in command.posts]
    into = next((one for one in ids if one != command.group and one not in case.state.marks), None)
    if into is None:
        raise case.refusal("these posts were groups of their own before; join or restore those instead")
    data: dict[str, Value] = {"group": command.group, "into": into, "posts": list(command.posts)}
    owner, holder = case.state.incident_of(command.group), case.holder(command.group)
    if owner is None or holder is None:
        return Decision((case.event("group_split", "", data),))
    _refuse_if_closed(case, command, owner)
    return Decision(case.on_holder(owner, holder, "group_split", data))


def _group_of(case: Case, post: str) -> str:
    """Return the id of the group that begins with the post, another where that one was absorbed: ids never change."""
    named = group_id(case.state.unit, post)
    return group_id(case.state.unit, f"{post}\n{case.state.seq}") if named in case.facts.absorbed else named


def _refuse_if_closed(case: Case, command: GroupCommand, owner: Incident) -> None:
    if not is_legal(command.name, owner.state):
        raise case.refusal(f"incident {owner.id} is {owner.state}; reopen it first", owner)


def _refuse_if_owned(case: Case, command: GroupCommand) -> None:
    owner: Incident | None = case.state.incident_of(command.group)
    if owner is None:
        return
    mine = isinstance(command, GroupJoined) and owner.id == command.incident
    already = mine or isinstance(command, Open)
    raise case.refusal(
        f"group {command.group} belongs to incident {owner.id}, which is {owner.state}",
        owner,
        code=ALREADY if already else "INC-201",
    )
