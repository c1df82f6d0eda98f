"""What the kill tests and the campaign share: an installation, its posts, a run, and what is compared afterwards."""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import tomli_w

from api.cli.installation import Installation, open_installation
from api.demo.county import county
from pipeline.domain.row import iso_of

SCRIPT = Path(__file__).with_name("one_thread.py")
ROOT = Path(__file__).parents[2]
RECENT = (int(time.time()) - 14 * 3_600) * 1_000
"""When the posts begin: alert rules ask only about what is recent, and all runs of one session must be equal."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run left behind, in a form that must be equal however often it was killed."""

    posts: frozenset[str]
    mentions: frozenset[tuple[str, str, str, str | None, str | None]]
    rows: tuple[str, ...]
    events: tuple[tuple[str, str, str], ...]
    delivered: frozenset[str]
    lines: int
    repeats: int


def install(folder: Path) -> Path:
    """The folder holds an operator's file and a unit; returns the file."""
    settings = folder / "settings"
    settings.mkdir(parents=True)
    (settings / "unit.toml").write_text('id = "yunxi-mz"\nname = "云汐县民政局"\n', encoding="utf-8")
    people = [{"account": "zhiban", "role": role, "channel": "journal"} for role in ("duty", "monitor", "leader")]
    (settings / "recipients.toml").write_bytes(tomli_w.dumps({"recipient": people}).encode())
    config = {"settings": "settings", "data": {"folder": "data"}, "notify": {"journal": "journal.jsonl"}}
    path = folder / "huiyin.toml"
    path.write_bytes(tomli_w.dumps(config).encode())
    return path


def installed(config: Path) -> Installation:
    """Return the installation of an operator's file, opened here; close its stores before another process restores."""
    return open_installation(argparse.Namespace(config=str(config)))


def write_posts(path: Path, count: int, seed: int) -> None:
    """The file holds the demo county's posts of half a day: matters, reposts, edits, and most of it off-topic."""
    life = county(seed, days=0.5, posts_per_day=count * 2, start=RECENT, opening=RECENT + 6 * 3_600_000)
    with path.open("w", encoding="utf-8") as file:
        for post in life:
            raw = post.raw()
            row = {
                "id": raw.native_id,
                "url": raw.address,
                "source": raw.source,
                "origin": raw.origin.value,
                "kind": raw.kind.value,
                "title": raw.title,
                "text": raw.text,
                "parent": raw.parent,
                "poster": raw.poster,
                "published_at": iso_of(post.published_at),
                "collected_at": iso_of(post.appears_at),
            }
            file.write(json.dumps({key: value for key, value in row.items() if value}, ensure_ascii=False) + "\n")


def start(config: Path, posts: Path, crash_at: str = "") -> subprocess.Popen[bytes]:
    """Start the thread; it ends by itself when everything is done, or at the named point."""
    environment = {**os.environ, "HUIYIN_CRASH_AT": crash_at, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, str(SCRIPT), str(config), str(posts)], env=environment)


def finish(config: Path, posts: Path) -> None:
    """The thread has run to its end."""
    process = start(config, posts)
    if process.wait(timeout=300) != 0:
        raise AssertionError(f"the thread ended with {process.returncode}")


def kill_at_random(config: Path, posts: Path, kills: int, chance: random.Random) -> int:
    """The thread was killed so often, or had ended before; returns the kills that met it alive."""
    met = 0
    for _ in range(kills):
        process = start(config, posts)
        time.sleep(chance.uniform(0.3, 1.6))
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            met += 1
        process.wait(timeout=60)
    return met


def outcome(config: Path) -> Outcome:
    """Return what the run left behind."""
    here = installed(config)
    stores, unit = here.stores, "yunxi-mz"
    mentions = list(stores.posts.mentions(unit, 0))
    batches = stores.log.read(unit, 0, 100_000)
    journal = Path(here.config.notify.journal)
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()] if journal.exists() else []
    groups = sorted({mention.group for mention, _ in mentions if mention.group})
    rows = [view.row for group in groups if (view := stores.posts.group(unit, group))]
    found = Outcome(
        posts=frozenset(post.id for post in stores.posts.search("*", "，", since=0, until=2**52, limit=100_000)),
        mentions=frozenset((m.post, m.version, m.rule, m.group, m.repost_of) for m, _ in mentions),
        rows=tuple(map(repr, rows)),
        events=tuple(sorted((event.type, event.incident, event.actor) for b in batches for event in b.events)),
        delivered=frozenset(line["send"] for line in lines),
        lines=len(lines),
        repeats=sum(line["repeated"] for line in lines),
    )
    stores.close()
    return found
