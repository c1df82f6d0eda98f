"""What keeps the data in order: erasure, housekeeping, backup, restore."""

import contextlib
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from api.cluster_config import Cluster
from api.config import Config
from api.stores import Stores
from pipeline.adapters.blobs import FileBlobs
from pipeline.adapters.key_file import KeyFile
from pipeline.adapters.sqlite.backup import back_up
from pipeline.adapters.sqlite.backup_folder import carry_erasures, name_at
from pipeline.adapters.sqlite.erasure_list import NAME as ERASURE_LIST
from pipeline.adapters.sqlite.erasure_list import Erasure, append_erasures
from pipeline.adapters.sqlite.log import SqliteIncidentLog
from pipeline.adapters.sqlite.migrations import copies_beside, open_huiyin
from pipeline.adapters.sqlite.posts import SqlitePostStore
from pipeline.adapters.sqlite.refusals import refusing_files
from pipeline.adapters.sqlite.restore import Restored, restore
from pipeline.adapters.system_clock import SystemClock
from pipeline.domain.errors import HuiyinError
from pipeline.domain.post import Millis
from pipeline.ports import Records
from pipeline.workflow.erase import Eraser, Named
from pipeline.workflow.housekeeping import Housekeeper
from pipeline.workflow.restored import note_restored

from .folder import Folder, place_of

if TYPE_CHECKING:
    from .snapshots import Returned


def open_eraser(config: Config, stores: Stores) -> Eraser:
    """Return what erases in every store, and notes it down beside the backups."""
    path = Path(config.data.backups) / ERASURE_LIST

    def note_down(named: Sequence[Named], at: Millis) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        for copy in copies_beside(place_of(config).huiyin):
            copy.unlink()  # what a migration laid aside holds texts too
        append_erasures(path, [Erasure(one.kind, one.id, at, one.unit) for one in named])
        second = Path(config.data.second_backups) if config.data.second_backups else None
        if second is not None and second.is_dir():  # where it is not there now, the next backup brings the list up
            with contextlib.suppress(HuiyinError):  # it was pulled out meanwhile: likewise
                carry_erasures(path.parent, second)

    return Eraser(
        stores.posts, stores.log, stores.bus, stores.tokens, stores.outbox, stores.clock, note_down, stores.blobs
    )


def open_housekeeper(config: Config, stores: Stores) -> Housekeeper:
    """Return what removes everything that is over age."""
    return Housekeeper(
        stores.bus,
        stores.posts,
        stores.log,
        stores.records,
        stores.tokens,
        stores.clock,
        KeyFile(place_of(config).keys).destroy_ended,
        open_eraser(config, stores).erase,
        stores.blobs,
    )


def back_up_now(config: Config, stores: Stores) -> Path:
    """A backup lies in a new folder below the operator's backups, checked; returns the folder."""
    at = stores.clock.now()
    target = Path(config.data.backups) / name_at(at)
    with refusing_files(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
    folder = place_of(config)
    back_up(folder.huiyin, folder.blobs, target, at=at)
    return target


def snapshots_of(cluster: Cluster) -> Sequence[str]:
    """Return the names of a cluster's backups, oldest first."""
    from . import snapshots  # the client is loaded where it is used

    return snapshots.snapshots_of(cluster)


def restore_snapshot(name: str, folder: Folder, config: Config, *, replace_data: bool) -> "Returned":
    """As `restore_from`, on a cluster; what was on the way is read again from the beginning of its topics."""
    from . import snapshots

    return snapshots.restore_snapshot(name, folder, config, replace_data=replace_data)


def restore_from(source: Path, config: Config, *, replace_data: bool) -> Restored:
    """The backup is in place; what was erased since is erased again, what is unsent or may be sent is held."""

    def erase_again(folder: Path, erasures: Sequence[Erasure]) -> None:
        writer, at = open_huiyin(Folder(folder).huiyin), SystemClock().now()
        with closing(writer), closing(SqlitePostStore(writer)) as posts, closing(SqliteIncidentLog(writer)) as log:
            posts.erase(frozenset(one.id for one in erasures if one.kind == "post"), at)
            for unit in {one.unit for one in erasures if one.kind == "memo"}:
                memos = frozenset(one.id for one in erasures if one.kind == "memo" and one.unit == unit)
                log.erase_memos(unit, memos, at)
        blobs = FileBlobs(Folder(folder).blobs)
        for attached in (one.id for one in erasures if one.kind == "blob"):
            blobs.remove(attached)

    def note(records: Records) -> None:
        note_restored(records, SystemClock().now())

    return restore(source, Path(config.data.folder), erase=erase_again, replace=replace_data, note=note)
