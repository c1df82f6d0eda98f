"""A lease that is kept while its process lives, and noticed when it is lost."""

import contextlib
import logging
import os
import threading
import time
from types import TracebackType
from typing import Self

from pipeline.domain.errors import BadInput, StoreUnavailable
from pipeline.domain.post import Millis
from pipeline.ports import Clock, Records

log = logging.getLogger(__name__)

LASTS: Millis = 6_000
RENEW_SECONDS = 1.0
PATIENCE_SECONDS = 8.0
"""How long a new holder waits for the lease of a process that was killed to run out."""


def holder_name(role: str) -> str:
    """Return a name for this process that no other has."""
    return f"{role}-{os.getpid()}-{os.urandom(4).hex()}"


class Lease:
    """
    Holds a named lease from enter to exit. `lost` is set when another holder took it: then leave at once.

    With `waits_until` it waits for the lease as long as another holds it, or until that is set: then it is not held,
    and `is_sure` says so.
    """

    def __init__(  # noqa: PLR0913 - the last two are by keyword, and most leases give neither
        self,
        records: Records,
        clock: Clock,
        name: str,
        holder: str,
        *,
        renew_seconds: float = RENEW_SECONDS,
        waits_until: threading.Event | None = None,
    ) -> None:
        self.holder = holder
        self.lost = threading.Event()
        self._records = records
        self._clock = clock
        self._name = name
        self._renew_seconds = renew_seconds
        self._waits_until = waits_until
        self._fence = 0
        self._until: Millis = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease-{name}", daemon=True)

    def __enter__(self) -> Self:
        """Hold the lease; raise BadInput (PRC-101) where somebody else keeps holding it and this one does not wait."""
        if self._waits_until is not None:
            self._wait(self._waits_until)
            return self
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._take():
            if time.monotonic() > deadline:
                sentence = (
                    f"another process holds the {self._name!r} lease of these data; one is enough, so this one leaves. "
                    "Stop the other first, or give this one another data folder"
                )
                raise BadInput(sentence, code="PRC-101")
            time.sleep(0.2)
        self._thread.start()
        return self

    def is_sure(self) -> bool:
        """Whether no other can hold it now: a process that slept longer than it lasts must not act on it."""
        return not self.lost.is_set() and self._clock.now() < self._until

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """The lease is free at once where this process still held it and the store takes that; else it runs out."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
        with contextlib.suppress(StoreUnavailable):
            self._records.release(self._name, self.holder)

    def _wait(self, stop: threading.Event) -> None:
        """The lease is held, or `stop` is set; a store that cannot be asked is asked again."""
        is_told = False
        while not stop.is_set():
            with contextlib.suppress(StoreUnavailable):
                if self._take():
                    self._thread.start()
                    return
                if not is_told:
                    log.warning("lease.waits: another process holds %r; this one takes over when it ends", self._name)
                is_told = True
            stop.wait(self._renew_seconds)

    def _take(self) -> bool:
        """Whether the lease is this process's, and was all the time since it was taken last: the fences follow."""
        now = self._clock.now()
        fence = self._records.take(self._name, self.holder, now=now, until=now + LASTS)
        if fence is None:
            return False
        was_kept = self._fence in (0, fence - 1)
        self._fence, self._until = fence, now + LASTS
        return was_kept

    def _renew(self) -> None:
        while not self._ended.wait(self._renew_seconds):
            try:
                is_kept = self._take()
            except StoreUnavailable:
                is_kept = self._clock.now() < self._until
            if not is_kept:
                self.lost.set()
                return
