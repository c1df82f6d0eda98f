"""How long one question is asked again, and how the pauses between grow."""

import time
from collections.abc import Callable

from pipeline.domain.errors import StoreUnavailable

_FIRST_WAIT, _LONGEST_WAIT = 0.05, 1.0


class Patience:
    """The pauses of one question: each twice as long as the one before, up to a second, until the time is used up."""

    def __init__(self, seconds: float, sleep: Callable[[float], None] = time.sleep) -> None:
        self._until = time.monotonic() + seconds
        self._sleep = sleep
        self._wait = _FIRST_WAIT

    def pause(self, refusal: StoreUnavailable, *, least: float = 0.0) -> None:
        """A pause is over, `least` seconds or longer; raises the refusal where it would end too late."""
        wait = max(self._wait, least)
        if time.monotonic() + wait > self._until:
            raise refusal
        self._sleep(wait)
        self._wait = min(self._wait * 2, _LONGEST_WAIT)
