"""What the web service stands on: one value, given to the application and found by every handler."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from api.accounts.people import People
from api.entrance import Entrance
from api.health import Health, Part
from api.notify.editor import Editor
from api.notify.mail_server import MailDesk
from api.source_line import SourceLine
from api.sources.book import SourceBook
from api.stores import Stores
from pipeline.domain.mention import NO_OPINION, Opinion
from pipeline.ports import Clock, Door
from pipeline.workflow.clerk import Clerk
from pipeline.workflow.desk import Desk
from pipeline.workflow.settings import Settings


def no_opinion(_words: str) -> Opinion:
    """Abstain in everything: where no classifier is at hand, nothing is proposed from words alone."""
    return NO_OPINION


def no_servers() -> Sequence[Part]:
    """Return nothing: everything is in files of this machine."""
    return ()


class Counts:
    """How often something happened since this process began, for /metrics."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str) -> None:
        """It happened once more."""
        with self._guard:
            self._counts[name] += 1

    def read(self) -> Mapping[str, int]:
        """Return name → how often."""
        with self._guard:
            return dict(self._counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """
    Stores, desk, clerk, door, settings, people, and how the service is reached; `editor` writes digests.

    `is_demo`: all of it is invented.

    `mail` knows the unit's mail server; `written_contact` is the crawler's contact where the operator's file names it.

    `servers` says how the servers of a cluster stand; there are none in the embedded profile.

    `opine` gives the classifier's opinion on words that somebody types. `reveal` opens a sealed address, for the jump
    to the original alone; `sources` lists the sources with their health,
    `source_book` tries addresses and keeps sources.
    """

    stores: Stores
    desk: Desk
    clerk: Clerk
    settings: Settings
    editor: Editor
    people: People
    entrance: Entrance
    health: Callable[[], Health]
    metrics: Callable[[], Mapping[str, int]]
    door: Door
    reveal: Callable[[str], str]
    sources: Callable[[], Sequence[SourceLine]]
    source_book: SourceBook
    mail: MailDesk
    written_contact: str = ""
    is_demo: bool = False
    opine: Callable[[str], Opinion] = no_opinion
    servers: Callable[[], Sequence[Part]] = no_servers
    counts: Counts = field(default_factory=Counts)

    @property
    def clock(self) -> Clock:
        """Return the installation's clock."""
        return self.stores.clock

    def knows(self, unit: str) -> bool:
        """Whether there is such a unit in this installation."""
        return unit in self.settings.units or unit in self.stores.log.units()


def service_of(request: Request) -> Service:
    """Return the service that this request was sent to."""
    service: Service = request.app.state.service
    return service


TheService = Annotated[Service, Depends(service_of)]
"""Type of a handler's parameter that receives the service."""
