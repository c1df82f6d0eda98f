"""
The campaign: what is too long for CI. One seed for all; exits 1 where anything was lost or a part did not end well.

    python bench/campaign.py [--kills 200] [--posts 3000] [--seed 1] [--store-posts 1000000] [--search-posts 1000000]
                             [--cluster-kills 100] [--only kills points cluster digest desk store search lock]

kills   random SIGKILLs of the whole thread (door, bus, worker, log, sends): 0 lost, at most one marked repeat per kill
points  every named crash point, one by one
cluster the cluster on a real Kafka and Elasticsearch of its own: workers killed at random, --cluster-kills times; then
        stopped at each named point until others have their partitions, Elasticsearch killed at each moment, a topic
        made anew, records delivered again: 0 lost, 0 counted twice, against a run that nobody disturbed
digest  520 simulated weeks, or --weeks: kills, two schedulers, clock steps, days without power, a bad mail server;
        every recipient has exactly one digest of each week, and made again it has the same bytes
desk    104 weeks at the desk, or --desk-weeks: each open matter is due and owned by one, nobody is told too often
store   bench/store.py at full size, with its peer: figures, which decide nothing here
search  bench/search.py at full size, with its peer: figures, which decide nothing here
lock    bench/lock_platforms.py: which locked package has no wheel on which platform; told, and decides nothing here
"""

import argparse
import logging
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
PARTS = ("kills", "points", "cluster", "digest", "desk", "store", "search", "lock")

