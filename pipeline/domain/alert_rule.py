"""
Alert rules: what should be so, asked again and again (MECHANICS §3, last paragraph; levels: §5).

A rule never answers "what just happened?". It looks at a matter as it stands and at what people and rules have decided
about it, and names the commands that would make it right; where all is right it names none. So asking twice changes
nothing, and a crash between a commit and its command is mended by asking again.
"""

from collections.abc import Sequence

from .alert_policy import AlertPolicy
from .command import AddAnswerLines, Command, Open, Raise, Reopen
from .group import GroupRow
from .incident import Disposition, Incident, State
from .level import Level, is_higher, one_up
from .people import GroupMark, MarkState, is_back
from .post import Millis
from .seen import NOTHING, Seen, seen_of
from .unit_state import UnitState


def ask(state: UnitState, rows: Sequence[GroupRow], policy: AlertPolicy, now: Millis) -> tuple[Command, ...]:
    """
    Return the commands for one matter: the row of a free group, or the rows of the groups that one incident owns.

    Groups of the incident whose rows are not given count as they were last seen.
    """
    return wanted(rows, state.mark_of(rows[0].id), state.incident_of(rows[0].id), policy, now)


def wanted(
    rows: Sequence[GroupRow], mark: GroupMark | None, incident: Incident | None, policy: AlertPolicy, now: Millis
) -> tuple[Command, ...]:
    """
    Return what should be so and is not, as commands; `incident` as one with what it has absorbed.

    Nothing is wanted of what is merged: ask of the incident that absorbed it. The decider asks the same question once
    more, of the state that it decides on.
    """
    if incident is None:
        opening = _opening(rows[0], mark, policy, now)
        return () if opening is None else (opening,)
    if incident.state is State.MERGED:
        return ()
    lines = tuple(_lines(row, incident, policy) for row in rows if _has_unlisted(row, incident))
    stirring = _stirring(rows, incident, policy, now)
    if incident.state is State.CLOSED:
        reason = stirring[1] if stirring is not None else "addressed" if lines else None
        return () if reason is None else (_reopening(incident, reason, policy),)
    if stirring is None or not is_higher(stirring[0], incident.level):
        return lines
    return (*lines, _raising(incident, stirring, policy))


def standing_reasons(row: GroupRow, policy: AlertPolicy) -> tuple[str, ...]:
    """Return the reasons that stand for this group now, whatever anyone decided: what a person who looks has seen."""
    seen = seen_of(row, ())
    stands = {
        "addressed": seen.addressed_posts > 0,
        "grave": seen.grave_posts > 0,
        "new_matter": row.recent_posts >= policy.new_posts and row.recent_posters >= policy.new_posters,
    }
    return tuple(reason for reason, holds in stands.items() if holds)


def _opening(row: GroupRow, mark: GroupMark | None, policy: AlertPolicy, now: Millis) -> Open | None:
    """A set-aside group must be back first; then a reason counts that is new, or whose measure has doubled since."""
    aside = mark is not None and mark.state == MarkState.SET_ASIDE
    if mark is not None and aside and not is_back(mark, row):
        return None
    seen = mark.seen if mark is not None and aside else NOTHING
    current = seen_of(row, standing_reasons(row, policy))
    is_ours = row.about is not False
    if is_ours and _is_newly_grave(current, seen, policy) and _is_fresh(row.grave_at or row.last_at, policy, now):
        return _open(row, "grave", row.grave_level, policy)
    matter = "new_matter" in current.reasons and (
        "new_matter" not in seen.reasons or _has_doubled(current.posts, seen.posts, policy)
    )
    if is_ours and matter and _is_fresh(row.last_at, policy, now):
        return _open(row, "new_matter", policy.new_level, policy)
    late = not row.imported and now - (row.addressed_at or row.last_at) > policy.addressed_opens_within
    if current.addressed_posts > seen.addressed_posts and not late:
        return _open(row, "addressed", policy.addressed_level, policy)
    return None


