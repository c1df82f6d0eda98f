"""A clock that is pushed by hand, for tests of what time does."""

from pipeline.domain.post import Millis


class HandClock:
    """Stands still until it is pushed."""

    def __init__(self, at: Millis) -> None:
        self._at = at

    def now(self) -> Millis:
        """Return the moment to which it was pushed last."""
        return self._at

    def push(self, millis: Millis) -> None:
        """The clock is later by this much."""
        self._at += millis
