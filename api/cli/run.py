"""
`huiyin run`: crawl, work and serve as children of one parent; to-dos and alerts appear in this terminal.

On the cluster a fourth child keeps the clock, and other machines may have their own.
"""

import argparse
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from api import bootstrap
from api.browser import has_screen, open_when_it_answers
from api.cli.first_file import first_file
from api.cli.installation import Installation, open_installation
from api.cli.service import first_address, greet
from api.crawling import with_contact
from api.demo_mark import is_marked
from api.entrance import open_entrance
from api.lease import Lease, holder_name
from api.lifeline import stop_on_signal
from api.supervisor import Child, Supervisor
from api.terminal import Feed
from pipeline.domain.errors import BadInput


def run(arguments: argparse.Namespace) -> int:
    """
    Run until Ctrl+C. Where no file is named and none lies here, one is written first, and nothing else is needed.

    As long as nobody has an account, the one-time address of the first one is printed, and opened where there is a
    browser.
    """
    if not arguments.config:
        path, is_new = first_file(Path())
        arguments.config = str(path)
        if is_new:
            print(f"这里还没有配置文件，已写下 {path.resolve()}；数据放在它旁边的 data 文件夹")
    here = open_installation(arguments)
    if is_marked(here.stores.records):
        sentence = f"{here.folder.root} holds the invented data of a demo; name another folder, or run `huiyin demo`"
        raise BadInput(sentence, code="DEM-102")
    stop = stop_on_signal()
    entrance = open_entrance(here.config.web)
    first = first_address(here, entrance)
    if not (first or with_contact(here.config.crawl, here.stores.records).contact):
        print("注意：还没有填写采集用的联系方式，信源一个也不会采集；请在网页的“开始设置”第四步填写")
    print(*greet(here, entrance, first), sep="\n")
    print(f"回音在运行 · 数据在 {whereabouts(here)} · Ctrl+C 停止", flush=True)
    if first and has_screen(os.environ, is_terminal=sys.stdout.isatty()):
        open_when_it_answers(first, stop)
    supervise(here, stop)
    return 0


def whereabouts(here: Installation) -> str:
    """Return where the data lie, for the operator's terminal."""
    if here.folder.cluster is None:
        return str(here.folder.root.resolve())
    kafka, elastic = here.folder.cluster.kafka, here.folder.cluster.elastic
    return f"Elasticsearch {', '.join(elastic.urls)} · Kafka {', '.join(kafka.servers)}"


def supervise(here: Installation, stop: threading.Event, seen: Callable[[str], None] = lambda _kind: None) -> None:
    """
    The children run and the feed is printed until `stop` is set; `seen` hears of each line's kind.

    Raises BadInput (PRC-101) where another parent runs over the same data: their children would fight over leases.
    """
    config = ("--config", str(here.path))
    parts = [name for name in ("serve", "work", "crawl") if name != "crawl" or not here.config.crawl.elsewhere]
    machine = ""
    if here.folder.cluster:
        machine = bootstrap.this_machine()
        parts.append("schedule")
    children = [Child(name, (name, *config)) for name in parts]
    records, clock = here.stores.records, here.stores.machine_clock
    with Lease(records, clock, f"run@{machine}" if machine else "run", holder_name("run")) as lease:
        _supervise(
            here, Supervisor(children, records, clock, is_replaced=lease.lost.is_set, machine=machine), stop, seen
        )


def _supervise(here: Installation, supervisor: Supervisor, stop: threading.Event, seen: Callable[[str], None]) -> None:
    tell = partial(print, flush=True)  # into a pipe or a file, too, each line goes when it is said
    feed = Feed(here.stores, here.settings, tell, seen, here.config.crawl.every_seconds)
    feed.begin()
    printing = threading.Thread(target=feed.run, args=(stop,), name="feed", daemon=True)
    printing.start()
    supervisor.run(stop)
    stop.set()
    printing.join(timeout=5.0)
