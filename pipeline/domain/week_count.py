"""
What a week's decisions come to, counted from the log alone; each count is the ids behind it, so nothing is invented.
What a list of another system told as answered long ago is no work of this week, though it was taken in it.

An incident that was merged into another counts there. What was taken back counts as if it had not been done.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .closed_week import ClosedWeek
from .event import Batch, Event
from .event_data import text
from .incident import Incident, State
from .next_due import next_due
from .post import Millis
from .unit_state import UnitState
from .week import WEEK


@dataclass(frozen=True, slots=True)
class WeekCount:
    """
    Ids of incidents, and of posts for `contacted` and `ended` (求助线索). `in_time` are those of `answered` of which
    nothing was answered after its due time. `open` and `overdue` are as things stood at the cut.
    """

    new: tuple[str, ...]
    verified: tuple[str, ...]
    untrue: tuple[str, ...]
    answered: tuple[str, ...]
    in_time: tuple[str, ...]
    open: tuple[str, ...]
    overdue: tuple[str, ...]
    contacted: tuple[str, ...]
    ended: tuple[str, ...]

    def sizes(self) -> Mapping[str, int]:
        """Return how many there are of each, as the cut records it."""
        return {name: len(getattr(self, name)) for name in self.__slots__}


def count_week(state: UnitState, batches: Iterable[Batch], until: Millis) -> WeekCount:
    """Return what the batches come to, as `state` stands behind the last of them; `until` says what is overdue."""
    events = [event for batch in without_history(state, batches, until) for event in batch.events]
    standing = [state.as_one(one.id) for one in state.incidents.values() if one.is_open]
    answered = [one for one in _of(state, events, "replied", "line_answered") if _is_answered(one)]
    in_time = [one for one in answered if _is_in_time(one)]
    return WeekCount(
        new=_ids(_of(state, events, "opened")),
        verified=_ids(one for one in _of(state, events, "verified") if one.times.verified_at is not None),
        untrue=_ids(one for one in _of(state, events, "verdict_given") if one.must_clarify),
        answered=_ids(answered),
        in_time=_ids(in_time),
        open=_ids(standing),
        overdue=_ids(one for one in standing if (due := next_due(one)) is not None and due.at < until),
        contacted=_posts(state, events, "need_contacted"),
        ended=_posts(state, events, "need_outcome"),
    )


def without_history(state: UnitState, batches: Iterable[Batch], until: Millis) -> Sequence[Batch]:
    """Return the batches without those that only took what was answered before the week that ends then began."""
    return [batch for batch in batches if not all(_is_history(state, event.incident, until) for event in batch.events)]


def _is_history(state: UnitState, incident: str, until: Millis) -> bool:
    """Whether the incident came answered, by an imported list, and was over before the week that ends then began."""
    one = state.incidents.get(incident)
    if one is None or one.state is not State.CLOSED or one.times.acknowledged_at is not None or not one.lines:
        return False
    return all(line.ended_at is not None and line.ended_at < until - WEEK for line in one.lines)


def batches_told(batches: Iterable[Batch], cut: ClosedWeek, weeks: Mapping[str, ClosedWeek]) -> Sequence[Batch]:
    """
    Return those of a unit's batches that the cut tells: the ones behind the cut before it, so that none is left out.

    `weeks` are the cuts before it. A unit's first digest begins with its week.
    """
    told = [batch for batch in batches if batch.seq <= cut.until_seq]
    if weeks:
        begins = max(week.until_seq for week in weeks.values())
        return [batch for batch in told if batch.seq > begins]
    return [batch for batch in told if any(event.at >= cut.since for event in batch.events)]


def _of(state: UnitState, events: Iterable[Event], *types: str) -> Sequence[Incident]:
    """Return the incidents of which the events tell, each once and as one with what it absorbed."""
    told = dict.fromkeys(event.incident for event in events if event.type in types)
    found = (state.incidents[incident] for incident in told if incident in state.incidents)
    return [state.as_one(one.id) for one in found if one.state is not State.MERGED]


def _is_answered(incident: Incident) -> bool:
    return incident.times.responded_at is not None or any(line.outcome == "answered" for line in incident.lines)


def _is_in_time(incident: Incident) -> bool:
    """Whether the reply came by its clock, and each message was answered by its due time."""
    replied = incident.times.responded_at
    due = next((clock.due_at for clock in incident.clocks if clock.kind == "reply"), None)
    if replied is not None and due is not None and replied > due:
        return False
    ends = [(line.ended_at, line.due_at) for line in incident.lines if line.outcome == "answered"]
    return all(ended is None or due_at is None or ended <= due_at for ended, due_at in ends)


def _ids(incidents: Iterable[Incident]) -> tuple[str, ...]:
    return tuple(sorted(incident.id for incident in incidents))


def _posts(state: UnitState, events: Iterable[Event], kind: str) -> tuple[str, ...]:
    told = {text(event.data, "post") for event in events if event.type == kind}
    stands = {
        post
        for post in told
        if (need := state.needs.get(post)) and (need.contacts if kind == "need_contacted" else need.outcome)
    }
    return tuple(sorted(stands))
