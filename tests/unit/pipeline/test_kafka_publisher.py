"""The publisher: nothing is lost or doubled by it, and it never waits or grows without bound."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from pipeline.adapters.kafka.port import PortWatch
from pipeline.adapters.kafka.producing import Producer, stop_producer
from pipeline.adapters.kafka.publisher import PATIENCE, PATIENCE_OF_SEVERAL, STANDS, Publisher
from pipeline.adapters.kafka.record import Outgoing
from pipeline.adapters.kafka.settings import KafkaSettings
from pipeline.domain.errors import StoreUnavailable

ONE = KafkaSettings(("broker:9092",), replication=1, publish_within=30.0)


@dataclass
class Clock:
    """A clock that each look moves on a little, so that no wait is without end."""

    now: float = 0.0

    def __call__(self) -> float:
        self.now += 0.25
        return self.now


@dataclass
class Promised:
    """What the fake client gives for a record; kept until the test says what becomes of it."""

    value: bytes
    answer: Callable[[], None] = lambda: None
    fail: Callable[[BaseException], None] = lambda _fault: None

    def add_callback(self, call: Callable[..., None], *said: object) -> object:
        self.answer = lambda: call(*said, "receipt")
        return self

    def add_errback(self, call: Callable[..., None], *said: object) -> object:
        self.fail = lambda fault: call(*said, fault)
        return self


@dataclass
class FakeProducer:
    """Takes records; acknowledges them unless it is wedged."""

    is_wedged: bool
    taken: list[Promised] = field(default_factory=list)
    settled: int = 0

    def partitions_for(self, topic: str) -> Iterable[int]:
        return (0, 1, 2)

    def send(self, topic: str, **record: Any) -> Promised:
        promised = Promised(record["value"])
        self.taken.append(promised)
        return promised

    def settle(self) -> None:
        """Every record that was taken is acknowledged, once, unless the client is wedged."""
        while not self.is_wedged and self.settled < len(self.taken):
            self.settled += 1
            self.taken[self.settled - 1].answer()


class House:
    """A publisher over fake producers, of which the first so many are wedged."""

    def __init__(self, settings: KafkaSettings = ONE, *, wedged: int = 0) -> None:
        self.clock, self.made, self.stopped = Clock(), list[FakeProducer](), list[object]()
        self.wedged = wedged
        self.takes: Callable[[], bool] = lambda: True
        watch = PortWatch(settings.servers, lambda _server: self.takes(), self.clock)
        self.publisher = Publisher(settings, self._build, self.stopped.append, watch, self._look)

    def deliver(self, *values: str) -> None:
        self.publisher.deliver([Outgoing("t", "key", value.encode(), ()) for value in values])

    def _build(self, _settings: KafkaSettings) -> Producer:
        self.made.append(FakeProducer(len(self.made) < self.wedged))
        return self.made[-1]

    def _look(self) -> float:
        for producer in self.made:
            producer.settle()  # the client's own thread, as it were
        return self.clock()


def sent(producer: FakeProducer) -> list[bytes]:
    return [promised.value for promised in producer.taken]


def test_a_wedged_producer_is_replaced_and_what_waits_is_sent_again_in_order() -> None:
    """An outage can wedge the client for ever; the records wait here, each once, and none is lost."""
    house = House(wedged=1)

    house.deliver("a", "b", "c")

    assert [sent(producer) for producer in house.made] == [[b"a", b"b", b"c"]] * 2
    assert house.stopped == [house.made[0]]
    assert house.publisher.waiting() == 0


def test_no_producer_is_replaced_while_the_broker_is_down() -> None:
    """A rebuild in an outage would double what its predecessor still delivers, and help nothing."""
    house = House(replace(ONE, publish_within=20.0), wedged=99)
    first = iter([True])
    house.takes = lambda: next(first, False)

    with pytest.raises(StoreUnavailable, match="BUS-304"):
        house.deliver("a")

    assert (len(house.made), house.stopped) == (1, [])


@pytest.mark.parametrize(("servers", "patience"), [(("a:1",), PATIENCE), (("a:1", "b:2"), PATIENCE_OF_SEVERAL)])
def test_a_producer_has_time_to_come_back_by_itself(servers: tuple[str, ...], patience: float) -> None:
    """Among several brokers a new leader takes 8 to 13 s: patience is longer there."""
    house = House(KafkaSettings(servers, replication=1, publish_within=60.0), wedged=1)

    house.deliver("a")

    assert len(house.made) == 2
    assert house.clock.now > max(patience, STANDS)


def test_what_a_caller_gave_up_waits_once_when_he_comes_again() -> None:
    """The same record under way twice would be delivered twice."""
    house = House(replace(ONE, publish_within=2.0), wedged=1)
    for _ in range(2):
        with pytest.raises(StoreUnavailable, match="BUS-304"):
            house.deliver("a")
        assert house.publisher.waiting() == 1


@pytest.mark.parametrize("cap", [{"most_waiting": 2}, {"most_waiting_bytes": 250}])
def test_more_than_the_cap_waits_then_is_refused_by_name(cap: dict[str, int]) -> None:
    """The client itself takes records without end; a crawler must feel that the broker is away."""
    house = House(replace(ONE, publish_within=2.0, **cap), wedged=99)  # type: ignore[arg-type]  # fields of the settings

    with pytest.raises(StoreUnavailable, match="BUS-302"):
        house.deliver("a", "b", "c", "d")

    assert house.publisher.waiting() <= 2


def test_no_client_is_made_where_no_port_answers() -> None:
    """A constructor that fails leaves a thread and four descriptors behind."""
    house = House()
    house.takes = lambda: False

    with pytest.raises(StoreUnavailable, match=r"broker:9092.*BUS-301"):
        house.deliver("a")

    assert house.made == []


def test_the_sender_is_stopped_by_force_before_its_producer_is_closed() -> None:
    """`close` alone flushes first, raises, and leaves a thread that delivers later."""
    calls: list[str] = []

    class Sender:
        def force_close(self) -> None:
            calls.append("force_close")

        def join(self, _timeout: float) -> None:
            calls.append("join")

        def is_alive(self) -> bool:
            return False

    class Client:
        _sender = Sender()

        def close(self, timeout: float) -> None:
            calls.append(f"close {timeout:g}")

    stop_producer(Client())

    assert calls == ["force_close", "join", "close 0"]
