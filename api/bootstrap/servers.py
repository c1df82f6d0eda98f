"""The servers of the cluster profile: how they are reached, and how they stand; imported where they are used."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from api.cluster_config import Cluster, Elasticsearch, Kafka
from api.notify.secret import secret_of
from pipeline.domain.errors import BadInput
from pipeline.ports import Clock, PostStore
from pipeline.ports.server import ServerFinding

if TYPE_CHECKING:
    from pipeline.adapters.elastic.client import Elastic
    from pipeline.adapters.elastic.wire import ElasticSettings
    from pipeline.adapters.kafka.settings import KafkaSettings

KAFKA_PASSWORD = "HUIYIN_KAFKA_PASSWORD"  # noqa: S105 - a variable's name
ELASTIC_PASSWORD = "HUIYIN_ELASTICSEARCH_PASSWORD"  # noqa: S105 - a variable's name
ELASTIC_KEY = "HUIYIN_ELASTICSEARCH_API_KEY"
LOOK_SECONDS = 2.0
"""How long a look at how Elasticsearch stands may take; work has more patience."""


def kafka_settings(kafka: Kafka) -> "KafkaSettings":
    """Return the brokers as their adapter takes them; raises BadInput (CFG-143) where a secret is missing."""
    from pipeline.adapters.kafka.settings import KafkaSettings

    return KafkaSettings(
        servers=kafka.servers,
        prefix=kafka.prefix,
        group=kafka.prefix,
        partitions=kafka.partitions,
        replication=kafka.replication,
        tls=kafka.security == "tls",
        mechanism=kafka.mechanism,
        user=kafka.user,
        password=_needed("kafka", KAFKA_PASSWORD, kafka.password_file) if kafka.user else "",
        ca_file=kafka.ca_file,
    )


def elastic_settings(elastic: Elasticsearch) -> "ElasticSettings":
    """Return the Elasticsearch as its adapter takes it; raises BadInput (CFG-143) where a secret is missing."""
    from pipeline.adapters.elastic.wire import ElasticSettings

    return ElasticSettings(
        urls=elastic.urls,
        prefix=elastic.prefix,
        user=elastic.user,
        password=_needed("elasticsearch", ELASTIC_PASSWORD, elastic.password_file) if elastic.user else "",
        api_key="" if elastic.user else secret_of(ELASTIC_KEY, elastic.api_key_file),
        ca_file=elastic.ca_file,
        replicas=elastic.replicas,
        snapshots=elastic.snapshots,
    )


def check_secrets(cluster: Cluster) -> str:
    """Return who asks the servers; raises BadInput (CFG-143) where a secret is missing or cannot be read."""
    kafka, elastic = kafka_settings(cluster.kafka), elastic_settings(cluster.elastic)
    proves = "an API key" if elastic.api_key else elastic.user or "nobody"
    return f"Kafka as {kafka.user or 'nobody'}, Elasticsearch as {proves}"


def open_elastic(elastic: Elasticsearch) -> "Elastic":
    """Return the documents of the installation; nothing is connected yet."""
    from pipeline.adapters.elastic.client import Elastic
    from pipeline.adapters.elastic.wire import Wire

    return Elastic(Wire(elastic_settings(elastic)))


def look_at_servers(
    cluster: Cluster, clock: Clock, posts: PostStore | None, *, is_thorough: bool = False
) -> Callable[[], Sequence[ServerFinding]]:
    """
    Return how to ask both servers how they stand, each time anew.

    `posts` knows how far the readers have come; without it nothing is said of what waits. Where the look
    `is_thorough`, it also tries whether a backup could be written.
    """
    from dataclasses import replace

    from pipeline.adapters.elastic.client import Elastic
    from pipeline.adapters.elastic.standing import examine as examine_elastic
    from pipeline.adapters.elastic.wire import Wire
    from pipeline.adapters.kafka.standing import examine as examine_kafka

    kafka = kafka_settings(cluster.kafka)
    elastic = Elastic(Wire(replace(elastic_settings(cluster.elastic), patience_seconds=LOOK_SECONDS)))

    def reached(stream: str, partition: int) -> int | None:
        position = posts.position(stream, partition) if posts else None
        return position.offset if position else None

    def look() -> Sequence[ServerFinding]:
        of_elastic = examine_elastic(elastic, clock.now, is_thorough=is_thorough)
        is_there = of_elastic[0].state != "problem"
        return [*examine_kafka(kafka, clock.now, reached if is_there and posts else None), *of_elastic]

    return look


def _needed(section: str, variable: str, file: str) -> str:
    secret = secret_of(variable, file)
    if not secret:
        sentence = f"[{section}] names a user, and no password is given; set {variable}, or name a password_file"
        raise BadInput(sentence, code="CFG-143")
    return secret
