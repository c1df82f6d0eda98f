"""Buses on a real Kafka for tests: topics of their own on a broker that many tests share, gone when the test ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from kafka import KafkaAdminClient

from pipeline.adapters.kafka.buses import KafkaBuses, open_buses
from pipeline.adapters.kafka.settings import KafkaSettings, connection_options
from tests.servers import fresh_prefix


def settings_for(address: str, *, partitions: int = 1) -> KafkaSettings:
    """Settings of an installation of its own on the brokers at host:port,host:port."""
    servers = tuple(address.split(","))
    name = fresh_prefix()
    replication = min(3, len(servers))
    return KafkaSettings(servers, prefix=name, group=name, partitions=partitions, replication=replication)


def without_topics(settings: KafkaSettings) -> None:
    """The topics of the settings are gone; those that never were are none."""
    admin = KafkaAdminClient(**connection_options(settings))
    try:
        admin.delete_topics([name for name in admin.list_topics() if name.startswith(f"{settings.prefix}.")])
    finally:
        admin.close()


class BusHouse:
    """One installation's topics, opened again and again, each time as another process would."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self.opened: list[KafkaBuses] = []

    def open(self, **changed: object) -> KafkaBuses:
        """Return both buses with clients of their own."""
        self.opened.append(open_buses(replace(self.settings, **changed)))  # type: ignore[arg-type]  # named fields
        return self.opened[-1]


@contextmanager
def bus_house(address: str, *, partitions: int = 1) -> Iterator[BusHouse]:
    """Give a house of its own; clients are closed and topics deleted in the end."""
    house = BusHouse(settings_for(address, partitions=partitions))
    try:
        yield house
    finally:
        for buses in house.opened:
            buses.close()
        if house.opened:
            without_topics(house.settings)
