"""Undo: a person's own last step is taken back within 10 minutes, by events that compensate it; the log keeps both."""

from collections.abc import Sequence

from .case import UNKNOWN, Case
from .event import Notice
from .facts import Decision
from .incident import Incident
from .incident_command import Undo
from .recent_step import UNDO_WITHIN, RecentStep
from .undoing import ANSWERED_BY, final_kind, is_untouched_since, last_step_of, taken_back


def undo(case: Case, command: Undo) -> Decision:
    """All that the step changed is as before it; whoever was told of the step is told that it was taken back."""
    incident = case.incident(command.incident) if command.incident else None
    step = _step(case, command)
    _refuse_final(case, incident, step)
    if step is None or step.actor != command.actor or case.now - step.at > UNDO_WITHIN:
        raise case.refusal("only one's own last step is taken back, within 10 minutes", incident)
    if command.incident and command.incident not in step.incidents:
        raise case.refusal(f"batch {step.seq} is no step of incident {command.incident}", incident, code=UNKNOWN)
    if not is_untouched_since(case.state, step):
        raise case.refusal("something has happened since; this step is no longer the last one", incident)
    facts = taken_back(case.state, step)
    return Decision(tuple(case.event(kind, of, data) for kind, of, data in facts), _corrections(case, step.notices))


def _refuse_final(case: Case, incident: Incident | None, step: RecentStep | None) -> None:
    """Refuse steps that another command answers, whoever took them; an incident without a step was only opened."""
    if step is not None:
        types = step.types
    elif incident is not None:
        types = ("opened",) if incident.undo is None else incident.undo.types
    else:
        return
    kind = final_kind(types)
    if kind is not None:
        instead = f" by {ANSWERED_BY[kind]}" if ANSWERED_BY[kind] else ""
        raise case.refusal(f"this step is not undone but answered{instead}", incident)


def _step(case: Case, command: Undo) -> RecentStep | None:
    """Return the step that is meant: the one named, the incident's last, or the person's last in the unit."""
    if command.seq is None and not command.incident:
        return last_step_of(case.state, command.actor, case.now)
    seq = command.seq
    if seq is None:
        point = case.state.incidents[command.incident].undo
        seq = None if point is None else point.seq
    return next((step for step in case.state.recent if step.seq == seq), None)


def _corrections(case: Case, notices: Sequence[Notice]) -> tuple[Notice, ...]:
    """What was told is corrected, to the same people and at the same level; `why` is what was told then."""
    told = [Notice("undone", one.what, one.to, one.incident, one.level, case.now) for one in notices]
    return tuple(dict.fromkeys(told))
