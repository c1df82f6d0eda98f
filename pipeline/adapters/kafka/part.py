"""One partition that a reader holds: where the caller is, and what was fetched for him already."""

import logging
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .record import Raw

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Part:
    """
    A partition from the offset that its caller read last.

    `after`: the offset that the caller gives if it goes on; None before it was first read. `upto`: the offset of the
    record that is fetched next. Between them lies what is buffered.
    """

    name: str
    after: int | None = None
    upto: int = 0
    is_paused: bool = True
    buffered: deque[Raw] = field(default_factory=deque)

    def begin(self, after: int, start: int) -> None:
        """The caller asked for what follows `after`; what there is begins at `start`."""
        self.after, self.upto = after, start
        self.buffered.clear()

    def add(self, rows: Iterable[Any]) -> None:
        """What was fetched is buffered, but for what comes from before a seek; what is missing in between is said."""
        if self.after is None:
            return
        for row in rows:
            if row.offset < self.upto:
                continue
            if row.offset > self.upto:
                log.error(
                    "bus.gap: %s lost what lay between offsets %d and %d before it was read [BUS-309]",
                    self.name,
                    self.upto,
                    row.offset,
                )
            self.buffered.append(Raw(row.offset, row.key, row.value, tuple(row.headers or ())))
            self.upto = row.offset + 1

    def take(self, limit: int) -> list[Raw]:
        """Return at most so many of the oldest records; they are buffered no more."""
        taken = [self.buffered.popleft() for _ in range(min(limit, len(self.buffered)))]
        if taken:
            self.after = taken[-1].offset + 1
        return taken
