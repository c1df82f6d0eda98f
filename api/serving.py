"""The serve process: readiness over HTTP, the ticker, and the dispatcher of notices."""

import json
import logging
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import uvicorn

from pipeline.domain.errors import BadInput
from pipeline.ports import Channel
from pipeline.workflow.desk import Desk
from pipeline.workflow.dispatch import Dispatcher
from pipeline.workflow.notices import SendPractice
from pipeline.workflow.occurrences import Schedule, mark_done, take_due, tick
from pipeline.workflow.running import gap_before, note_running
from pipeline.workflow.settings import Settings

from .config import Config
from .crawling import schedules, sources
from .heartbeat import Heart, Phase
from .http.app import create_app
from .lease import Lease, holder_name
from .notify.message import Composer
from .readiness import health
from .schedule import Ticker
from .stores import Stores

log = logging.getLogger(__name__)

TIDY = Schedule("tidy", 3_600_000)
"""Housekeeping is owed once an hour; missed hours are owed once."""
REMIND = Schedule("remind", 60_000)
"""Due times are looked at once a minute; after a pause once, for each tells the last step that it has reached."""


@dataclass(slots=True)
class Clockwork:
    """What happens each second: occurrences come due, notices become sends, sends are attempted."""

    stores: Stores
    settings: Settings
    config: Config
    dispatcher: Dispatcher
    tidy: Callable[[], Mapping[str, int]]
    remind: Callable[[], int]
    holder: str

    def beat(self) -> None:
        """Everything that is due by now is owed or done."""
        self.settings.refresh()
        now = self.stores.clock.now()
        crawls = schedules(sources(self.stores.records).values(), self.config.crawl.every_seconds)
        tick(self.stores.records, [*crawls, TIDY, REMIND], now)
        gap = gap_before(self.stores.records, now)
        self._does(REMIND, lambda: {"reminders": self.remind()})
        self.dispatcher.create_sends()
        if gap is not None:
            self.dispatcher.sum_up(gap)
        note_running(self.stores.records, now)
        self.dispatcher.attempt_due()
        self._does(TIDY, self.tidy)

    def _does(self, schedule: Schedule, work: Callable[[], Mapping[str, int]]) -> None:
        """What is owed of the schedule is done, and its outcome kept."""
        now = self.stores.clock.now()
        for owed in take_due(self.stores.records, schedule.name, self.holder, now=now, lease=schedule.every):
            outcome = json.dumps(work(), sort_keys=True)
            mark_done(self.stores.records, owed, self.holder, now=now, outcome=outcome)


def keep_time(clockwork: Clockwork, stop: threading.Event) -> None:
    """The clock ticks until the parent ends; one process keeps time, by a lease. A failed tick is no sign of life."""
    stores = clockwork.stores
    with Lease(stores.records, stores.clock, "schedule", holder_name("schedule")) as lease:
        heart = Heart(stores.records, stores.clock, "clock")

        def beat() -> None:
            clockwork.beat()
            heart.beat()

        ticker = Ticker(beat)
        ticker.start()
        try:
            while not stop.is_set() and not lease.lost.is_set():
                stop.wait(0.2)
        finally:
            ticker.stop()
        if not lease.lost.is_set():
            heart.beat(Phase.ENDED)


def serve(clockwork: Clockwork, stop: threading.Event) -> None:
    """
    The web service answers and the clock ticks until the parent ends.

    Raises BadInput (CFG-120) where the port cannot be used: a service that nobody can ask is not alive.
    """
    web, every_seconds = clockwork.config.web, clockwork.config.crawl.every_seconds
    app = create_app(lambda: health(clockwork.stores, every_seconds), lambda: metrics(clockwork.stores))
    server = uvicorn.Server(uvicorn.Config(app, host=web.host, port=web.port, log_level="warning", access_log=False))
    door = listen(web.host, web.port)
    thread = threading.Thread(target=server.run, args=([door],), name="web", daemon=True)
    thread.start()
    try:
        keep_time(clockwork, stop)
    finally:
        server.should_exit = True
        thread.join(timeout=5.0)


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens there; raise BadInput (CFG-120) where the address cannot be used."""
    try:
        return socket.create_server((host, port))
    except (OSError, UnicodeError) as cause:
        sentence = f"{host}:{port}: the web service cannot listen there ({cause})"
        next_step = "end the program that uses it, perhaps another Huiyin, or give [web] another port"
        raise BadInput(f"{sentence}; {next_step}", code="CFG-120") from cause


def metrics(stores: Stores) -> Mapping[str, int]:
    """Return counts for the operator's monitoring."""
    return {"dead_letters": len(stores.bus.dead_letters(1_000)), "log_units": len(stores.log.units())}


def dispatcher_of(
    stores: Stores, channels: Sequence[Channel], practice: Callable[[str], SendPractice], desk: Desk
) -> Dispatcher:
    """Return the dispatcher over the configured channels; the desk decides its roll-ups."""
    return Dispatcher(
        log=stores.log,
        outbox=stores.outbox,
        channels={channel.name: channel for channel in channels},
        clock=stores.clock,
        practice=practice,
        compose=Composer(stores, practice).compose,
        roll_up=lambda unit, command: desk.execute(unit, command, roles=frozenset()),
    )
