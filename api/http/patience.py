"""
How long a connection may take to say what it wants, and how many one address may hold. The server waits for ever for
the head of a request, and every socket that waits is one that nobody else gets.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
MOST_OF_ONE = 128
"""Connections of one address: some ten screens behind one router, and never all that the process may have."""


@dataclass(frozen=True, slots=True)
class Patience:
    """`is_counted` says of an address whether its connections are limited to `most`; a head has `seconds`."""

    is_counted: Callable[[str], bool]
    seconds: float = HEAD_SECONDS
    most: int = MOST_OF_ONE


class Connection(H11Protocol):
    """One connection; it ends where no whole head came in time, however often a byte of it comes."""

    patience: ClassVar[Patience]
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's own
        """The connection is open, or cut where its address holds too many."""
        super().connection_made(transport)
        if self._is_one_too_many():
            transport.abort()
        self._watch()

    def data_received(self, data: bytes) -> None:
        """The bytes are read; a head that is still not whole goes on using up its time."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """The answer has gone out; the next request may come, and has its own time."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection has ended."""
        self._forget()
        super().connection_lost(exc)

    def _is_one_too_many(self) -> bool:
        address = self.client[0] if self.client else ""
        if not self.patience.is_counted(address):
            return False
        peers = (one.client for one in self.connections if isinstance(one, Connection))
        return sum(peer is not None and peer[0] == address for peer in peers) > self.patience.most

    def _watch(self) -> None:
        """Time runs while no request is being answered."""
        is_answering = bool(self.cycle) and not self.cycle.response_complete
        if is_answering or self.transport.is_closing():
            self._forget()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(self.patience.seconds, self.transport.close)  # what is owed goes out

    def _forget(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None


def patient(with_patience: Patience) -> type[Connection]:
    """Return what serves one connection with this patience."""
    return type("PatientConnection", (Connection,), {"patience": with_patience})
