"""What the doctor says of the disks: is there room for what is stored, and for its backups; when was the last one."""

import shutil
from pathlib import Path

from pipeline.domain.row import iso_of

from .bootstrap import Folder
from .config import Config
from .finding import Finding
from .last_backup import Standing, last_backup, standing_of
from .stores import Stores

LEAST_FREE = 1 << 30
"""Below 1 GiB a person must look; and below three times the size of the store, for a backup is copied and opened."""
COPIES = 3
GIB = 1 << 30


def disk_finding(folder: Folder, free: int | None = None) -> Finding:
    """Return whether the disk of the data has room; `free` bytes, or what the disk says."""
    left = shutil.disk_usage(folder.root).free if free is None else free
    stored = folder.huiyin.stat().st_size if folder.huiyin.exists() else 0  # of a cluster it lies elsewhere
    least = max(LEAST_FREE, COPIES * stored)
    says = f"数据所在的磁盘还有 {left / GIB:.1f} GB（{folder.root}）"
    if left >= least:
        return Finding("disk", True, says)
    step = f"磁盘空间不够：至少要 {least / GIB:.1f} GB，请腾出空间，满了就存不进新帖文 [STO-112]"
    return Finding("disk", False, says, (step,), "STO-112")


def backup_finding(stores: Stores, config: Config) -> Finding:
    """Return when the last verified backup was made, and what is wrong with it or with the second place."""
    last, standing = last_backup(stores.records), standing_of(stores.records, stores.clock.now())
    if last is None:
        says = "还没有备份；每天凌晨 2:30 自动做"
        step = () if standing.is_well else ("过了一夜还没有：让本机开着，或运行 huiyin backup [BAK-103]",)
        return Finding("backup", standing.is_well, says, step, "" if standing.is_well else "BAK-103")
    says = f"最近一份核对过的备份 {iso_of(last.good_at)}，在 {last.folder}" if last.good_at else "还没有一份好的备份"
    lines = list(filter(None, (last.problem, last.second_problem)))
    if standing is Standing.OLD:
        lines.append("备份已超过 36 小时：让本机开着，或运行 huiyin backup [BAK-103]")
    if config.data.second_backups and _is_one_disk(Path(config.data.folder), Path(config.data.second_backups)):
        lines.append("第二备份位置和数据在同一块盘上：盘坏了两份都没有，请换到另一块盘或 U 盘 [BAK-104]")
    return Finding("backup", not lines, says, tuple(lines))


def _is_one_disk(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_dev == other.stat().st_dev
    except OSError:
        return False