from api import bootstrap
from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from pipeline.crash_point import CRASH_POINTS
from tests.end_to_end.cluster_harness import agreement, cluster_run
from tests.end_to_end.cluster_harness import kill_at_random as kill_workers
from tests.end_to_end.cluster_harness import losses as cluster_losses
from tests.end_to_end.kill_harness import Outcome, finish, install, kill_at_random, outcome, start, write_posts
from tests.servers import ELASTIC
from tests.simulated_weeks import weeks_on_disk
from tests.smtp_server import Mailbox, smtp_server
from tests.weeks_at_risk import LEADERS, WeeksAtRisk


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--posts", type=int, default=3_000)
    parser.add_argument("--cluster-kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**31))
    parser.add_argument("--desk-weeks", type=int, default=104)
    parser.add_argument("--store-posts", type=int, default=1_000_000)
    parser.add_argument("--search-posts", type=int, default=1_000_000)
    parser.add_argument("--weeks", type=int, default=520)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    print(f"campaign: seed {options.seed}, {options.posts} posts, {options.kills} random kills", flush=True)
    began, seed = time.monotonic(), str(options.seed)
    problems = killed(options)
    if "cluster" in options.only:
        problems += cluster_faults(options.cluster_kills, options.posts, options.seed)
    if "digest" in options.only:
        problems += weeks_at_risk(options.weeks, options.seed)
    if "desk" in options.only:
        problems += desk_weeks(options.desk_weeks, options.seed)
    if "store" in options.only:
        problems += run("store", "bench/store.py", "--posts", str(options.store_posts), "--seed", seed)
    if "search" in options.only:
        problems += run("search", "bench/search.py", "--posts", str(options.search_posts), "--seed", seed)
    if "lock" in options.only:
        print("lock:", flush=True)
        subprocess.run([sys.executable, "bench/lock_platforms.py"], cwd=ROOT, check=False)
    told = "nothing was lost" if not problems else f"{problems} parts FAILED"
    print(f"campaign: {', '.join(options.only)}: {told}, {time.monotonic() - began:.0f} s, seed {options.seed}")
    return 1 if problems else 0


def killed(options: argparse.Namespace) -> int:
    """The thread was killed at random and at the named points, as asked; returns how many parts lost something."""
    if not {"kills", "points"} & set(options.only):
        return 0
    undisturbed, problems = whole_run(options.posts, options.seed), 0
    if "kills" in options.only:
        problems += random_kills(undisturbed, options.kills, options.posts, options.seed)
    if "points" in options.only:
        problems += named_points(undisturbed, options.posts, options.seed)
    return problems


def whole_run(posts: int, seed: int) -> Outcome:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = install(folder)
        write_posts(folder / "posts.jsonl", posts, seed)
        began = time.monotonic()
        finish(config, folder / "posts.jsonl")
        found = outcome(config)
        print(
            f"undisturbed: {len(found.posts)} posts with a comma, {len(found.mentions)} mentions, {len(found.events)} "
            f"events, {len(found.delivered)} deliveries in {time.monotonic() - began:.0f} s",
            flush=True,
        )
        return found


def random_kills(undisturbed: Outcome, kills: int, posts: int, seed: int) -> int:
    """Kill until so many kills met a living process, over as many installations as that takes."""
    chance, met, lost, repeats, rounds = random.Random(seed), 0, 0, 0, 0
    began = time.monotonic()
    while met < kills:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config = install(folder)
            write_posts(folder / "posts.jsonl", posts, seed)
            here = kill_at_random(config, folder / "posts.jsonl", min(20, kills - met), chance)
            finish(config, folder / "posts.jsonl")
            found = outcome(config)
            met, rounds = met + here, rounds + 1
            lost += losses(found, undisturbed)
            again = found.lines - len(found.delivered)
            repeats += again
            lost += (again > here) + (found.repeats < again)
            took = time.monotonic() - began
            print(f"  {met} of {kills} kills, {lost} lost, {repeats} marked repeats, {took:.0f} s", flush=True)
            if not here:
                break
    print(f"random kills: {met} in {rounds} installations, {lost} lost, {repeats} marked repeats (at most {met})")
    return int(lost > 0 or met < kills)


def named_points(undisturbed: Outcome, posts: int, seed: int) -> int:
    lost = 0
    for point in CRASH_POINTS:
        if point.startswith(("frontier.", "crawl.", "roll_up.")):
            continue
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            config = install(folder)
            write_posts(folder / "posts.jsonl", posts, seed)
            code = start(config, folder / "posts.jsonl", crash_at=point).wait(timeout=600)
            finish(config, folder / "posts.jsonl")
            here = losses(outcome(config), undisturbed) + (code != 137)
            lost += here
            print(f"  {point}: {'lost' if here else 'nothing lost'}", flush=True)
    print(f"named crash points: {lost} lost")
    return int(lost > 0)


def cluster_faults(kills: int, posts: int, seed: int) -> int:
    """Workers of a cluster were killed so often, then suffered every other fault; returns how many parts lost."""
    with tempfile.TemporaryDirectory() as name:
        servers = Servers(Path(name) / "servers")
        try:
            servers.up(Wish(kafka=1, elastic=ELASTIC))
            lost = int(not cluster_kills(Path(name), servers, (kills, posts, seed)))
            where = {"HUIYIN_TEST_KAFKA": servers.kafka_addresses, "HUIYIN_TEST_ELASTIC": servers.elastic_url}
            command = [sys.executable, "-m", "pytest", "-q", "tests/end_to_end/test_cluster_faults.py"]
            long = subprocess.run(
                command, cwd=ROOT, check=False, env={**os.environ, **where, "HUIYIN_CLUSTER_LONG": "1"}
            )
        finally:
            servers.stop_all()
    return lost + int(long.returncode != 0)


def cluster_kills(folder: Path, servers: Servers, size: tuple[int, int, int]) -> bool:
    """Whether nothing was lost or counted twice over so many kills, in installations of twenty each."""
    kills, posts, seed = size
    chance, met, wrong, began = random.Random(seed), 0, 0, time.monotonic()
    write_posts(folder / "posts.jsonl", posts, seed)
    where = (servers.kafka_addresses, servers.elastic_url)
    with cluster_run(folder / "undisturbed", *where) as run:
        run.ingest(folder / "posts.jsonl")
        run.start("work")
        undisturbed = run.settle()
    while met < kills:
        with cluster_run(folder / f"after-{met}", *where) as run:
            here = kill_workers(run, folder / "posts.jsonl", min(20, kills - met), chance)
            found = run.settle()
        met, told = met + here, cluster_losses(found, undisturbed)
        wrong += len(told)
        same, took = f"{agreement(found, undisturbed):.0%} of groups as undisturbed", time.monotonic() - began
        print(f"  cluster: {met} of {kills} kills, wrong: {told or 'nothing'}, {same}, {took:.0f} s", flush=True)
        if not here:
            break
    print(
        f"cluster: {met} kills, {len(undisturbed.mentions)} mentions, {wrong} lost or counted twice, seed {seed}",
        flush=True,
    )
    return wrong == 0 and met >= kills


def weeks_at_risk(weeks: int, seed: int) -> int:
    """So many weeks have passed; returns 1 where anybody got no digest of one, or two, or other bytes than today's."""
    logging.disable(logging.WARNING)  # each fault is logged, and there are thousands
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name, smtp_server(Mailbox()) as mailbox:
        got = WeeksAtRisk(Path(name), mailbox, seed).runs(weeks)
    cells = weeks * len(LEADERS)
    print(
        f"digest: {weeks} weeks x {len(LEADERS)} recipients, {got.kills} kills, faults {dict(got.faults)}: "
        f"{cells - len(got.wrong)} of {cells} exactly one, {got.repeats} marked repeats, {len(got.changed)} changed "
        f"bytes, sends {dict(got.states)}, {time.monotonic() - began:.0f} s",
        flush=True,
    )
    return int(bool(got.wrong or got.changed or got.repeats > got.marked))


def desk_weeks(weeks: int, seed: int) -> int:
    """The unit lived so many weeks over the embedded stores; returns whether anything was not as it must be."""
    with tempfile.TemporaryDirectory() as name:
        stores = bootstrap.open_stores(bootstrap.Folder(Path(name)))
        unit, began = weeks_on_disk(stores, seed), time.monotonic()
        unit.live(weeks)
        unit.end()
        stores.close()
    for sentence in unit.broken[:20]:
        print(f"  {sentence}")
    counts = ", ".join(f"{count} {what}" for what, count in sorted(unit.steps.items()))
    took = time.monotonic() - began
    print(f"desk: {weeks} weeks, {len(unit.broken)} times not as it must be, {took:.0f} s ({counts})", flush=True)
    return int(bool(unit.broken))


def losses(found: Outcome, undisturbed: Outcome) -> int:
    return sum(
        (
            found.posts != undisturbed.posts,
            found.mentions != undisturbed.mentions,
            found.rows != undisturbed.rows,
            found.events != undisturbed.events,
            found.delivered != undisturbed.delivered,
        )
    )


def run(name: str, *command: str) -> int:
    print(f"{name}:", flush=True)
    return int(subprocess.run([sys.executable, *command], cwd=ROOT, check=False).returncode != 0)


if __name__ == "__main__":
    raise SystemExit(main())
