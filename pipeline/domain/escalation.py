"""
Reminders: what clocks want of an incident, asked again and again like alert rules, so that a restart skips nothing.

A due time is no event. It lies in the incident; whoever asks at the right moment, or late, gets the same commands.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .command import Command
from .incident import Incident, State
from .incident_command import Escalate, Resume, Unacknowledge, Unsnooze
from .level import HIGHEST
from .next_due import NextDue, dues
from .post import Millis
from .unit_state import UnitState

HOUR: Millis = 3_600_000


@dataclass(frozen=True, slots=True)
class EscalationPolicy:
    """
    Data of a unit: `steps` are the times after a due time at which the next people are told, the first one first.

    `gives_back_after`: an incident that its owner left alone for so long waits for acknowledgement again; None: never.
    """

    steps: tuple[Millis, ...] = (0, 4 * HOUR, 24 * HOUR)
    gives_back_after: Millis | None = None


DEFAULT_REMINDERS = EscalationPolicy()


def ask_clocks(state: UnitState, policy: EscalationPolicy, now: Millis) -> tuple[Command, ...]:
    """Return the commands that the clocks of all open incidents ask for now, in the order of their incidents' ids."""
    open_ids = sorted(incident.id for incident in state.incidents.values() if incident.is_open)
    return tuple(command for one in open_ids for command in wanted_by_clocks(state.as_one(one), policy, now))


def wanted_by_clocks(incident: Incident, policy: EscalationPolicy, now: Millis) -> tuple[Command, ...]:
    """
    Return what the clocks of one incident (as one) ask for: the end of a snooze or hold, a reminder not yet told.

    Of each due time only the last step that is reached is told. Holds are not disturbed, nor snoozes but at level Ⅰ.
    """
    if not incident.is_open:
        return ()
    ends = tuple(_ends(incident, now))
    snoozed = incident.snoozed_until is not None and incident.level != HIGHEST
    if ends or incident.held_until is not None or snoozed:
        return ends
    reminders = [_reminder(incident, due, policy, now) for due in dues(incident)]
    told = tuple(one for one in reminders if one is not None)
    return (*told, *_given_back(incident, policy, now))


def next_look(incident: Incident, policy: EscalationPolicy) -> Millis | None:
    """
    Return the moment before which the clocks want nothing of an incident (as one), if nothing else happens to it.

    None: they never will. What they want may be refused, and is wanted on: then the moment lies in the past.
    """
    if not incident.is_open:
        return None
    ends = [at for at in (incident.snoozed_until, incident.held_until) if at is not None]
    snoozed = incident.snoozed_until is not None and incident.level != HIGHEST
    if incident.held_until is not None or snoozed:
        return min(ends)
    steps = (at for due in dues(incident) for at in _steps_to_come(incident, due, policy))
    return min((*ends, *steps, *_left_alone_until(incident, policy)), default=None)


def _steps_to_come(incident: Incident, due: NextDue, policy: EscalationPolicy) -> Iterable[Millis]:
    """Yield when each step that comes behind those told is reached."""
    told = {step for what, subject, at, step in incident.rung if (what, subject, at) == (due.what, due.subject, due.at)}
    last = max(told, default=-1)
    if due.warn_at is not None and last < 0:
        yield due.warn_at
    yield from (due.at + after for step, after in enumerate(policy.steps, start=1) if step > last)


def _ends(incident: Incident, now: Millis) -> Iterable[Command]:
    ident = f"{incident.id}:{incident.revision}"
    if incident.snoozed_until is not None and incident.snoozed_until <= now:
        yield Unsnooze(command_id=f"unsnooze:{ident}", actor="clock:snooze", incident=incident.id)
    if incident.held_until is not None and incident.held_until <= now:
        yield Resume(command_id=f"resume:{ident}", actor="clock:hold", incident=incident.id)


def _reminder(incident: Incident, due: NextDue, policy: EscalationPolicy, now: Millis) -> Escalate | None:
    reached = [step for step, after in enumerate(policy.steps, start=1) if now >= due.at + after]
    if due.warn_at is not None and now >= due.warn_at:
        reached.insert(0, 0)
    if not reached or (due.what, due.subject, due.at, reached[-1]) in incident.rung:
        return None
    step = reached[-1]
    return Escalate(
        command_id=f"escalate:{incident.id}:{due.what}:{due.subject}:{due.at}:{step}",
        actor=f"clock:{due.what}",
        incident=incident.id,
        kind=due.what,
        step=step,
        due_at=due.at,
        subject=due.subject,
    )


def _given_back(incident: Incident, policy: EscalationPolicy, now: Millis) -> Iterable[Command]:
    if any(now >= at for at in _left_alone_until(incident, policy)):
        ident = f"unacknowledge:{incident.id}:{incident.revision}"
        yield Unacknowledge(command_id=ident, actor="clock:unacknowledge", incident=incident.id)


def _left_alone_until(incident: Incident, policy: EscalationPolicy) -> Iterable[Millis]:
    """Yield when an owner who takes no step more has left it alone: reminders of clocks are no step of his."""
    after = policy.gives_back_after
    judged = any(claim.verdict is not None for claim in incident.claims)
    if after is None or incident.state is not State.VERIFYING or judged:
        return
    steps = [step.at for step in incident.trail if step.actor.startswith("account:")]
    if steps:
        yield max(steps) + after
