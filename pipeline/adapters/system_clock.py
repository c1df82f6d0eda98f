"""The only reader of the machine's clock."""

import time

from pipeline.domain.post import Millis


class SystemClock:
    """The wall clock in milliseconds; `shift` moves it, for the demo and for rehearsals."""

    def __init__(self, shift: Millis = 0) -> None:
        self._shift = shift

    def now(self) -> Millis:
        """Return the present moment."""
        return time.time_ns() // 1_000_000 + self._shift
