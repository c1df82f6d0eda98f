"""
自主发现率: which matters the unit had found by itself before somebody else brought them. Counted from the log alone.

The unit of count is the incident, as one with what it has absorbed. `brought` are those that somebody else brought too:
a message of the public (网民留言), a letter or visit, an order of 12345, a paper from above. An incident counts once,
in the week whose decisions put the first such message on its record.

`first` are those of them of which the unit had a post before: the moment at which monitoring collected the first post
of the matter, or its own people entered it (`found`), lies before the moment of the first message. That is the moment
which the message states (a list of days alone counts from midnight), else the one at which it came. The same moment is
not before. `own` are those of the week's new incidents that nobody else had brought before the unit found them.

Where a log says nothing of when the unit found a matter (it was written before that was recorded, or a changed rule
found it later), the matter is not counted as found by itself.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .event import Batch, Event
from .event_data import text
from .incident import Incident, State
from .post import OWN_FINDS, Millis, Origin
from .unit_state import UnitState

NAMES = ("own", "brought", "first")
"""The counts, as the cut of a week records them under `own_…`."""


@dataclass(frozen=True, slots=True)
class OwnDiscovery:
    """Ids of incidents: found by the unit itself, brought by others too, and of these the ones that it found first."""

    own: tuple[str, ...] = ()
    brought: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    def sizes(self) -> Mapping[str, int]:
        """Return how many there are of each, as the cut records it."""
        return {f"own_{name}": len(getattr(self, name)) for name in NAMES}


def own_discovery(state: UnitState, batches: Iterable[Batch]) -> OwnDiscovery:
    """Return what the batches come to, as `state` stands behind the last of them."""
    events = [event for batch in batches for event in batch.events]
    told = {text(event.data, "post") for event in events if event.type == "line_added"}
    brought = [one for one in _of(state, events, "line_added") if (posts := _messages(one)) and posts <= told]
    return OwnDiscovery(
        own=_ids(one for one in _of(state, events, "opened") if _is_found_first(one)),
        brought=_ids(brought),
        first=_ids(one for one in brought if _is_found_first(one)),
    )


def _of(state: UnitState, events: Iterable[Event], kind: str) -> list[Incident]:
    """Return the incidents of which events of the kind tell, each once, as one with what it has absorbed."""
    roots = dict.fromkeys(_root(state, event.incident) for event in events if event.type == kind)
    return [state.as_one(root) for root in roots if root and state.incidents[root].state is not State.MERGED]


def _root(state: UnitState, incident: str) -> str:
    """Return the incident that stands for this one; "" where the log has none."""
    while incident in state.incidents and (into := state.incidents[incident].into) is not None:
        incident = into
    return incident if incident in state.incidents else ""


def _messages(incident: Incident) -> set[str]:
    """Return the messages that somebody else brought."""
    return {line.post for line in incident.lines if _is_of_others(line.origin)}


def _is_found_first(incident: Incident) -> bool:
    """Whether the unit had a post of the matter before anybody else's message."""
    found = min(incident.found.values(), default=None)
    theirs: Millis | None = min((line.at for line in incident.lines if _is_of_others(line.origin)), default=None)
    return found is not None and (theirs is None or found < theirs)


def _is_of_others(origin: Origin) -> bool:
    return origin not in OWN_FINDS


def _ids(incidents: Iterable[Incident]) -> tuple[str, ...]:
    return tuple(sorted({incident.id for incident in incidents}))
