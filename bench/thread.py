"""
Posts per CPU-second through the whole thread: door, bus, worker with all stages and the bundled classifier, stores.

    python bench/thread.py [--posts 20000] [--profile]

The demo county's posts (about 15 % civil affairs), one process, the embedded stores, durable at each commit.
"""

import argparse
import cProfile
import pstats
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from api import bootstrap
from api.demo.county import county
from pipeline.runner import Worker
from tests.end_to_end.kill_harness import RECENT, install, installed

SLICE = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=20_000)
    parser.add_argument("--profile", action="store_true")
    options = parser.parse_args()
    life = county(7, days=400, posts_per_day=20_000, start=RECENT)
    raws = [post.raw() for post in islice(life, options.posts)]
    with tempfile.TemporaryDirectory() as name:
        here = installed(install(Path(name)))
        desk = bootstrap.open_desk(here.stores, here.settings)
        worker = bootstrap.open_worker(here.stores, here.settings, desk, bootstrap.open_classifier())
        worker.load()
        door = bootstrap.open_door(here.folder, here.stores, here.settings)
        began = time.process_time()
        for start in range(0, len(raws), SLICE):
            door.admit(raws[start : start + SLICE])
        taken_in = time.process_time() - began
        profile = cProfile.Profile() if options.profile else None
        worked = work(worker, profile)
        print(f"door and bus: {len(raws) / taken_in:,.0f} posts per CPU-second")
        print(f"worker, all stages and stores: {len(raws) / worked:,.0f} posts per CPU-second")
        if profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


def work(worker: Worker, profile: cProfile.Profile | None) -> float:
    began = time.process_time()
    if profile:
        profile.enable()
    while worker.step().read:
        pass
    if profile:
        profile.disable()
    return time.process_time() - began


if __name__ == "__main__":
    main()
