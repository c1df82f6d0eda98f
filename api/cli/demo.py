"""`huiyin demo`: a living fictional county. The site is served here; everything else is what `huiyin run` does."""

import argparse
import os
import socket
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import tomli_w

from api import bootstrap
from api.browser import has_screen, open_when_it_answers
from api.cli.installation import open_installation
from api.cli.run import supervise
from api.cli.service import mark_demo
from api.demo.county import county
from api.demo.settings import write_settings
from api.demo.site import DemoSite
from api.lifeline import stop_on_signal

CRAWL_EVERY_SECONDS = 10
HISTORY = 3 * 24 * 3_600_000
"""How much of the county's life lies behind when the demo begins."""


def run(arguments: argparse.Namespace) -> int:
    """Run the county until Ctrl+C, `--seconds` or, with `--until-alert`, the first alert."""
    stop = stop_on_signal()
    with ExitStack() as stack:
        folder = Path(arguments.data or stack.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-demo-")))
        clock = bootstrap.system_clock()
        life = county(arguments.seed, days=4_000, posts_per_day=120, start=clock.now() - HISTORY, opening=clock.now())
        site = stack.enter_context(DemoSite(life, clock, posts_per_second=arguments.per_second))
        arguments.config = str(write_installation(folder, site.url))
        here = open_installation(arguments)
        mark_demo(here.stores)
        print("演示数据 纯属虚构：云汐县民政局。真实的爬虫正在采集本机上的演示网站。Ctrl+C 停止。")
        print(f"网站 {site.url} · 数据 {folder} · 网页 http://127.0.0.1:{here.config.web.port}")
        if not arguments.no_browser and has_screen(os.environ, is_terminal=sys.stdout.isatty()):
            open_when_it_answers(f"http://127.0.0.1:{here.config.web.port}", stop)
        if arguments.seconds:
            _stop_after(arguments.seconds, stop)
        supervise(here, stop, lambda kind: stop.set() if arguments.until_alert and kind == "alert" else None)
    return 0


def write_installation(folder: Path, site: str) -> Path:
    """The folder holds an operator's file and the demo unit's settings; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder / "settings", site)
    config = {
        "settings": "settings",
        "data": {"folder": "data"},
        "web": {"port": _free_port()},
        "crawl": {"contact": "demo@yunxi.invalid", "every_seconds": CRAWL_EVERY_SECONDS, "round_seconds": 60},
        "network": {"local_hosts": [site.removeprefix("http://")]},
        "notify": {"journal": "journal.jsonl"},
    }
    path = folder / "huiyin.toml"
    path.write_bytes(tomli_w.dumps(config).encode())
    return path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop_after(seconds: float, stop: threading.Event) -> None:
    timer = threading.Timer(seconds, stop.set)
    timer.daemon = True
    timer.start()
