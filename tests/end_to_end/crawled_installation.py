"""An installation that crawls one forum with the real spiders, a round at a time, and works what they bring."""

import subprocess
import sys
from pathlib import Path

import tomli_w

from api import bootstrap
from api.cli.installation import Installation
from pipeline.ports import StoredPost
from pipeline.workflow.absences import Absences
from tests.end_to_end.crawl_job import a_forum
from tests.end_to_end.kill_harness import install, installed

ENTRY = "from api.cli import main; raise SystemExit(main())"


def a_crawler(folder: Path, url: str) -> Installation:
    """Return an installation whose only source is the forum at the address."""
    config = install(folder)
    sources = folder / "settings" / "sources"
    sources.mkdir()
    (sources / "yunxi-forum.toml").write_bytes(tomli_w.dumps(a_forum(url)).encode())
    with config.open("ab") as file:
        file.write(
            tomli_w.dumps(
                {"crawl": {"contact": "https://yunxi.example/about"}, "network": {"local_hosts": ["127.0.0.1"]}}
            ).encode()
        )
    return installed(config)


def a_round(here: Installation) -> StoredPost:
    """One round of the real spiders, then the worker; returns the post as it is stored."""
    command = [sys.executable, "-P", "-c", ENTRY, "crawl", "--config", "huiyin.toml", "--round", "yunxi-forum"]
    ran = subprocess.run(command, cwd=here.path.parent, timeout=60, check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    worker.load()
    while worker.step().read:
        pass
    Absences(here.stores.records, here.stores.posts).mark()
    (post,) = here.stores.posts.search("*", "拉肚子", since=0, until=2**52, limit=5)
    stored = here.stores.posts.post(post.id)
    assert stored is not None
    return stored
