"""
How long the steps of incidents took: published→discovered→acknowledged→verified→handled→responded (DESIGN §3).

One incident for its page, all of them for a unit. A step that was not made is no interval, and an incident that was
merged into another is measured there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .incident import Incident, State
from .post import Millis


@dataclass(frozen=True, slots=True)
class Pace:
    """How many incidents made a step, how long half of them took at most, and the slowest, in milliseconds."""

    incidents: int
    median: Millis
    longest: Millis


def timed(incident: Incident) -> dict[str, object]:
    """Return what is measured of one incident, as JSON: its state, and milliseconds by step as far as it has come."""
    return {
        "incident": incident.id,
        "state": incident.state.value,
        "level": incident.level,
        "took_ms": dict(incident.times.intervals()),
    }


def pace_of(incidents: Iterable[Incident]) -> Mapping[str, Pace]:
    """Return the pace of each step that some incident made, in the order of the steps."""
    took: dict[str, list[Millis]] = {}
    for incident in incidents:
        if incident.state is not State.MERGED:
            for step, length in incident.times.intervals().items():
                took.setdefault(step, []).append(length)
    return {step: _pace(sorted(took[step])) for step in sorted(took, key=_order)}


def _pace(lengths: list[Millis]) -> Pace:
    return Pace(len(lengths), lengths[(len(lengths) - 1) // 2], lengths[-1])


_MOMENTS = ("published", "discovered", "acknowledged", "verified", "handled", "responded")


def _order(step: str) -> tuple[int, int]:
    one, _, then = step.partition("→")
    return _MOMENTS.index(one), _MOMENTS.index(then)
