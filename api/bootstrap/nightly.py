"""A backup that is worth its name: made, opened, verified, copied to a second place; the outcome is on record."""

import contextlib
import shutil
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from api.backup_ages import worth_keeping
from api.config import Config
from api.last_backup import LastBackup, last_backup, note_backup
from api.stores import Stores
from pipeline.adapters.sqlite.backup_folder import backups_in, copy_backup, remove_backup, size_of
from pipeline.adapters.sqlite.manifest import DATABASE, copy_file
from pipeline.adapters.sqlite.refusals import refusing_files
from pipeline.domain.errors import HuiyinError, StoreUnavailable
from pipeline.workflow.verify import verify_at_moments

from .folder import Folder, place_of
from .keeping import back_up_now
from .ports import at_one_moment, open_stores
from .work import settings_of

_REHEARSAL = "rehearsal.unfinished"


def keep_backup(config: Config, stores: Stores) -> LastBackup:
    """
    A verified backup lies below the backups and at the second place, old ones are gone, and the outcome is on record.

    Nothing is raised where that fails: the record says why, and older backups stay. Old ones go only after a good one.
    """
    cluster = place_of(config).cluster
    if cluster is not None:
        from .snapshots import keep_snapshot  # the client is loaded where it is used

        return keep_snapshot(config, cluster, stores)
    before = last_backup(stores.records) or LastBackup(0)
    found = _made(config, stores, before)
    if not found.problem:
        found = _at_second_place(found)
        _thin(config, found)
    note_backup(stores.records, found)
    return found


def _made(config: Config, stores: Stores, before: LastBackup) -> LastBackup:
    at = stores.clock.now()
    tried = LastBackup(at, good_at=before.good_at, second=config.data.second_backups, second_at=before.second_at)
    try:
        folder = back_up_now(config, stores)
        problems = rehearse(folder)
        size = size_of(folder)
    except HuiyinError as refusal:
        return replace(tried, problem=str(refusal), code=refusal.code)
    if problems:
        sentence = (
            f"备份 {folder.name} 里有 {len(problems)} 处与记录不符：{problems[0]}；运行 huiyin verify，旧备份请保留"
        )
        return replace(tried, folder=str(folder), bytes=size, problem=f"{sentence} [BAK-101]", code="BAK-101")
    return replace(tried, folder=str(folder), bytes=size, good_at=at)


def rehearse(backup: Path) -> Sequence[str]:
    """Return what `verify` finds in a copy of the backup that is opened as a restore would open it."""
    aside = backup.parent / _REHEARSAL
    with refusing_files(aside):
        shutil.rmtree(aside, ignore_errors=True)
        try:
            copy_file(backup / DATABASE, aside / DATABASE)
            folder = Folder(aside)
            with closing(open_stores(folder)) as opened:
                units = sorted({*settings_of(opened).units, *opened.log.units()})
            return verify_at_moments(lambda: at_one_moment(folder), units).problems
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def _at_second_place(found: LastBackup) -> LastBackup:
    if not found.second:
        return found
    try:
        copy_backup(Path(found.folder), Path(found.second))
    except HuiyinError as refusal:
        return replace(found, second_problem=str(refusal))
    return replace(found, second_at=found.at)


def _thin(config: Config, found: LastBackup) -> None:
    """Old backups are gone at each place."""
    places = [Path(config.data.backups)]
    if found.second and not found.second_problem:
        places.append(Path(found.second))
    for place in places:
        known = backups_in(place)
        stay = worth_keeping(known.values(), found.at)
        for backup, at in known.items():
            if at not in stay:
                with contextlib.suppress(StoreUnavailable):  # another program holds it open; it is tried again tomorrow
                    remove_backup(backup)
