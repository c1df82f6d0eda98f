"""
Brokers that die while posts go through them: nothing is lost, nothing counts twice, nobody must help.

    python -m pytest -W ignore tests/end_to_end/kafka_faults.py

Not collected with the others yet: the client leaves sockets to the garbage collector (docs/kafka-python-bugs.md, 7),
and what it leaves ends a run in which warnings are errors. It must run in a process of its own first.
"""

import gc
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from deploy.servers.cluster import Servers
from pipeline.adapters.kafka.buses import KafkaBuses, open_buses
from pipeline.adapters.kafka.settings import KafkaSettings
from pipeline.domain.errors import StoreUnavailable
from pipeline.ports import Position
from tests.builders import a_post
from tests.servers import OwnServers, fresh_prefix

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    # the client leaves sockets of refused connections to the garbage collector (docs/kafka-python-bugs.md, 7)
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

STEP, ENOUGH, SOURCES = 10, 200, 3
PATIENCE_SECONDS = 120.0


class Traffic:
    """One thread publishes numbered posts, another reads them; what is read is kept by id, as the store does."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.published = 0
        self.refused = 0
        self.first_read: list[int] = []
        self.known: set[int] = set()
        self.has_published_all, self.stop = threading.Event(), threading.Event()

    def publish(self) -> None:
        """Steps of posts, each again until it is acknowledged, as a spider does."""
        buses = open_buses(self.settings)
        while not self.has_published_all.is_set():
            numbers = range(self.published, self.published + STEP)
            try:
                buses.posts.publish(
                    [a_post(n, "低保没有发", source=f"forum-{n % SOURCES}", id=f"post-{n}") for n in numbers]
                )
                self.published += STEP
            except StoreUnavailable:
                self.refused += 1
                time.sleep(0.1)
        buses.close()

    def read(self) -> None:
        """Whatever comes, of all partitions; positions are this thread's own, as the store's would be."""
        buses, reached = open_buses(self.settings), dict[int, Position]()
        while not self.stop.is_set():
            try:
                self._read_all(buses, reached)
            except StoreUnavailable:
                time.sleep(0.1)
        buses.close()

    def _read_all(self, buses: KafkaBuses, reached: dict[int, Position]) -> None:
        for partition in buses.posts.held():
            begins = Position(buses.posts.stream, partition, 0)
            for item in buses.posts.read(reached.get(partition, begins), 500):
                assert item.post is not None, item.problem
                number = int(item.post.id.rpartition("-")[2])
                if number not in self.known:
                    self.known.add(number)
                    self.first_read.append(number)
                reached[partition] = item.after


def wait(is_so: Callable[[], bool], problem: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, problem
        time.sleep(0.05)


@contextmanager
def flowing(settings: KafkaSettings) -> Iterator[Traffic]:
    """Posts flow before and after what the block does; then every one was read, in the order of its source."""
    traffic = Traffic(settings)
    threads = [threading.Thread(target=call, daemon=True) for call in (traffic.publish, traffic.read)]
    for thread in threads:
        thread.start()
    try:
        wait(lambda: len(traffic.known) >= ENOUGH, "nothing flows even before the fault")
        yield traffic
        before = traffic.published
        wait(lambda: traffic.published >= before + ENOUGH, "publishing does not go on by itself")
        traffic.has_published_all.set()
        threads[0].join(PATIENCE_SECONDS)
        wait(lambda: len(traffic.known) >= traffic.published, "not everything that was acknowledged is read")
    finally:
        traffic.has_published_all.set()
        traffic.stop.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        del threads, thread
        gc.collect()  # here, where what the client left open is expected
    assert traffic.known == set(range(len(traffic.known)))
    for source in range(SOURCES):
        order = [number for number in traffic.first_read if number % SOURCES == source]
        assert order == sorted(order)


def settings_of(servers: Servers, brokers: int) -> KafkaSettings:
    return KafkaSettings(
        tuple(servers.kafka_addresses.split(",")), prefix=fresh_prefix(), partitions=2, replication=brokers
    )


@pytest.fixture(scope="module")
def one_broker(own_servers: OwnServers) -> Servers:
    """A broker that nobody else uses."""
    return own_servers(kafka=1)


def test_a_broker_that_was_killed_and_came_back_costs_nothing(one_broker: Servers) -> None:
    """Two seconds away: records wait, and go on in order."""
    with flowing(settings_of(one_broker, 1)):
        one_broker.kill("kafka")
        time.sleep(2)
        one_broker.start("kafka")


def test_an_outage_longer_than_the_delivery_timeout_wedges_nothing(one_broker: Servers) -> None:
    """The client's producer never comes back from it by itself; ours is replaced, and what waited is sent again."""
    settings = replace(settings_of(one_broker, 1), delivery_ms=6_000)
    with flowing(settings) as traffic:
        one_broker.kill("kafka")
        wait(lambda: traffic.refused > 0, "nobody was told that the broker is away")
        time.sleep(8)
        one_broker.start("kafka")


def test_a_leader_among_three_that_was_killed_is_followed_by_another(own_servers: OwnServers) -> None:
    """Two of three acknowledge: the thread goes on without the third, whichever it was, and with it again."""
    servers = own_servers(kafka=3)
    with flowing(settings_of(servers, 3)) as traffic:
        for name in ("kafka", "kafka-2", "kafka-3"):
            servers.kill(name)
            before = traffic.published
            wait(lambda before=before: traffic.published >= before + ENOUGH, f"without {name} nothing flows")  # type: ignore[misc]
            servers.start(name)
