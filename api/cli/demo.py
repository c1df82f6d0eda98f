"""
`huiyin demo`: a living fictional county. The site is served here; everything else is what `huiyin run` does.

With `--kafka` and `--elasticsearch` the same county lives on a cluster; `make cluster-demo` starts both servers first.
"""

import argparse
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from secrets import token_hex

import tomli_w

from api import bootstrap
from api.browser import has_screen, open_when_it_answers
from api.cli.installation import Installation, open_installation
from api.cli.run import supervise, whereabouts
from api.config import read_config
from api.demo.county import county
from api.demo.director import PATIENCE_SECONDS, READ_SECONDS, Director
from api.demo.settings import write_settings
from api.demo.site import DemoSite
from api.demo_mark import mark_demo
from api.demo_story import Caption, caption_of, go_on
from api.lifeline import stop_on_signal
from api.settings import apply_folder
from api.words import words_of
from pipeline.domain.errors import BadInput

CRAWL_EVERY_SECONDS = 10
CRAWL_EVERY_SECONDS_OF_CLUSTER = 30
"""An occurrence is a row for each source: by a clock that runs 60 times as fast that is much over a network."""
PATIENCE_SECONDS_OF_CLUSTER = 90.0
"""Two servers and seven processes share this machine with the story."""
ROUND_SECONDS = 3_600
"""By the story's clock, which runs 60 times as fast: a round's patience is a minute of the wall's."""
HISTORY = 36 * 3_600_000
"""How much of the county's life lies behind when the demo begins."""
UNIT = "yunxi-mz"
USUAL_SPEED = 60
FASTEST = 600


def run(arguments: argparse.Namespace) -> int:
    """Run the county until Ctrl+C, `--seconds` or, with `--until-alert`, the first alert."""
    if not 1 <= arguments.speed <= FASTEST:
        sentence = f"--speed {arguments.speed}: the story's clock runs 1 to {FASTEST} times as fast as the wall's"
        raise BadInput(sentence, code="DEM-105")
    stop = stop_on_signal()
    with ExitStack() as stack:
        folder = Path(arguments.data or stack.enter_context(tempfile.TemporaryDirectory(prefix="huiyin-demo-")))
        refuse_real_data(folder)
        kept = bootstrap.Folder(folder / "data")
        kept.root.mkdir(parents=True, exist_ok=True)
        bootstrap.set_pace(kept, arguments.speed)
        clock = bootstrap.clock_of(kept)
        life = county(arguments.seed, days=4_000, posts_per_day=120, start=clock.now() - HISTORY, opening=clock.now())
        site = stack.enter_context(DemoSite(life, clock, posts_per_second=arguments.per_second))
        site.hold_life()
        here = _installation(arguments, folder, site)
        print("演示数据 纯属虚构：云汐县民政局。真实的爬虫正在采集本机上的演示网站。Ctrl+C 停止。")
        print(f"网站 {site.url} · 数据 {_whereabouts(here, folder)} · 网页 http://127.0.0.1:{here.config.web.port}")
        print(f"演示时钟是墙上时钟的 {arguments.speed} 倍；故事讲完，轮到您时恢复正常。", flush=True)
        if not arguments.no_browser and has_screen(os.environ, is_terminal=sys.stdout.isatty()):
            open_when_it_answers(f"http://127.0.0.1:{here.config.web.port}", stop)
        if arguments.seconds:
            _stop_after(arguments.seconds, stop)
        story = threading.Thread(target=_director(here, site, arguments, stop).run, name="story", daemon=True)
        story.start()
        supervise(here, stop, lambda kind: stop.set() if arguments.until_alert and kind == "alert" else None)
        story.join(timeout=5.0)
    return 0


def refuse_real_data(folder: Path) -> None:
    """Raise BadInput (DEM-101) where the folder holds anything that no demo made: it stays as it is."""
    is_ours = bootstrap.Folder(folder / "data").pace.exists()
    if not is_ours and any((folder / name).exists() for name in ("data", "huiyin.toml", "settings")):
        sentence = f"{folder} holds something that no demo made; nothing was changed. Name an empty folder with --data"
        raise BadInput(sentence, code="DEM-101")


