"""The stores of one installation, as every process opens them."""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.ports import Blobs, Clock, IncidentLog, MentionBus, Outbox, PostBus, PosterTokens, PostStore, Records


@dataclass(frozen=True, slots=True)
class Stores:
    """
    All ports of one installation; `closers` end what they hold open.

    `clock` is the time of what happens in the county: posts, due times, notices. In a demo it runs faster than the
    wall; what must hold on the machine, leases and signs of life, then goes by `wall` (see `machine_clock`).
    `mentions` lies between the two halves of the worker, where these are two: on the cluster.
    """

    bus: PostBus
    posts: PostStore
    log: IncidentLog
    records: Records
    outbox: Outbox
    tokens: PosterTokens
    blobs: Blobs
    clock: Clock
    closers: tuple[Callable[[], None], ...] = ()
    wall: Clock | None = None
    mentions: MentionBus | None = None

    @property
    def machine_clock(self) -> Clock:
        """The clock of leases, heartbeats and patience: the machine's own, whatever the story's clock shows."""
        return self.wall or self.clock

    def close(self) -> None:
        """No file of the installation is open here any more; the ports are not used again."""
        for close in self.closers:
            close()
