"""`huiyin run`: crawl, work and serve as children of one parent; to-dos and alerts appear in this terminal."""

import argparse
import threading
from collections.abc import Callable
from functools import partial

from api.cli.installation import Installation, open_installation
from api.cli.service import greet
from api.entrance import open_entrance
from api.lease import Lease, holder_name
from api.lifeline import stop_on_signal
from api.supervisor import Child, Supervisor
from api.terminal import Feed


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl+C."""
    here = open_installation(arguments)
    stop = stop_on_signal()
    entrance = open_entrance(here.config.web)
    if not here.config.crawl.contact:
        print("注意：[crawl] contact 没有填写，信源一个也不会采集；填上本单位的网页或邮箱，再重新启动")
    print(*greet(here, entrance), sep="\n")
    print(f"回音在运行 · 数据在 {here.folder.root.resolve()} · Ctrl+C 停止", flush=True)
    supervise(here, stop)
    return 0


def supervise(here: Installation, stop: threading.Event, seen: Callable[[str], None] = lambda _kind: None) -> None:
    """
    The children run and the feed is printed until `stop` is set; `seen` hears of each line's kind.

    Raises BadInput (PRC-101) where another parent runs over the same data: their children would fight over leases.
    """
    config = ("--config", str(here.path))
    children = [Child(name, (name, *config)) for name in ("serve", "work", "crawl")]
    records, clock = here.stores.records, here.stores.clock
    with Lease(records, clock, "run", holder_name("run")) as lease:
        _supervise(here, Supervisor(children, records, clock, is_replaced=lease.lost.is_set), stop, seen)


def _supervise(here: Installation, supervisor: Supervisor, stop: threading.Event, seen: Callable[[str], None]) -> None:
    tell = partial(print, flush=True)  # into a pipe or a file, too, each line goes when it is said
    feed = Feed(here.stores, here.settings, tell, seen, here.config.crawl.every_seconds)
    feed.begin()
    printing = threading.Thread(target=feed.run, args=(stop,), name="feed", daemon=True)
    printing.start()
    supervisor.run(stop)
    stop.set()
    printing.join(timeout=5.0)
