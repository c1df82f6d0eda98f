"""The clock of an installation: the ticker, and the dispatcher of notices."""

import json
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from pipeline.domain.errors import StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.domain.week import FIRST_MONDAY, WEEK, Week, week_of
from pipeline.ports import Channel
from pipeline.workflow.desk import Desk, DueCheck
from pipeline.workflow.dispatch import Dispatcher
from pipeline.workflow.due_record import note_due_check
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.occurrences import Schedule, mark_done, take_due, tick
from pipeline.workflow.office_sends import OfficeSends
from pipeline.workflow.restored import restored_at
from pipeline.workflow.running import gap_before, note_running
from pipeline.workflow.settings import Settings

from .config import Config
from .crawling import schedules, sources
from .heartbeat import Heart, Phase
from .lease import Lease, holder_name
from .nightly import BEAT_SECONDS, Nightly
from .notify.editor import Editor
from .notify.message import Composer
from .offices.letter import OfficeLetters
from .schedule import Ticker
from .stores import Stores

log = logging.getLogger(__name__)

TIDY = Schedule("tidy", 3_600_000)
"""Housekeeping is owed once an hour; missed hours are owed once."""
REMIND = Schedule("remind", 60_000)
"""Due times are looked at once a minute; after a pause once, for each tells the last step that it has reached."""
CLOSE_WEEK = Schedule("close_week", WEEK, FIRST_MONDAY, coalesce=False, waits=True)
"""
Each week is closed when it has ended, also weeks that ended while nothing ran; the first one is the running one.

Its digest is sent by the second schedule, that of the send itself: 08:30 of the first working day, by the calendar that
holds then (send_policy.rule_on).
"""
WAIT_AFTER_REFUSAL_SECONDS = 2.0
LEASE: Millis = 60_000
"""How long a schedule that comes due less often is held by one process; what it left undone is then done by another."""


@dataclass(slots=True)
class Clockwork:
    """
    What happens each second: occurrences come due, notices become sends, sends are attempted.

    `may_act` says whether this process still holds the clock: one that was stopped and replaced does nothing more.
    """

    stores: Stores
    settings: Settings
    config: Config
    dispatcher: Dispatcher
    tidy: Callable[[], Mapping[str, int]]
    remind: Callable[[], int]
    due_check: Callable[[], DueCheck]
    close_week: Callable[[Week], int]
    holder: str
    may_act: Callable[[], bool] = field(default=lambda: True)
    _crawls: tuple[int, Sequence[Schedule]] = (-2, ())

    def beat(self) -> None:
        """Everything that is due by now is owed or done."""
        self.settings.refresh()
        now = self.stores.clock.now()
        tick(self.stores.records, [*self._rounds(), TIDY, REMIND, CLOSE_WEEK], now)
        gap = gap_before(self.stores.records, now)
        self._does(REMIND, lambda _due_at: self._remind(), REMIND.every)
        if not self.may_act():
            return
        self.dispatcher.create_sends()
        if gap is not None:
            self.dispatcher.sum_up(gap)
        note_running(self.stores.records, now)
        self._does(CLOSE_WEEK, lambda due_at: {"closed": self.close_week(week_of(due_at - 1))}, LEASE)
        if self.may_act():
            self.dispatcher.attempt_due()
        self._does(TIDY, lambda _due_at: self.tidy(), TIDY.every)

    def _rounds(self) -> Sequence[Schedule]:
        """Return when each source is due; manifests are read again only where a setting has changed."""
        if self.config.crawl.elsewhere:
            return ()
        if self._crawls[0] != self.settings.change:
            known = sources(self.stores.records).values()
            self._crawls = (self.settings.change, schedules(known, self.config.crawl.every_seconds))
        return self._crawls[1]

    def _remind(self) -> Mapping[str, int]:
        """Whoever must be told of what is due is told; what is due of nothing is on record."""
        told = self.remind()
        found = note_due_check(self.stores.records, self.due_check(), self.stores.clock.now())
        if found.undated:
            log.error("clock.undated: %d open incidents have no due time: %s", found.undated, " ".join(found.named))
        return {"reminders": told, "undated": found.undated}

    def _does(self, schedule: Schedule, work: Callable[[Millis], Mapping[str, int]], lease: Millis) -> None:
        """What is owed of the schedule is done, and its outcome kept; not by a process that was replaced."""
        if not self.may_act():
            return
        now = self.stores.clock.now()
        for owed in take_due(self.stores.records, schedule.name, self.holder, now=now, lease=lease):
            outcome = json.dumps(work(owed.due_at), sort_keys=True)
            mark_done(self.stores.records, owed, self.holder, now=now, outcome=outcome)


