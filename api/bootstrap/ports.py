"""The adapters of every port: the embedded stores, those of a cluster, and the ones in memory."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager

from api.stores import Stores
from pipeline.adapters.blobs import FileBlobs
from pipeline.adapters.sqlite.bus import SqlitePostBus
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import open_bus, open_huiyin, open_state, standing
from pipeline.adapters.sqlite.moment import Moment
from pipeline.adapters.sqlite.outbox import SqliteOutbox
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.records import SqliteRecords
from pipeline.adapters.sqlite.tokens import SqlitePosterTokens
from pipeline.adapters.sqlite.writer import Reader, Writer
from pipeline.adapters.system_clock import SystemClock
from pipeline.ports import Clock, IncidentLog, PostStore
from pipeline.workflow.verify import Verification, verify_as_written, verify_at_moments

from .folder import Folder, clock_of


def open_stores(folder: Folder) -> Stores:
    """Return the stores of an installation, brought to the newest schema: in the folder, or on its cluster."""
    if folder.cluster is not None:
        from .cluster import open_cluster_stores  # the clients of both servers are loaded where they are used

        return open_cluster_stores(folder.cluster, clock_of(folder))
    bus, huiyin, state = open_bus(folder.bus), open_huiyin(folder.huiyin), open_state(folder.state)
    reading = [Reader(writer.path) for writer in (bus, huiyin, state)]
    posts, decisions = SqlitePostStore(huiyin), SqliteIncidentLog(huiyin)
    return Stores(
        bus=SqlitePostBus(bus, reading[0]),
        posts=posts,
        log=decisions,
        records=SqliteRecords(huiyin, reading[1]),
        outbox=SqliteOutbox(huiyin, reading[1]),
        tokens=SqlitePosterTokens(state, reading[2]),
        blobs=FileBlobs(folder.blobs),
        clock=clock_of(folder),
        closers=(posts.close, decisions.close, *(each.close for each in reading), bus.close, huiyin.close, state.close),
        wall=SystemClock(),
    )


@contextmanager
def at_one_moment(folder: Folder) -> Iterator[tuple[IncidentLog, PostStore]]:
    """Log and posts of a folder as they stand now are given, whatever other processes write until the block ends."""
    with closing(Writer(folder.huiyin)) as writer, closing(Moment(folder.huiyin)) as moment:
        yield SqliteIncidentLog(writer, moment), SqlitePostStore(writer, moment)


def verify_installation(folder: Folder, stores: Stores, units: Sequence[str]) -> Verification:
    """Return what verification finds in the installation, whatever other processes write meanwhile."""
    if folder.cluster is not None:
        return verify_as_written(stores.log, stores.posts, units)
    return verify_at_moments(lambda: at_one_moment(folder), units)


def schema_versions(folder: Folder) -> Mapping[str, tuple[int, int]]:
    """Return file name → (version, newest version known here) of the files that there are; nothing is changed."""
    files = {"bus": folder.bus, "huiyin": folder.huiyin, "state": folder.state}
    return {path.name: standing(path, schema) for schema, path in files.items() if path.exists()}


def memory_stores(clock: Clock) -> Stores:
    """Return stores that live as long as the process: for verbs that rehearse a stream."""
    from pipeline.adapters.memory.blobs import MemoryBlobs
    from pipeline.adapters.memory.bus import MemoryPostBus
    from pipeline.adapters.memory.log import MemoryIncidentLog
    from pipeline.adapters.memory.outbox import MemoryOutbox
    from pipeline.adapters.memory.posts import MemoryPostStore
    from pipeline.adapters.memory.records import MemoryRecords
    from pipeline.adapters.memory.tokens import MemoryPosterTokens

    posts = MemoryPostStore()
    return Stores(
        bus=MemoryPostBus(),
        posts=posts,
        log=MemoryIncidentLog(posts),
        records=MemoryRecords(),
        outbox=MemoryOutbox(),
        tokens=MemoryPosterTokens(),
        blobs=MemoryBlobs(),
        clock=clock,
    )
