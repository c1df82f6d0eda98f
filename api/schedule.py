"""APScheduler as a ticker: it only says that a second has passed. What is owed stands in the occurrence table."""

import logging
from collections.abc import Callable

from apscheduler.schedulers.background import BackgroundScheduler

log = logging.getLogger(__name__)


class Ticker:
    """Calls a function each second, never twice at once; a tick that fails is logged and the next one comes."""

    def __init__(self, tick: Callable[[], object], seconds: float = 1.0) -> None:
        self._tick = tick
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that takes longer than a second is no fault
        self._scheduler = BackgroundScheduler(timezone="UTC")
        self._scheduler.add_job(
            self._run, "interval", seconds=seconds, max_instances=1, coalesce=True, misfire_grace_time=None
        )

    def start(self) -> None:
        """Ticks come from now on."""
        self._scheduler.start()

    def stop(self) -> None:
        """No tick runs any more when this returns."""
        self._scheduler.shutdown(wait=True)

    def _run(self) -> None:
        try:
            self._tick()
        except Exception:  # the job wrapper is a named boundary: it logs, and the occurrence stays owed
            log.exception("schedule.tick_failed: the next tick tries again")
