"""What the cluster's fault tests and the campaign share: an installation on real servers, its processes, its end."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import tomli_w

from api.bootstrap import place_of
from api.bootstrap.servers import elastic_settings, kafka_settings
from api.cli.installation import Installation
from api.config import read_config
from pipeline.adapters.kafka.onlooker import Onlooker
from pipeline.adapters.kafka.settings import KafkaSettings
from pipeline.domain.mention import Mention
from tests.elastic_house import ElasticHouse
from tests.end_to_end.kill_harness import ROOT, install, installed
from tests.kafka_house import without_topics
from tests.servers import fresh_prefix

ENTRY = "from api.cli import main; raise SystemExit(main())"
DEADLINE_SECONDS = 300.0
SETTLED_SECONDS = 1.5
"""Between two looks that must agree: a worker asks the alert rules in the same step."""


@dataclass(frozen=True, slots=True)
class Left:
    """
    What a run left behind, in a form that must be equal however often it was killed.

    `wrong`: what cannot be right in any run: a group whose counts are not those of its members, a thing opened twice.
    """

    posts: frozenset[tuple[str, str]]
    mentions: frozenset[tuple[str, str, str, str]]
    needs: frozenset[tuple[str, str]]
    groups: frozenset[frozenset[str]]
    opened: int
    wrong: tuple[str, ...]


@dataclass(slots=True)
class ClusterRun:
    """One installation of its own on the servers, and the processes that were started over it."""

    folder: Path
    config: Path
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def kafka(self) -> KafkaSettings:
        """Where its topics are."""
        cluster = place_of(read_config(self.config)).cluster
        assert cluster is not None
        return kafka_settings(cluster.kafka)

    def start(self, *arguments: str, stop_at: str = "", crash_at: str = "") -> subprocess.Popen[bytes]:
        """Start a verb of Huiyin; what it says goes to `log`."""
        more = {"HUIYIN_STOP_AT": stop_at, "HUIYIN_CRASH_AT": crash_at, "PYTHONPATH": str(ROOT)}
        with (self.folder / f"process-{len(self.started)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", ENTRY, *arguments, "--config", str(self.config)],
                env={**os.environ, **more},
                cwd=self.folder,
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def said(self, process: subprocess.Popen[bytes]) -> str:
        """Return what a process has said so far."""
        return (self.folder / f"process-{self.started.index(process)}.log").read_text(encoding="utf-8")

    def ingest(self, posts: Path) -> None:
        """The file's posts are on the bus."""
        process = self.start("ingest", str(posts))
        code = process.wait(timeout=DEADLINE_SECONDS)
        if code != 0:
            raise AssertionError(f"ingest ended with {code}: {self.said(process)[-2_000:]}")

    def end(self, *processes: subprocess.Popen[bytes]) -> None:
        """The processes, or all, are gone."""
        for process in processes or self.started:
            if process.poll() is None:
                process.kill()
            process.wait(timeout=60)

    def drain(self) -> None:
        """Everything on the buses was worked, by whoever runs; raises where that does not come true in time."""
        with opened(self.config) as here, closing(_Ends(here)) as ends:
            self.eventually(ends.are_reached)

    def eventually(self, holds: Callable[[], bool]) -> None:
        """It holds; raises with what the processes said where it does not in time."""
        until = time.monotonic() + DEADLINE_SECONDS
        while not holds():
            if time.monotonic() > until:
                tails = "\n".join(f"{each.args!r}: {self.said(each)[-1_500:]}" for each in self.started[-3:])
                raise AssertionError(f"it did not come true in time\n{tails}")
            time.sleep(0.25)

    def settle(self) -> Left:
        """Return what is there when all is worked and nothing changes any more: rules are asked after commits."""
        self.drain()
        before, now = None, left_by(self.config)
        while before != now:
            time.sleep(SETTLED_SECONDS)
            before, now = now, left_by(self.config)
        return now


@contextmanager
def cluster_run(folder: Path, kafka: str, elastic: str, *, partitions: int = 4) -> Iterator[ClusterRun]:
    """Give an installation with a prefix of its own; its processes, topics and indices are gone in the end."""
    prefix = fresh_prefix()
    config = install(folder)
    more = {
        "profile": "cluster",
        "settings": "settings",
        "data": {"folder": "data", "secrets": "secrets", "backups": "backups"},
        "notify": {"journal": "journal.jsonl"},
        "kafka": {
            "servers": kafka.split(","),
            "prefix": prefix,
            "partitions": partitions,
            "replication": 1,
            "security": "none",
        },
        "elasticsearch": {"urls": [elastic], "prefix": prefix, "replicas": 0},
    }
    config.write_bytes(tomli_w.dumps(more).encode())
    run = ClusterRun(folder, config)
    try:
        with opened(config):
            pass  # settings are applied, indices made: once, by one process
        yield run
    finally:
        run.end()
        _remove(run)


@contextmanager
def opened(config: Path) -> Iterator[Installation]:
    """The installation, open here while the block runs."""
    here = installed(config)
    try:
        yield here
    finally:
        here.stores.close()


def left_by(config: Path) -> Left:
    """Return what is stored now."""
    with opened(config) as here:
        return _left(here)


def kill_at_random(run: ClusterRun, posts: Path, kills: int, chance: random.Random) -> int:
    """
    The file's posts came in pieces, in order, while two worked, of whom one was killed so often; both still work.

    Returns the kills that met a living worker.
    """
    workers, coming, met = [run.start("work"), run.start("work")], _Coming(run, posts, kills), 0
    for _ in range(kills):
        coming.go_on()
        time.sleep(chance.uniform(0.2, 6.0))
        at = chance.randrange(len(workers))
        if workers[at].poll() is None:
            workers[at].send_signal(signal.SIGKILL)
            met += 1
        workers[at].wait(timeout=60)
        workers[at] = run.start("work")
    coming.end()
    return met


