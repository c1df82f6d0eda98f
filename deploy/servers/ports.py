"""Ports on loopback that are free now, below those that the system hands out to connections."""

import random
import socket
from collections.abc import Collection

from deploy.servers.unable import Unable

LOWEST, HIGHEST = 20_000, 32_000
"""Below the range of outgoing connections: a server that was killed finds its port free when it comes back."""
TRIES = 200


def free_port(taken: Collection[int] = (), chance: random.Random | None = None) -> int:
    """
    Return a port that nobody listens on, none of `taken`.

    Raises:
        Unable: not one of two hundred was free.
    """
    chosen = chance or random.SystemRandom()
    for _ in range(TRIES):
        port = chosen.randrange(LOWEST, HIGHEST)
        if port not in taken and is_free(port):
            return port
    raise Unable("SRV-108", f"found no free port between {LOWEST} and {HIGHEST} on loopback; name one by --kafka-port")


def is_free(port: int) -> bool:
    """Nobody listens there."""
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def answers(port: int) -> bool:
    """Somebody takes connections there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