def keep_time(
    clockwork: Clockwork, stop: threading.Event, nightly: Nightly | None = None, *, waits: bool = False
) -> None:
    """
    The clock ticks until the parent ends; one process keeps time, by a lease. A failed tick is no sign of life.

    The nightly backup is started by a ticker of its own: it takes long, and the clock goes on meanwhile.
    A second process refuses to start; where it `waits`, it takes over when the first has ended or died.
    """
    stores = clockwork.stores
    name, until = holder_name("schedule"), stop if waits else None
    with Lease(stores.records, stores.machine_clock, "schedule", name, waits_until=until) as lease:
        if stop.is_set():
            return
        heart = Heart(stores.records, stores.machine_clock, "clock")
        clockwork = replace(clockwork, may_act=lease.is_sure)

        def beat() -> None:
            if lease.is_sure():
                clockwork.beat()
                heart.beat()

        tickers = [Ticker(beat)]
        if nightly is not None:
            tickers.append(Ticker(replace(nightly, may_act=lease.is_sure).beat, BEAT_SECONDS))
        for ticker in tickers:
            ticker.start()
        try:
            while not stop.is_set() and not lease.lost.is_set():
                stop.wait(0.2)
        finally:
            for ticker in tickers:
                ticker.stop()
        if not lease.lost.is_set():
            heart.beat(Phase.ENDED)


def keep_time_again(keep: Callable[[], None], stop: threading.Event) -> None:
    """
    The clock is kept, or waited for, until `stop`: a server that was away for a while ends no clock for good.

    Who lost the lease waits for it again behind whoever took it. `keep` returns when the lease is lost.
    """
    while not stop.is_set():
        try:
            keep()
        except StoreUnavailable as refusal:
            log.error("clock.store_refused: %s; the clock waits, nothing that is due is lost", refusal)  # noqa: TRY400 - the sentence says all
        else:
            if not stop.is_set():
                log.warning("clock.lease_lost: another process keeps the clock, or the store was away; waiting again")
        stop.wait(WAIT_AFTER_REFUSAL_SECONDS)


def follow_settings(settings: Settings, stop: threading.Event) -> None:
    """What people change anywhere holds in this process within two seconds, until `stop`: here no clock looks."""
    ticker = Ticker(settings.refresh)
    ticker.start()
    try:
        stop.wait()
    finally:
        ticker.stop()


def dispatcher_of(  # noqa: PLR0913 - the sixth is by keyword, and most installations of tests have none
    stores: Stores,
    channels: Sequence[Channel] | Mapping[str, Channel],
    practice: Callable[[str], SendPractice],
    desk: Desk,
    editor: Editor | None = None,
    *,
    letters: OfficeLetters | None = None,
) -> Dispatcher:
    """
    Return the dispatcher over the configured channels; the desk decides its roll-ups, the editor writes digests.

    `letters` writes to handling offices.
    """
    return Dispatcher(
        log=stores.log,
        outbox=stores.outbox,
        channels=channels if isinstance(channels, Mapping) else {channel.name: channel for channel in channels},
        clock=stores.clock,
        practice=practice,
        compose=Composer(
            stores, practice, editor.message if editor else None, letters.message if letters else None
        ).compose,
        roll_up=lambda unit, command: desk.execute(unit, command, roles=frozenset()),
        is_for_leader=desk.is_for_leader,
        restored_at=partial(restored_at, stores.records),
        offices=OfficeSends(stores.log, stores.outbox, desk.state, desk.is_for_leader),
    )
