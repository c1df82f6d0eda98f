"""Whether a broker takes connections: asked before a client is made, and while records wait."""

import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipeline.domain.errors import StoreUnavailable

from .settings import KafkaSettings

PROBE_SECONDS = 0.5


def takes_connections(server: str) -> bool:
    """Return whether HOST:PORT takes a connection within half a second."""
    host, _, port = server.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=PROBE_SECONDS):
            return True
    except OSError:
        return False


def require_port(settings: KafkaSettings, takes: Callable[[str], bool] = takes_connections) -> None:
    """
    A broker takes connections, or StoreUnavailable names the servers.

    A client whose constructor fails leaves a thread and four descriptors behind, so it is not tried in vain.
    """
    if not any(takes(server) for server in settings.servers):
        sentence = (
            f"Kafka at {settings.named} takes no connection; check [kafka] servers in huiyin.toml, "
            "that the broker runs, and that a firewall lets this machine through"
        )
        raise StoreUnavailable(sentence, code="BUS-301")


@dataclass(slots=True)
class PortWatch:
    """Since when, without a break, a broker has taken connections; asked at most every quarter of a second."""

    servers: Sequence[str]
    takes: Callable[[str], bool] = takes_connections
    clock: Callable[[], float] = time.monotonic
    _since: float | None = None
    _asked: float = field(default=float("-inf"))

    def taken_for(self) -> float:
        """Return for how many seconds a broker has taken connections; 0 while none does."""
        now = self.clock()
        if now - self._asked >= PROBE_SECONDS / 2:
            self._asked = now
            if any(self.takes(server) for server in self.servers):
                self._since = now if self._since is None else self._since
            else:
                self._since = None
        return 0.0 if self._since is None else now - self._since

    def forget(self) -> None:
        """What was seen before says nothing any more."""
        self._since = None
