"""
How fast a unit was in a span of time: what was opened, verified and answered, and whether in time. Only reads.

Counts come from the log alone: they are what people, alert rules and clocks have done, and exact.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.domain.clock import ClockKind
from pipeline.domain.incident import Incident, State
from pipeline.domain.post import Millis
from pipeline.domain.unit_state import UnitState


@dataclass(frozen=True, slots=True)
class Pace:
    """
    What was done from one moment to another. `answered_in_time` are those of `answered` that kept their reply clock.

    `became_overdue` are clocks that ran out in the span while nobody had done what they ask for.
    """

    opened: int
    acknowledged: int
    verified: int
    answered: int
    answered_in_time: int
    closed: int
    became_overdue: int


def pace(state: UnitState, since: Millis, until: Millis) -> Pace:
    """Return the pace from `since` on, `until` left out; a matter that was merged counts with the one that stays."""
    matters = [state.as_one(one.id) for one in state.incidents.values() if one.state is not State.MERGED]

    def within(at: Millis | None) -> bool:
        return at is not None and since <= at < until

    answered = [one for one in matters if within(one.times.responded_at)]
    return Pace(
        opened=_count(within(one.times.opened_at) for one in matters),
        acknowledged=_count(within(one.times.acknowledged_at) for one in matters),
        verified=_count(within(one.times.verified_at) for one in matters),
        answered=len(answered),
        answered_in_time=_count(map(was_answered_in_time, answered)),
        closed=_count(within(one.times.closed_at) for one in matters),
        became_overdue=_count(within(at) for one in matters for at in missed(one, until)),
    )


def was_answered_in_time(incident: Incident) -> bool:
    """Whether the answer kept the reply clock; without such a clock every answer did."""
    dues = [clock.due_at for clock in incident.clocks if clock.kind == ClockKind.REPLY.value]
    at = incident.times.responded_at
    return at is not None and (not dues or at <= min(dues))


def missed(incident: Incident, now: Millis) -> Iterable[Millis]:
    """Yield when the clocks of acknowledgement, verification and reply ran out before their step was made."""
    times = incident.times
    ended = times.closed_at
    made = {
        ClockKind.ACKNOWLEDGE.value: times.acknowledged_at,
        ClockKind.VERIFY.value: times.verified_at,
        ClockKind.REPLY.value: times.responded_at,
    }
    for clock in incident.clocks:
        done = made.get(clock.kind, ended)
        moments = [at for at in (done, ended) if at is not None]
        if clock.kind in made and clock.due_at < min([*moments, now]):
            yield clock.due_at


def _count(claims: Iterable[bool]) -> int:
    return sum(claims)
