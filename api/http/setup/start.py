"""What happens once the first run is through: when sources are read, who is told, and what is still missing."""

from collections.abc import Sequence
from dataclasses import dataclass

from api.source_line import SourceLine
from pipeline.domain.post import Millis

from .contact import contact_of
from .frame import Asked


@dataclass(frozen=True, slots=True)
class Start:
    """How the unit stands: what will be read from when on, how many people are told, and over what."""

    at: Millis
    sources: Sequence[SourceLine]
    has_contact: bool
    people: int
    has_mail: bool

    @property
    def is_reading(self) -> bool:
        """Whether something is read without anybody doing more."""
        return self.has_contact and bool(self.sources)


def start_of(asked: Asked) -> Start:
    """Return how the unit stands at this moment; sources that are on are read at once, and then at their pace."""
    service = asked.service
    return Start(
        at=service.clock.now(),
        sources=[line for line in service.sources() if line.is_alive is not None],
        has_contact=bool(contact_of(service)),
        people=len({one.account for one in asked.held.own.recipients}),
        has_mail=service.mail.server() is not None,
    )
