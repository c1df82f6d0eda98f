"""
Real servers for tests: Kafka and Elasticsearch, started once for all workers of a run, and only where a test asks.

`HUIYIN_TEST_KAFKA` (host:port,…) and `HUIYIN_TEST_ELASTIC` (a URL) name servers that run already. Else shared ones lie
in `servers/tests`: they outlive a run by a minute, so that the next one finds them warm, and then stop with their data.
A machine without Java or Maven skips these tests and says why; with CI set they fail.
"""

import os
import secrets
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from deploy.servers.unable import Unable
from deploy.servers.watch import use

ROOT = Path(__file__).parents[1]
SHARED = ROOT / "servers" / "tests"
ELASTIC = "9.5.3"
LINGER_SECONDS = 60.0
OWN_LINGER_SECONDS = 5.0


class OwnServers(Protocol):
    """Starts servers that nobody else uses, for tests that kill them; `kafka`: how many brokers, 0, 1 or 3."""

    def __call__(self, *, kafka: int = 1, elastic: str = "") -> Servers: ...


def fresh_prefix() -> str:
    """Return a prefix for topics or indices that no other test uses, on these servers or any."""
    return f"t{secrets.token_hex(5)}"


@pytest.fixture(scope="session")
def kafka_address() -> str:
    """The brokers' addresses, as a client takes them: host:port,host:port."""
    return os.environ.get("HUIYIN_TEST_KAFKA") or shared(kafka=1).kafka_addresses


@pytest.fixture(scope="session")
def elastic_address() -> str:
    """The URL of an Elasticsearch."""
    return os.environ.get("HUIYIN_TEST_ELASTIC") or shared(elastic=ELASTIC).elastic_url


@pytest.fixture(scope="module")
def own_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServers]:
    """Make servers with ports and data of their own; all are stopped when the module ends. Mark such tests `slow`."""
    made: list[Servers] = []

    def start(*, kafka: int = 1, elastic: str = "") -> Servers:
        _refuse_windows()
        made.append(Servers(tmp_path_factory.mktemp("servers")))
        return running(made[-1], Wish(kafka=kafka or None, elastic=elastic or None), OWN_LINGER_SECONDS)

    yield start
    for servers in made:
        servers.stop_all()


def shared(*, kafka: int = 0, elastic: str = "") -> Servers:
    """Return the servers that all workers share, with these among them; starts what does not run."""
    _refuse_windows()
    return running(Servers(SHARED), Wish(kafka=kafka or None, elastic=elastic or None), LINGER_SECONDS)


def running(servers: Servers, wish: Wish, linger: float) -> Servers:
    """Return the servers once they answer; skips the test where this machine cannot start them, or fails it on CI."""
    try:
        use(servers, wish, linger=linger)
    except Unable as cause:
        refuse(str(cause))
    return servers


def refuse(reason: str, environment: Mapping[str, str] = os.environ) -> None:
    """The test ends here: skipped with the reason, or failed where CI promises that servers can be started."""
    if environment.get("CI"):
        pytest.fail(f"no real server: {reason}", pytrace=False)
    pytest.skip(f"no real server: {reason}")


def _refuse_windows() -> None:
    if sys.platform == "win32":
        refuse("the servers are started on Linux and macOS only")
