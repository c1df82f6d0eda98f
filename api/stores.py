"""The stores of one installation, as every process opens them."""

from dataclasses import dataclass

from pipeline.ports import Blobs, Clock, IncidentLog, Outbox, PostBus, PosterTokens, PostStore, Records


@dataclass(frozen=True, slots=True)
class Stores:
    """All ports of one installation."""

    bus: PostBus
    posts: PostStore
    log: IncidentLog
    records: Records
    outbox: Outbox
    tokens: PosterTokens
    blobs: Blobs
    clock: Clock
