"""
The crawl process: takes what is due, and gives each round a fresh process, since Scrapy's reactor does not restart.

A round that dies leaves its occurrences owed; they are taken again when their lease has run out, and the frontier
knows what was fetched. An occurrence is done when its round has reported, whatever the report says.
"""

import importlib.metadata
import json
import logging
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from crawlers.manifest import SourceManifest
from crawlers.read_manifest import manifest_from_json
from crawlers.source_state import state_of
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Records
from pipeline.workflow.occurrences import Occurrence, Schedule, mark_done, take_due
from pipeline.workflow.settings import SOURCE, in_force

from .config import Crawl
from .heartbeat import Heart, Phase
from .settings.installation import contact_set
from .supervisor import child_command

log = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 300.0
"""What keeps rounds from starting, such as an agent without a contact, is mended by a person: the pauses double."""

PREFIX = "crawl/"
MARGIN: Millis = 60_000
"""How much longer than a round its lease and its patience last."""


def sources(records: Records) -> Mapping[str, SourceManifest]:
    """Return the manifests of all sources that are set, by id."""
    stored = in_force(records, "", SOURCE)
    return {manifest.id: manifest for manifest in (manifest_from_json(record.value) for record in stored)}


def with_contact(crawl: Crawl, records: Records) -> Crawl:
    """Return the section with the contact that holds: the operator's file wins, else what was typed in the console."""
    return crawl if crawl.contact else crawl.model_copy(update={"contact": contact_set(records)})


def agent_of(crawl: Crawl) -> str:
    """Return who the crawler says it is."""
    return f"{crawl.product}/{importlib.metadata.version('huiyin')} (+{crawl.contact})"


def schedules(manifests: Iterable[SourceManifest], every_seconds: int) -> Sequence[Schedule]:
    """Return one schedule per enabled source; missed rounds are owed once."""
    return [
        Schedule(PREFIX + manifest.id, (every_seconds or manifest.every_minutes * 60) * 1_000)
        for manifest in manifests
        if manifest.enabled
    ]


def due_sources(records: Records, every_seconds: int, now: Millis) -> Sequence[str]:
    """Return the enabled sources whose pause since their last round is over: for a machine without a running clock."""
    due = []
    for manifest in sources(records).values():
        pause = (every_seconds or manifest.every_minutes * 60) * 1_000
        if manifest.enabled and state_of(records, manifest.id).at + pause <= now:
            due.append(manifest.id)
    return due


@dataclass(slots=True)
class CrawlProcess:
    """Takes due occurrences and runs them as one round, in a process of its own."""

    records: Records
    clock: Clock
    config_path: str
    holder: str
    round_seconds: int
    pause: float = PAUSE_AFTER_FAILURE_SECONDS
    has_contact: Callable[[], bool] = lambda: True
    wall: Clock | None = None
    heart: Heart = field(init=False)

    def __post_init__(self) -> None:
        """The process gives signs of life through its records."""
        self.heart = Heart(self.records, self.machine_clock, "crawl")

    @property
    def machine_clock(self) -> Clock:
        """The clock of patience and signs of life; what is due goes by the installation's own."""
        return self.wall or self.clock

    def run(self, stop: threading.Event) -> None:
        """Rounds run whenever something is due, until the parent ends."""
        while not stop.is_set():
            self.heart.beat()
            if not self.run_due(stop):
                stop.wait(0.5)
        self.heart.beat(Phase.ENDED)

    def run_due(self, stop: threading.Event) -> int:
        """Everything that is due now was crawled in one round; returns how many sources. Nobody asks anonymously."""
        if not self.has_contact():
            return 0
        lease = self.round_seconds * 1_000 + MARGIN
        taken = take_due(self.records, PREFIX, self.holder, now=self.clock.now(), lease=lease)
        if not taken:
            return 0
        known = sources(self.records)
        owed = [one for one in taken if one.schedule.removeprefix(PREFIX) in known]
        for stray in (one for one in taken if one not in owed):
            self._done(stray, "the source is no longer set")
        if owed:
            outcome = self._round([one.schedule.removeprefix(PREFIX) for one in owed], stop)
            for one in owed:
                if outcome is not None:
                    self._done(one, outcome)
                else:
                    self.records.release(one.lease, self.holder)  # still owed: the next pass takes it again
            if outcome is None:
                self._rest(stop)
            else:
                self.pause = PAUSE_AFTER_FAILURE_SECONDS
        return len(owed)

    def _rest(self, stop: threading.Event) -> None:
        """Some time has passed, with signs of life in it; longer each time until a round reports."""
        until = self.machine_clock.now() + int(self.pause * 1_000)
        self.pause = min(self.pause * 2, LONGEST_PAUSE_SECONDS)
        while self.machine_clock.now() < until and not stop.wait(0.5):
            self.heart.beat()

    def _done(self, occurrence: Occurrence, outcome: str) -> None:
        mark_done(self.records, occurrence, self.holder, now=self.clock.now(), outcome=outcome)

    def _round(self, names: Sequence[str], stop: threading.Event) -> str | None:
        """Return how the round ended; None where it was cut off and stays owed."""
        arguments = ["crawl", "--config", self.config_path, "--round", ",".join(sorted(set(names)))]
        deadline = self.machine_clock.now() + self.round_seconds * 1_000 + MARGIN
        with tempfile.TemporaryFile() as report:
            process = subprocess.Popen(  # noqa: S603 - our own program
                child_command(arguments), stdin=subprocess.PIPE, stdout=report
            )
            try:
                while process.poll() is None:
                    self.heart.beat()
                    if stop.wait(0.1):
                        return None
                    if self.machine_clock.now() > deadline:
                        log.warning("crawl.round_cut_off: %s did not end in time; it stays owed", ",".join(names))
                        return None
            finally:
                _end(process)
            report.seek(0)
            return self._outcome(process.returncode, report.read())

    def _outcome(self, code: int, report: bytes) -> str | None:
        if code not in (0, 1):
            log.error("crawl.round_failed: exit %d; the round stays owed, and is tried in %d s", code, self.pause)
            return None
        last = report.decode("utf-8", "replace").strip().rpartition("\n")[2]
        try:
            return json.dumps(json.loads(last), ensure_ascii=False, sort_keys=True)
        except json.JSONDecodeError:
            return f"exit {code}, without a report"


def _end(process: subprocess.Popen[bytes]) -> None:
    """The child has ended, and the line to it is closed."""
    if process.poll() is None:
        process.kill()
    process.wait()
    if process.stdin is not None:
        process.stdin.close()
