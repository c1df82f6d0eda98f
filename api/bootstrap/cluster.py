"""The stores of the cluster profile: posts travel through Kafka, everything is kept in Elasticsearch."""

from api.cluster_config import Cluster
from api.stores import Stores
from pipeline.adapters.elastic.blobs import ElasticBlobs
from pipeline.adapters.elastic.layout import install
from pipeline.adapters.elastic.log import ElasticIncidentLog
from pipeline.adapters.elastic.outbox import ElasticOutbox
from pipeline.adapters.elastic.posts import ElasticPostStore
from pipeline.adapters.elastic.records import ElasticRecords
from pipeline.adapters.elastic.sequence import Sequences
from pipeline.adapters.elastic.snapshots import Snapshots
from pipeline.adapters.elastic.tokens import ElasticPosterTokens
from pipeline.adapters.kafka.buses import open_buses
from pipeline.adapters.system_clock import SystemClock
from pipeline.domain.errors import StoreUnavailable
from pipeline.ports import Clock

from .servers import kafka_settings, open_elastic


def open_cluster_stores(cluster: Cluster, clock: Clock, *, is_restore: bool = False) -> Stores:
    """
    Return the stores of a cluster, its templates and indices made where they are missing.

    Nothing is asked of Kafka before a post is published or read. Raises BadInput (STO-310) where an index of our names
    is somebody else's, StoreUnavailable where Elasticsearch is not there, or (BAK-205) where a restore is under way and
    this is not it.
    """
    elastic = open_elastic(cluster.elastic)
    if not is_restore and Snapshots(elastic).is_restoring():
        sentence = "a restore is under way, or was cut off: nothing starts beside a half of it"
        raise StoreUnavailable(f"{sentence}; run `huiyin restore` to its end", code="BAK-205")
    install(elastic)
    buses, sequences = open_buses(kafka_settings(cluster.kafka)), Sequences(elastic)
    return Stores(
        bus=buses.posts,
        mentions=buses.mentions,
        posts=ElasticPostStore(elastic, sequences),
        log=ElasticIncidentLog(elastic, sequences),
        records=ElasticRecords(elastic, sequences),
        outbox=ElasticOutbox(elastic, sequences),
        tokens=ElasticPosterTokens(elastic),
        blobs=ElasticBlobs(elastic),
        clock=clock,
        closers=(buses.close, elastic.close),
        wall=SystemClock(),
    )
