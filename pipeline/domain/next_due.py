"""When an open incident is due next, or the reason why it waits: nothing is left without one of the two."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .incident import OPEN_STATES, Incident, RunningClock, State
from .post import Millis

RUNS_IN: Mapping[str, tuple[State, ...]] = {
    "acknowledge": (State.DISCOVERED,),
    "verify": (State.DISCOVERED, State.VERIFYING),
    "reply": (State.DISCOVERED, State.VERIFYING, State.HANDLING),
    "statement": (State.DISCOVERED, State.VERIFYING, State.HANDLING),
    "press_conference": (State.DISCOVERED, State.VERIFYING, State.HANDLING),
}
"""States in which a kind of clock runs; a kind that is not named runs until the incident is closed."""


@dataclass(frozen=True, slots=True)
class NextDue:
    """
    The next moment at which somebody owes something, and what: a kind of clock, or why the matter waits.

    `subject` is the message that must be answered, or the office that must answer; `warn_at` when to remind of it.
    """

    at: Millis
    what: str
    subject: str = ""
    warn_at: Millis | None = None


def is_running(clock: RunningClock, state: State) -> bool:
    """Whether the clock still counts in the state."""
    return state in RUNS_IN.get(clock.kind, OPEN_STATES)


def running(clocks: Iterable[RunningClock], state: State) -> tuple[RunningClock, ...]:
    """Return the clocks that count in the state."""
    return tuple(clock for clock in clocks if is_running(clock, state))


def next_due(incident: Incident) -> NextDue | None:
    """
    Return what the incident (as one) is due for next; None only where it is closed or merged.

    A hold or a snooze is a stated reason with an end: then that end is the next moment.
    """
    if not incident.is_open:
        return None
    if incident.held_until is not None:
        return NextDue(incident.held_until, "on_hold")
    if incident.snoozed_until is not None:
        return NextDue(incident.snoozed_until, "snoozed")
    return min(dues(incident), key=lambda due: (due.at, due.what, due.subject), default=None)


def dues(incident: Incident) -> tuple[NextDue, ...]:
    """Return everything that an open incident (as one) is due for, waiting or not."""
    clocks = [
        NextDue(clock.due_at, clock.kind, warn_at=clock.warn_at) for clock in running(incident.clocks, incident.state)
    ]
    lines = [NextDue(line.due_at, "answer", line.post) for line in incident.waiting_lines if line.due_at is not None]
    offices = [
        NextDue(one.due_at, "assignment", one.office, one.reminds_at) for one in incident.assignments if one.waits
    ]
    return (*clocks, *lines, *offices, *_returned(incident)) if incident.is_open else ()


def _returned(incident: Incident) -> Iterable[NextDue]:
    """Yield what offices have returned and nobody was given since: the desk owes it by the same time."""
    if incident.state not in (State.VERIFYING, State.HANDLING):
        return
    given = max((one.at for one in incident.assignments if one.waits or one.answered_at is not None), default=0)
    for one in incident.assignments:
        if one.returned_at is not None and given < one.returned_at:
            yield NextDue(one.due_at, "returned", one.office)
