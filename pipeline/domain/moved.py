"""The refusal of a step whose screen was older than the incident, with what the others did meanwhile."""

from .errors import Refused
from .incident import Incident, Step
from .moves import legal_moves


class Moved(Refused):
    """
    The incident's revision is not the one on the person's screen. Growth never causes it, only events do.

    `since` are the steps behind the screen's revision, oldest first: type, actor, time; of very old ones only the
    newest 20 are known. `revision` is the one to look at now.
    """

    def __init__(self, incident: Incident, expected: int) -> None:
        self.since: tuple[Step, ...] = tuple(step for step in incident.trail if step.revision > expected)
        self.revision = incident.revision
        done = ", ".join(f"{step.type} by {step.actor}" for step in self.since)
        super().__init__(
            f"incident {incident.id} is at revision {incident.revision}, not {expected};"
            f" since then: {done or 'nothing'}; look again, then repeat",
            code="INC-409",
            allowed=legal_moves(incident.state),
        )
