"""What the events of assignments 交办 make of an incident."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from .event import Event
from .event_data import number, text
from .incident import Assignment, Incident


def _office_assigned(incident: Incident, event: Event) -> Incident:
    data = event.data
    task = Assignment(
        office=text(data, "office"),
        at=event.at,
        due_at=number(data, "due_at"),
        by_leader=bool(number(data, "by_leader")),
    )
    return replace(incident, assignments=(*incident.assignments, task))


def _office_chased(incident: Incident, event: Event) -> Incident:
    return _with_task(incident, event, lambda task: replace(task, chased=task.chased + 1))


def _office_received(incident: Incident, event: Event) -> Incident:
    return _with_task(incident, event, lambda task: replace(task, received_at=event.at))


def _office_answered(incident: Incident, event: Event) -> Incident:
    after = _with_task(incident, event, lambda task: replace(task, answered_at=event.at))
    handled_at = after.times.handled_at or event.at
    return replace(after, times=replace(after.times, handled_at=handled_at))


def _office_returned(incident: Incident, event: Event) -> Incident:
    return _with_task(incident, event, lambda task: replace(task, returned_at=event.at))


def _office_recalled(incident: Incident, event: Event) -> Incident:
    return _with_task(incident, event, lambda task: replace(task, recalled_at=event.at))


def _with_task(incident: Incident, event: Event, change: Callable[[Assignment], Assignment]) -> Incident:
    office = text(event.data, "office")
    tasks = tuple(change(task) if task.office == office and task.waits else task for task in incident.assignments)
    return replace(incident, assignments=tasks)


APPLY_OFFICE: Mapping[str, Callable[[Incident, Event], Incident]] = {
    "office_assigned": _office_assigned,
    "office_chased": _office_chased,
    "office_received": _office_received,
    "office_answered": _office_answered,
    "office_returned": _office_returned,
    "office_recalled": _office_recalled,
}
