"""The stores of one installation, as every process opens them."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.ports import Blobs, Clock, IncidentLog, Outbox, PostBus, PosterTokens, PostStore, Records


@dataclass(frozen=True, slots=True)
class Stores:
    """All ports of one installation; `closers` end what they hold open."""

    bus: PostBus
    posts: PostStore
    log: IncidentLog
    records: Records
    outbox: Outbox
    tokens: PosterTokens
    blobs: Blobs
    clock: Clock
    closers: tuple[Callable[[], None], ...] = ()

    def close(self) -> None:
        """No file of the installation is open here any more; the ports are not used again."""
        for close in self.closers:
            close()