def _stirring(
    rows: Sequence[GroupRow], incident: Incident, policy: AlertPolicy, now: Millis
) -> tuple[Level, str] | None:
    """What really happened since somebody last saw the matter: the level that it asks for, and the reason."""
    judged = incident.is_judged_by_people and incident.disposition is not Disposition.IRRELEVANT
    if not judged and all(row.about is False for row in rows):
        return None
    levels = [row.grave_level for row in rows if _is_grave_news(row, incident, policy, now)]
    grower = _growth(rows, incident, policy) if any(_is_fresh(row.last_at, policy, now) for row in rows) else None
    grown = max(one_up(incident.level), policy.growth_up_to)
    if levels and (grower is None or min(levels) <= grown):
        return min(levels), "grave"
    return None if grower is None else (grown, grower)


def _is_grave_news(row: GroupRow, incident: Incident, policy: AlertPolicy, now: Millis) -> bool:
    seen = incident.seen.get(row.id, NOTHING)
    return _is_newly_grave(seen_of(row, ()), seen, policy) and _is_fresh(row.grave_at or row.last_at, policy, now)


def _is_newly_grave(current: Seen, seen: Seen, policy: AlertPolicy) -> bool:
    if not current.grave_posts:
        return False
    graver = not seen.grave_posts or current.grave_level < seen.grave_level
    return graver or _has_doubled(current.grave_posts, seen.grave_posts, policy)


def _growth(rows: Sequence[GroupRow], incident: Incident, policy: AlertPolicy) -> str | None:
    """Counts are those of the whole matter, so that growth in many small groups is growth."""
    current = {row.id: seen_of(row, ()) for row in rows}
    then = {group: incident.seen.get(group, NOTHING) for group in {*incident.seen, *current}}
    now = [current.get(group, seen) for group, seen in then.items()]
    if _has_doubled(sum(seen.posts for seen in now), sum(seen.posts for seen in then.values()), policy):
        return "growth"
    more = sum(seen.sources for seen in now) - sum(seen.sources for seen in then.values())
    return "spread" if more >= policy.spread_sources else None


def _has_doubled(now: int, then: int, policy: AlertPolicy) -> bool:
    return now >= then * policy.growth_factor and now >= then + policy.growth_posts


def _is_fresh(at: Millis, policy: AlertPolicy, now: Millis) -> bool:
    return now - at <= policy.raises_within


def _has_unlisted(row: GroupRow, incident: Incident) -> bool:
    listed = {line.post for line in incident.lines if line.group == row.id}
    latest_is_missing = row.latest_addressed is not None and row.latest_addressed not in listed
    return latest_is_missing or row.addressed_posts > len(listed)


def _actor(reason: str, policy: AlertPolicy) -> str:
    return f"rule:{reason}@{policy.version}"


def _open(row: GroupRow, reason: str, level: Level, policy: AlertPolicy) -> Open:
    return Open(
        command_id=f"open:{row.incident}",
        actor=_actor(reason, policy),
        group=row.id,
        reason=reason,
        level=level,
    )


def _raising(incident: Incident, stirring: tuple[Level, str], policy: AlertPolicy) -> Raise:
    level, reason = stirring
    return Raise(
        command_id=f"raise:{incident.id}:{incident.revision}:{reason}:{level}",
        actor=_actor(reason, policy),
        incident=incident.id,
        level=level,
        reason=reason,
    )


def _reopening(incident: Incident, reason: str, policy: AlertPolicy) -> Reopen:
    return Reopen(
        command_id=f"reopen:{incident.id}:{incident.revision}:{reason}",
        actor=_actor(reason, policy),
        incident=incident.id,
        reason=reason,
    )


def _lines(row: GroupRow, incident: Incident, policy: AlertPolicy) -> AddAnswerLines:
    return AddAnswerLines(
        command_id=f"lines:{incident.id}:{row.id}:{incident.revision}:{row.latest_addressed}",
        actor=_actor("addressed", policy),
        incident=incident.id,
        group=row.id,
    )
