"""The nightly backup: owed at 02:30 of the unit's time, made in a process of its own so that nobody waits for it."""

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.domain.post import Millis
from pipeline.domain.working_calendar import CHINA
from pipeline.ports import Clock, Records
from pipeline.workflow.occurrences import Occurrence, Schedule, mark_done, take_due, tick

from .last_backup import NIGHTLY, last_backup
from .supervisor import start_child

log = logging.getLogger(__name__)

DAY: Millis = 86_400_000
HALF_PAST_TWO: Millis = 150 * 60_000
BACKUP = Schedule(NIGHTLY, DAY, (HALF_PAST_TWO - CHINA) % DAY, waits=True)
"""Each night; a night in which the machine was off is made good at the next start, once."""
LONGEST_SECONDS = 3_600
LEASE: Millis = (LONGEST_SECONDS + 60) * 1_000
BEAT_SECONDS = 5.0


@dataclass(slots=True)
class Nightly:
    """
    Starts the backup that is owed. `arguments` are those of the verb in a child; `may_act` as in the clockwork.

    Nothing is lost by an end in between: the occurrence stays owed, and the next start takes it up.
    """

    records: Records
    clock: Clock
    holder: str
    arguments: Sequence[str]
    stop: threading.Event
    may_act: Callable[[], bool] = field(default=lambda: True)
    start: Callable[[Sequence[str]], subprocess.Popen[bytes]] = start_child

    def beat(self) -> None:
        """What is owed is done, or stays owed."""
        if not self.may_act():
            return
        now = self.clock.now()
        tick(self.records, [BACKUP], now)
        for owed in take_due(self.records, NIGHTLY, self.holder, now=now, lease=LEASE):
            self._do(owed)

    def _do(self, owed: Occurrence) -> None:
        if not self._ended():
            self.records.release(owed.lease, self.holder)
            return
        last = last_backup(self.records)
        outcome = json.dumps({"problem": last.problem or last.second_problem if last else "nothing is on record"})
        mark_done(self.records, owed, self.holder, now=self.clock.now(), outcome=outcome)

    def _ended(self) -> bool:
        """Whether the child came to its end; it is cut off where Huiyin stops or an hour has passed."""
        child = self.start(self.arguments)
        deadline = self.clock.now() + LONGEST_SECONDS * 1_000
        try:
            while child.poll() is None:
                if self.stop.wait(0.1):
                    return False
                if self.clock.now() > deadline:
                    log.error("backup.cut_off: it did not end within %d s; the next night tries again", LONGEST_SECONDS)
                    return True
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
            if child.stdin is not None:
                child.stdin.close()
        return True