class _Coming:
    """A file's posts, published in so many pieces, each by a process that ends before the next one begins."""

    def __init__(self, run: ClusterRun, posts: Path, pieces: int) -> None:
        self._run = run
        lines = posts.read_text(encoding="utf-8").splitlines(keepends=True)
        size = -(-len(lines) // pieces)
        self._left = ["".join(lines[start : start + size]) for start in range(0, len(lines), size)]
        self._now: subprocess.Popen[bytes] | None = None

    def go_on(self) -> None:
        """The next piece is on its way, unless the one before still is."""
        if self._now is not None and self._now.poll() is None:
            return
        self._check()
        if self._left:
            piece = self._run.folder / f"piece-{len(self._left)}.jsonl"
            piece.write_text(self._left.pop(0), encoding="utf-8")
            self._now = self._run.start("ingest", str(piece))

    def end(self) -> None:
        """Every piece was published."""
        while self._left:
            self.go_on()
            time.sleep(0.1)
        self._check()

    def _check(self) -> None:
        if self._now is not None and self._now.wait(timeout=DEADLINE_SECONDS) != 0:
            raise AssertionError(f"ingest failed: {self._run.said(self._now)[-2_000:]}")


def losses(found: Left, undisturbed: Left) -> Sequence[str]:
    """Return what was lost, or counted twice, against a run that nobody disturbed; empty where nothing was."""
    told = list(found.wrong)
    for name in ("posts", "mentions", "needs"):
        here, there = getattr(found, name), getattr(undisturbed, name)
        told += [f"{len(there - here)} {name} lost"] if there - here else []
        told += [f"{len(here - there)} {name} too many"] if here - there else []
    return told


def agreement(found: Left, undisturbed: Left) -> float:
    """Return which share of the groups has exactly the members that it has in the undisturbed run."""
    every = found.groups | undisturbed.groups
    return len(found.groups & undisturbed.groups) / len(every) if every else 1.0


def _left(here: Installation) -> Left:
    units, stores = tuple(here.settings.units), here.stores
    posts = Counter(
        (stored.post.id, stored.post.version)
        for post in stores.posts.posts_since(0)
        for stored in stores.posts.versions(post.id)
    )
    known = [(unit, mention) for unit in units for mention, _ in stores.posts.mentions(unit, 0)]
    mentions = Counter((unit, each.post, each.version, each.rule) for unit, each in known)
    groups = _whole_groups(here, known)
    opened_now = Counter(
        event.incident
        for unit in units
        for batch in stores.log.read(unit, 0, 100_000)
        for event in batch.events
        if event.type == "opened"
    )
    twice = [key for count in (posts, mentions, opened_now) for key, number in count.items() if number > 1]
    return Left(
        posts=frozenset(posts),
        mentions=frozenset(mentions),
        needs=frozenset((unit, post.id) for unit in units for _, post in stores.posts.needs(unit, 10_000)),
        groups=frozenset(map(frozenset, groups.values())),
        opened=len(opened_now),
        wrong=(*(f"{key} is there twice" for key in twice), *_miscounted(here, groups)),
    )


def _whole_groups(here: Installation, known: Iterable[tuple[str, Mention]]) -> dict[tuple[str, str], set[str]]:
    """Return (unit, group) → the posts of its mentions, what was absorbed under the group that it is part of now."""
    into = {
        (merge.unit, merge.absorbed): merge.into
        for unit in here.settings.units
        for merge in here.stores.posts.merges(unit)
    }
    groups: dict[tuple[str, str], set[str]] = {}
    for unit, mention in known:
        group = mention.group
        while group is not None and (unit, group) in into:
            group = into[unit, group]
        if group is not None:
            groups.setdefault((unit, group), set()).add(mention.post)
    return groups


def _miscounted(here: Installation, groups: Mapping[tuple[str, str], set[str]]) -> Iterator[str]:
    """Yield what a group's row says otherwise than its members."""
    for (unit, group), members in groups.items():
        view = here.stores.posts.group(unit, group)
        if view is None:
            yield f"group {group} of {unit} has {len(members)} members and no row"
        elif view.row.posts + view.row.reposts != len(members):
            yield f"{group} of {unit} counts {view.row.posts} + {view.row.reposts}, and has {len(members)}"


class _Ends:
    """Where both buses end, and how far they were worked."""

    def __init__(self, here: Installation) -> None:
        assert here.folder.cluster is not None
        self._posts = here.stores.posts
        settings = kafka_settings(here.folder.cluster.kafka)
        self._partitions = settings.partitions
        self._onlookers = [Onlooker(settings, settings.posts), Onlooker(settings, settings.mentions)]

    def are_reached(self) -> bool:
        """Whether nothing waits on the buses."""
        return all(self._is_reached(each, number) for each in self._onlookers for number in range(self._partitions))

    def close(self) -> None:
        for each in self._onlookers:
            each.close()

    def _is_reached(self, onlooker: Onlooker, partition: int) -> bool:
        stream, first, end = onlooker.reach(partition)
        position = self._posts.position(stream, partition)
        return end == first or (position is not None and position.offset >= end)


def _remove(run: ClusterRun) -> None:
    without_topics(run.kafka)
    cluster = place_of(read_config(run.config)).cluster
    assert cluster is not None
    settings = elastic_settings(cluster.elastic)
    house = ElasticHouse(settings.urls[0], settings.prefix)
    house.remove()
    house.close()