def _installation(arguments: argparse.Namespace, folder: Path, site: DemoSite) -> Installation:
    """Return the demo's installation, marked as what it is, its sources at the site's address of today."""
    arguments.config = str(write_installation(folder, site.url, _servers(arguments, folder)))
    here = open_installation(arguments)
    mark_demo(here.stores.records, here.stores.clock, site.url)
    settings = Path(read_config(here.path).settings)
    apply_folder(settings, here.stores.records, here.stores.clock, author="demo", reason="the site's address of today")
    here.settings.refresh()
    return here


def write_installation(folder: Path, site: str, servers: Mapping[str, object] | None = None) -> Path:
    """The folder holds an operator's file and the demo unit's settings; `servers` are those of a cluster."""
    folder.mkdir(parents=True, exist_ok=True)
    write_settings(folder / "settings", site)
    every = CRAWL_EVERY_SECONDS_OF_CLUSTER if servers else CRAWL_EVERY_SECONDS
    crawl = {"contact": "demo@yunxi.invalid", "every_seconds": every, "round_seconds": ROUND_SECONDS}
    config: dict[str, object] = {
        **(servers or {}),
        "settings": "settings",
        "data": {"folder": "data"},
        "web": {"port": _free_port()},
        "crawl": crawl,
        "network": {"local_hosts": [site.removeprefix("http://")]},
        "notify": {"journal": "journal.jsonl"},
    }
    path = folder / "huiyin.toml"
    path.write_bytes(tomli_w.dumps(config).encode())
    return path


def _servers(arguments: argparse.Namespace, folder: Path) -> Mapping[str, object] | None:
    """Return the cluster's part of the operator's file; raises BadInput (DEM-106) where one server alone is named."""
    if not (arguments.kafka or arguments.elasticsearch):
        return None
    if not (arguments.kafka and arguments.elasticsearch):
        sentence = "the county lives on a cluster with both servers: give --kafka and --elasticsearch, or neither"
        raise BadInput(sentence, code="DEM-106")
    known = folder / "huiyin.toml"
    prefix = read_config(known).kafka.prefix if known.exists() else f"demo-{token_hex(4)}"
    return {
        "profile": "cluster",
        "kafka": {"servers": arguments.kafka.split(","), "prefix": prefix, "partitions": 3, "replication": 1},
        "elasticsearch": {"urls": [arguments.elasticsearch], "prefix": prefix, "replicas": 0},
    }


def _whereabouts(here: Installation, folder: Path) -> str:
    return whereabouts(here) if here.folder.cluster else str(folder)


def _director(here: Installation, site: DemoSite, arguments: argparse.Namespace, stop: threading.Event) -> Director:
    desk = bootstrap.open_desk(here.stores, here.settings)
    if arguments.pause and sys.stdin.isatty():
        threading.Thread(target=_nod_by_key, args=(here,), name="story-key", daemon=True).start()
    return Director(
        site=site,
        stores=here.stores,
        desk=desk,
        editor=bootstrap.open_editor(here.stores, here.settings, here.config, desk),
        unit=UNIT,
        speed=arguments.speed,
        set_pace=partial(bootstrap.set_pace, here.folder),
        tell=_tell,
        stop=stop,
        pauses=arguments.pause,
        read_seconds=READ_SECONDS * USUAL_SPEED / arguments.speed,
        every_seconds=here.config.crawl.every_seconds,
        patience_seconds=PATIENCE_SECONDS if here.folder.cluster is None else PATIENCE_SECONDS_OF_CLUSTER,
    )


def _tell(caption: Caption) -> None:
    """The caption stands in the terminal too, apart from what the feed says."""
    print(f"▶ {caption.said(words_of('zh'))}", flush=True)


def _nod_by_key(here: Installation) -> None:
    """Each line that is typed (Enter) is a nod: whatever caption waits, the story goes on behind it."""
    while sys.stdin.readline():
        caption = caption_of(here.stores.records)
        if caption is not None:
            go_on(here.stores.records, here.stores.clock, caption.number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _stop_after(seconds: float, stop: threading.Event) -> None:
    timer = threading.Timer(seconds, stop.set)
    timer.daemon = True
    timer.start()
