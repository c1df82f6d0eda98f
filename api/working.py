"""
The work process, which sees changed settings within two seconds.

In the embedded profile it is one worker under a lease; on a cluster several work side by side, each what it holds.
"""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Protocol

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.watch import Watch
from pipeline.means import Step
from pipeline.ports import Classifier
from pipeline.runner import Worker
from pipeline.workflow.absences import Absences
from pipeline.workflow.burial import Burial
from pipeline.workflow.housekeeping import DROPPED
from pipeline.workflow.settings import Settings

from .halves import Halves
from .heartbeat import Heart, Phase
from .lease import Lease, holder_name
from .saying import Saying, SayingBeside
from .stores import Stores
from .supervisor import A_PERSON_MUST_LOOK

log = logging.getLogger(__name__)

IDLE_SECONDS = 0.1
LOOKS_EVERY_SECONDS = 1.0
WAIT_AFTER_REFUSAL_SECONDS = 2.0
TOO_MUCH_BURIED = "WRK-201"


class Working(Protocol):
    """What the process works with: the worker, or its two halves."""

    @property
    def classifier(self) -> Classifier:
        """The classifier that speaks."""

    @property
    def burial(self) -> Burial:
        """Where goes what cannot be worked."""

    def load(self) -> object:
        """Memories and rows are derived again, or will be before the next step reads on."""

    def change_watch(self, watch: Watch) -> None:
        """From the next step on these rules hold."""

    def ask_all(self) -> int:
        """The alert rules have been asked, or are owed, all live groups."""

    def follow_splits(self, unit: str) -> None:
        """Where people have moved mentions, the memory says so too."""

    def step(self) -> Step:
        """Work what comes next."""


def work(stores: Stores, settings: Settings, worker: Worker, stop: threading.Event) -> int:
    """Work the bus until the parent ends, the lease is lost or a person must look; returns the exit code."""
    with Lease(stores.records, stores.machine_clock, "work", holder_name("work")) as lease:
        heart = Heart(stores.records, stores.machine_clock, "work", lambda: _where(stores))
        saying = Saying(stores, worker.classifier)
        code = _go_on(worker, Changes(stores, settings, worker), (heart, saying), stop=stop, lost=lease.lost)
        if code or not lease.lost.is_set():
            return code
    log.error("work.lease_lost: another worker has taken over; this one leaves")
    return 1


def work_beside(stores: Stores, settings: Settings, halves: Halves, stop: threading.Event) -> int:
    """
    Work the partitions that are given to this process until the parent ends or a person must look.

    No lease is needed: whoever takes a partition is its one writer, and the store refuses the one before.
    """
    heart = Heart(stores.records, stores.machine_clock, "work", halves.where)
    saying = SayingBeside(stores, halves.classifier, holder_name("work"))
    return _go_on(halves, Changes(stores, settings, halves), (heart, saying), stop=stop, lost=threading.Event())


def _go_on(
    worker: Working,
    changes: "Changes",
    telling: tuple[Heart, Saying | SayingBeside],
    *,
    stop: threading.Event,
    lost: threading.Event,
) -> int:
    heart, saying = telling
    heart.beat(Phase.STARTING)
    changes.begin()
    worker.load()
    saying.say("")
    try:
        while not (stop.is_set() or lost.is_set()):
            _step(worker, changes, saying, stop)
            heart.beat()
    except StoreUnavailable as refusal:
        if refusal.code != TOO_MUCH_BURIED:
            raise
        log.error("work.a_person_must_look: %s", refusal)  # noqa: TRY400 - the sentence says all
        return A_PERSON_MUST_LOOK
    if not lost.is_set() and saying.is_alone():
        heart.beat(Phase.ENDED)
    saying.leave()
    return 0


def _where(stores: Stores) -> str:
    """Return how far the worker has come on the stream that it reads."""
    position = stores.posts.position(stores.bus.stream, 0)
    return f"at position {position.offset}" if position else "at the beginning"


class Changes:
    """What other processes change and the worker must know: settings, parts that were dropped, pages that are gone."""

    def __init__(self, stores: Stores, settings: Settings, worker: Working) -> None:
        self._records = stores.records
        self._log = stores.log
        self._settings = settings
        self._worker = worker
        self._dropped = 0
        self._heads: Mapping[str, int] = {}
        self._absences = Absences(stores.records, stores.posts)
        self._looked_at = time.monotonic()

    def begin(self) -> None:
        """What was dropped before now is known by the load that follows."""
        self._dropped = self._records.changed_since(DROPPED, 0)[0]

    def follow(self) -> None:
        """
        The worker knows the settings that hold now, and everything else that changed within a second.

        Settings are looked at before every step: a post that comes a moment after the unit was made is the unit's.
        """
        if self._settings.refresh():
            self._worker.change_watch(self._settings.watch())
            self._worker.ask_all()
        if time.monotonic() - self._looked_at < LOOKS_EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        heads = self._log.heads()
        for unit in self._settings.units:
            if heads.get(unit) != self._heads.get(unit):
                self._worker.follow_splits(unit)
        self._heads = heads
        dropped = self._records.changed_since(DROPPED, self._dropped)[0]
        if dropped != self._dropped:
            self._worker.load()
            self._dropped = dropped
        self._absences.mark()


def _step(worker: Working, changes: Changes, saying: Saying | SayingBeside, stop: threading.Event) -> None:
    try:
        changes.follow()
        step = worker.step()
    except StoreUnavailable as refusal:
        if refusal.code == TOO_MUCH_BURIED:
            saying.say(str(refusal))
            raise
        log.error("work.store_refused: %s; nothing of the step is stored, it is tried again", refusal)  # noqa: TRY400 - the sentence says all
        saying.say(str(refusal))
        stop.wait(WAIT_AFTER_REFUSAL_SECONDS)
        return
    buried = worker.burial.count
    if step.stale:
        saying.say("another worker has decided meanwhile [WRK-101]; the memory is loaded again before the next try")
        stop.wait(WAIT_AFTER_REFUSAL_SECONDS)
        return
    saying.say(f"{buried} records could not be worked; see `huiyin doctor`" if buried else "")
    if step.read == 0:
        stop.wait(IDLE_SECONDS)
