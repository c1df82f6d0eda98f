"""Backup and restore of a cluster: snapshots that are brought back aside and verified, and what a restore prepares."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from api.backup_ages import worth_keeping
from api.cluster_config import Cluster
from api.config import Config
from api.heartbeat import Phase, pulses
from api.last_backup import LastBackup, last_backup, note_backup
from api.stores import Stores
from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.snapshots import Snapshots
from pipeline.adapters.sqlite.erasure_list import NAME as ERASURE_LIST
from pipeline.adapters.sqlite.erasure_list import Erasure, append_erasures, read_erasures
from pipeline.adapters.sqlite.restore import HELD_BECAUSE
from pipeline.domain.errors import BadInput, HuiyinError
from pipeline.domain.post import Millis
from pipeline.workflow.restored import note_restored
from pipeline.workflow.verify import verify, verify_decisions

from .cluster import open_cluster_stores
from .folder import Folder, clock_of
from .servers import open_elastic

TRIES = 3
"""A snapshot in which something is half written is taken again: what is written meanwhile is the usual cause."""
LARGEST_REHEARSED = 5_000_000_000
"""Bytes up to which a snapshot is brought back whole to be verified; of a larger one what people decided is."""
LIVES: Millis = 15_000
"""A part that gave a sign of life so lately is taken for running."""


@dataclass(frozen=True, slots=True)
class Returned:
    """What a restore did: from which snapshot, how many sends it holds, how many erasures it applied again."""

    name: str
    held: int
    erased: int


def keep_snapshot(config: Config, cluster: Cluster, stores: Stores) -> LastBackup:
    """
    A verified snapshot lies in the repository, old ones are gone, and the outcome is on record.

    Nothing is raised where that fails: the record says why, and older ones stay. Old ones go only after a good one.
    """
    before, at = last_backup(stores.records) or LastBackup(0), stores.clock.now()
    tried = LastBackup(at, good_at=before.good_at)
    try:
        append_erasures(_erasure_list(config), ())  # the list stands beside the first backup, so a restore can ask it
        with closing(open_elastic(cluster.elastic)) as elastic:
            snapshots = Snapshots(elastic)
            name, problems = _verified(snapshots, at)
            found = replace(tried, folder=f"{snapshots.repository}/{name}", bytes=snapshots.size(name))
            if not problems:
                found = replace(found, good_at=at)
                _thin(snapshots, at)
    except HuiyinError as refusal:
        found = replace(tried, problem=str(refusal), code=refusal.code)
    else:
        if problems:
            sentence = f"备份 {name} 里有 {len(problems)} 处与记录不符：{problems[0]}；运行 huiyin verify，旧备份请保留"
            found = replace(found, problem=f"{sentence} [BAK-101]", code="BAK-101")
    note_backup(stores.records, found)
    return found


def snapshots_of(cluster: Cluster) -> Sequence[str]:
    """Return the names of the whole snapshots of the installation, oldest first."""
    with closing(open_elastic(cluster.elastic)) as elastic:
        return list(Snapshots(elastic).all())


def restore_snapshot(name: str, folder: Folder, config: Config, *, replace_data: bool) -> Returned:
    """
    The snapshot is in place; what was erased since is erased again, what is unsent or may be sent is held.

    Raises BadInput: INP-114 where there are data and `replace_data` is not given, INP-115 where there is no such
    snapshot; BAK-204 where Huiyin runs.
    """
    cluster = folder.cluster
    if cluster is None:
        raise BadInput("this installation is in files of this machine; name a folder below its backups", code="INP-115")
    with closing(open_elastic(cluster.elastic)) as elastic:
        snapshots = Snapshots(elastic)
        erased = _erased(config, snapshots)
        if not snapshots.is_restoring():
            _refuse_living(folder, cluster, replace_data=replace_data)
        snapshots.begin_restore(name)
        with closing(open_cluster_stores(cluster, clock_of(folder), is_restore=True)) as stores:
            held = _prepared(stores, erased)
        snapshots.end_restore()
    return Returned(name, held, len(erased))


def _verified(snapshots: Snapshots, at: Millis) -> tuple[str, Sequence[str]]:
    """Return the name of a new snapshot, and what `verify` finds in it; one in which it finds something is gone."""
    problems: Sequence[str] = ()
    for attempt in range(TRIES):
        name = snapshots.take(at + attempt * 1_000)
        problems = _problems(snapshots, name)
        if not problems or attempt == TRIES - 1:
            return name, problems
        snapshots.remove(name)
    return name, problems


def _problems(snapshots: Snapshots, name: str) -> Sequence[str]:
    is_small = snapshots.size(name) <= LARGEST_REHEARSED
    with _rehearsed(snapshots, name, with_large=is_small) as side:
        log, posts = ElasticIncidentLog(side), ElasticPostStore(side)
        units = log.units()
        return (verify(log, posts, units) if is_small else verify_decisions(log, units)).problems


@contextmanager
def _rehearsed(snapshots: Snapshots, name: str, *, with_large: bool) -> Iterator[Elastic]:
    try:
        with closing(snapshots.rehearse(name, with_large=with_large)) as side:
            yield side
    finally:
        snapshots.forget_rehearsal()


def _thin(snapshots: Snapshots, at: Millis) -> None:
    known = snapshots.all()
    stay = worth_keeping(known.values(), at)
    for name, moment in known.items():
        if moment not in stay:
            snapshots.remove(name)


def _erasure_list(config: Config) -> Path:
    return Path(config.data.backups) / ERASURE_LIST


def _erased(config: Config, snapshots: Snapshots) -> Sequence[Erasure]:
    """Return what was ever erased: by the list beside the backups, and by what the store still knows itself."""
    listed = {(one.kind, one.unit, one.id): one for one in read_erasures(_erasure_list(config))}
    for post, at in snapshots.erased_posts().items():
        listed.setdefault(("post", "", post), Erasure("post", post, at))
    return list(listed.values())


def _refuse_living(folder: Folder, cluster: Cluster, *, replace_data: bool) -> None:
    with closing(open_cluster_stores(cluster, clock_of(folder))) as stores:
        now = stores.machine_clock.now()
        living = [
            name
            for name, pulse in pulses(stores.records).items()
            if pulse.phase is not Phase.ENDED and now - pulse.at < LIVES
        ]
        if living:
            sentence = (
                f"{', '.join(living)} gave a sign of life just now; stop Huiyin on all machines, then restore again"
            )
            raise BadInput(sentence, code="BAK-204")
        if not replace_data and (stores.posts.newest_post() or stores.log.units()):
            sentence = (
                f"Elasticsearch holds posts or decisions under {cluster.elastic.prefix}-, which a restore would replace"
            )
            raise BadInput(f"{sentence}; choose another prefix, or give --replace", code="INP-114")


def _prepared(stores: Stores, erased: Sequence[Erasure]) -> int:
    """Projections are rebuilt, what was erased is erased again, nothing unsent goes out; returns how many are held."""
    at = stores.clock.now()
    held = stores.outbox.hold_unsent(HELD_BECAUSE)
    note_restored(stores.records, at)
    for unit in stores.log.units():
        stores.log.reproject(unit)
    stores.posts.erase(frozenset(one.id for one in erased if one.kind == "post"), at)
    for unit in sorted({one.unit for one in erased if one.kind == "memo"}):
        stores.log.erase_memos(unit, frozenset(one.id for one in erased if one.kind == "memo" and one.unit == unit), at)
    for one in erased:
        if one.kind == "blob":
            stores.blobs.remove(one.id)
    return held
