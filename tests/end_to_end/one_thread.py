"""
One process that carries a file of posts through the whole thread: door, bus, worker, log, sends, journal.

The kill harness starts it, kills it at a named point or at random, and starts it again until it reports the end.
Progress is a file: how many posts are on the bus for sure. What was published twice must be stored once.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from api import bootstrap
from api.cli.installation import Installation, open_installation
from api.notify.channels import open_channels
from api.serving import dispatcher_of
from pipeline.domain.post import RawPost
from pipeline.domain.row import raw_post_from_row
from pipeline.runner import Worker
from pipeline.workflow.dispatch import Dispatcher

SLICE = 25


def main(config: str, posts: str) -> int:
    here = open_installation(argparse.Namespace(config=config))
    desk = bootstrap.open_desk(here.stores, here.settings)
    worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
    practice = bootstrap.send_practice_of(here.settings)
    dispatcher = dispatcher_of(here.stores, open_channels(here.config, here.stores.clock), practice, desk)
    worker.load()
    raws = [raw_post_from_row(json.loads(line)) for line in Path(posts).read_text(encoding="utf-8").splitlines()]
    carry(here, worker, dispatcher, raws)
    return 0


def carry(here: Installation, worker: Worker, dispatcher: Dispatcher, raws: Sequence[RawPost]) -> None:
    """Every post is stored and every notice delivered."""
    door = bootstrap.open_door(here.folder, here.stores, here.settings)
    marker = here.folder.root / "published"
    done = int(marker.read_text()) if marker.exists() else 0
    drain(here, worker, dispatcher)
    while done < len(raws):
        door.admit(raws[done : done + SLICE])
        done += SLICE
        fresh = marker.with_suffix(".new")
        fresh.write_text(str(done))
        fresh.replace(marker)
        drain(here, worker, dispatcher)


def drain(here: Installation, worker: Worker, dispatcher: Dispatcher) -> None:
    """The bus is empty, and what it caused was sent."""
    while worker.step().read:
        pass
    dispatcher.create_sends()
    while dispatcher.attempt_due():
        pass


if __name__ == "__main__":
    raise SystemExit(main(*sys.argv[1:]))
