"""`huiyin ingest`: posts from a file through intake, like any other post; a table of letters by rules of its own."""

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from api import bootstrap
from api.carry.taken import carrier_of
from api.cli.ingest_table import is_table, take_table
from api.cli.installation import Installation, open_installation
from api.cli.lines import Lines
from api.cli.posts import StrangeKeys
from api.crawling import sources
from pipeline.domain.errors import BadInput
from pipeline.domain.post import RawPost
from pipeline.domain.row import iso_of, raw_post_from_row
from pipeline.ports import Admitted

BATCH = 500


def run(arguments: argparse.Namespace, given: Lines | None = None) -> int:
    """Every good row is on the bus, turned away or buried; the counts are told."""
    if is_table(arguments.file):
        return take_table(arguments)
    here = open_installation(arguments)
    if arguments.carried:
        return _take_carried(here, Path(arguments.carried), keep=arguments.keep)
    door = bootstrap.open_door(here.folder, here.stores, here.settings)
    lines = given or Lines(arguments.file)
    rows, total = _raw_posts(lines), Admitted()
    while batch := list(islice(rows, BATCH)):
        total = _sum(total, door.admit(batch))
    print(
        f"{total.published} posts on their way, {total.turned_away} erased before and turned away, "
        f"{total.buried} buried as dead letters, {lines.bad} bad lines",
        file=sys.stderr,
    )
    return 1 if lines.read and total.buried else lines.exit_code


def _take_carried(here: Installation, path: Path, *, keep: bool) -> int:
    """The file of the crawling machine is here, whole or not at all; then it is gone from where it lay."""
    taken = bootstrap.take_carried(here.folder, here.stores, here.settings, path)
    says, carrier = taken.says, carrier_of(here.stores.records, taken.says.machine)
    if taken.was_known:
        print(f"第 {says.number} 号文件以前收过，什么都没有变")
    else:
        away = f"，{taken.admitted.turned_away} 条以前清除过、没有收" if taken.admitted.turned_away else ""
        print(f"收下第 {says.number} 号文件：{taken.admitted.published} 条帖文{away}，{taken.records} 条采集记录")
    print(f"采集到 {iso_of(carrier.until)} 为止")
    strange = sorted(set(carrier.sources) - set(sources(here.stores.records)))
    if strange:
        print(f"这些信源本机没有设置，看不到名称和是否正常：{'、'.join(strange)}")
        print("在采集机上 huiyin export-settings，把文件夹带来，再在本机 huiyin apply")
    if carrier.missing:
        print(f"缺第 {'、'.join(map(str, carrier.missing))} 号文件：那段时间的帖文没有带来，请从采集机找来")
    if not keep:
        _put_away(path)
    return 1 if carrier.missing else 0


def _put_away(path: Path) -> None:
    try:
        path.unlink()
        print(f"{path} 已删除（要留着用 --keep）")
    except OSError as cause:
        print(f"{path} 删不掉（{cause.strerror}），请手工删除：里面的帖文标记不应久留")


def _raw_posts(lines: Lines) -> Iterator[RawPost]:
    strange = StrangeKeys(lines)
    for number, row in lines.rows():
        strange.tell_of(number, row)
        try:
            yield raw_post_from_row(row)
        except BadInput as refusal:
            lines.read -= 1
            lines.refuse(number, refusal)


def _sum(one: Admitted, other: Admitted) -> Admitted:
    return Admitted(one.published + other.published, one.turned_away + other.turned_away, one.buried + other.buried)
