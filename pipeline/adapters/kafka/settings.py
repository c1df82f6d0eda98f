"""Where the Kafka is, who we are there, and the settings under which its client survives an outage."""

import ssl
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Options: TypeAlias = dict[str, Any]

SECOND, DAY = 1_000, 86_400_000
RETENTION, SEGMENT = 6 * DAY, DAY
"""A record ends at the latest when its segment is full (a day) and over age (six days): seven days, MECHANICS §7."""
LARGEST_RECORD = 2_000_000
"""Bytes of one record, key, value and headers; the topics are made with it."""


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """
    The brokers, the names of topics and group, and the bounds of what waits. Times are in seconds unless named `_ms`.

    `mechanism`: plain, scram-sha-256 or scram-sha-512; "" where nobody has to prove who he is. `delivery_ms` bounds
    one try of the client's producer, `publish_within` one call of `publish`; a record that neither saw acknowledged
    is published again by the caller.
    """

    servers: tuple[str, ...]
    prefix: str = "huiyin"
    group: str = "huiyin"
    partitions: int = 6
    replication: int = 3
    tls: bool = False
    mechanism: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    ca_file: str = ""
    most_waiting: int = 10_000
    most_waiting_bytes: int = 64_000_000
    most_buffered: int = 1_000
    publish_within: float = 30.0
    read_within: float = 5.0
    join_within: float = 20.0
    delivery_ms: int = 120_000
    session_ms: int = 10_000
    longest_step_ms: int = 300_000
    """How long a reader may work between two reads before its partitions go to others (it is then said in the log)."""

    @property
    def posts(self) -> str:
        """Return the topic of posts."""
        return f"{self.prefix}.posts"

    @property
    def mentions(self) -> str:
        """Return the topic of what was found for the units."""
        return f"{self.prefix}.mentions"

    @property
    def dead_letters(self) -> str:
        """Return the topic of what could not be worked."""
        return f"{self.prefix}.dead-letters"

    @property
    def named(self) -> str:
        """Return the servers as an error names them."""
        return ", ".join(self.servers)


def connection_options(settings: KafkaSettings) -> Options:
    """
    Return what every client needs: addresses, proof of who we are, and short patience.

    With the library's own back-off a client returns up to 31 s after its broker, with this one within 3.5 s.
    """
    options: Options = {
        "bootstrap_servers": list(settings.servers),
        "client_id": settings.prefix,
        "security_protocol": ("SASL_" if settings.mechanism else "") + ("SSL" if settings.tls else "PLAINTEXT"),
        "reconnect_backoff_ms": 50,
        "reconnect_backoff_max_ms": 1_000,
        "retry_backoff_ms": 100,
        "metadata_max_age_ms": 5_000,
        "bootstrap_timeout_ms": 5_000,
    }
    if settings.mechanism:
        options["sasl_mechanism"] = settings.mechanism.upper()
        options["sasl_plain_username"] = settings.user
        options["sasl_plain_password"] = settings.password
    if settings.tls:
        options["ssl_context"] = ssl.create_default_context(cafile=settings.ca_file or None)
    return options


def producer_options(settings: KafkaSettings) -> Options:
    """Return what a producer needs: each record acknowledged by all replicas in sync, in order, and once per client."""
    return connection_options(settings) | {
        "enable_idempotence": True,
        "acks": "all",
        "allow_auto_create_topics": False,
        "request_timeout_ms": 5_000,
        "max_block_ms": 5_000,
        "linger_ms": 5,
        "delivery_timeout_ms": settings.delivery_ms,
        "batch_size": 128 * 1024,
        "max_request_size": LARGEST_RECORD + 100_000,
        "metrics_enabled": False,
    }


def consumer_options(settings: KafkaSettings) -> Options:
    """Return what every consumer needs: bounded prefetching, and no commit that nobody asked for."""
    return connection_options(settings) | {
        "allow_auto_create_topics": False,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "request_timeout_ms": 15_000,
        "fetch_max_wait_ms": 500,
        "max_poll_records": 500,
        "max_partition_fetch_bytes": LARGEST_RECORD,
        "fetch_max_bytes": 8_000_000,
        "metrics_enabled": False,
    }


def member_options(settings: KafkaSettings) -> Options:
    """Return what a member of the group needs besides: a crashed member holds the others up for 10 s at most."""
    return {
        "group_id": settings.group,
        "session_timeout_ms": settings.session_ms,
        "heartbeat_interval_ms": min(2_000, settings.session_ms // 3),
        "max_poll_interval_ms": settings.longest_step_ms,
    }
