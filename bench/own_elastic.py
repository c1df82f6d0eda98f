"""An Elasticsearch for a measurement: the one that is named, else one of our own that is gone afterwards."""

import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from deploy.servers.cluster import Servers
from deploy.servers.plan import Wish
from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.families import FAMILIES
from pipeline.adapters.elastic.layout import install
from pipeline.adapters.elastic.wire import ElasticSettings, Wire

PATIENCE_SECONDS = 300.0


@contextmanager
def own_elastic(url: str, version: str = "9.5.3") -> Iterator[Elastic]:
    """Give fresh indices; they are removed afterwards, and so is a server that was started for them."""
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as folder:
        servers = Servers(Path(folder))
        if not url:
            servers.up(Wish(elastic=version, for_figures=True))
        try:
            with fresh_indices(url or servers.elastic_url) as elastic:
                yield elastic
        finally:
            if not url:
                servers.stop_all()


@contextmanager
def fresh_indices(url: str) -> Iterator[Elastic]:
    """Give the indices of an installation that nobody else has; they are removed afterwards."""
    prefix = f"bench{secrets.token_hex(4)}"
    settings = ElasticSettings(
        (url,), prefix=prefix, replicas=0, request_seconds=PATIENCE_SECONDS, patience_seconds=PATIENCE_SECONDS
    )
    with closing(Elastic(Wire(settings))) as elastic:
        install(elastic)
        try:
            yield elastic
        finally:
            _remove(elastic)


def _remove(elastic: Elastic) -> None:
    for family in FAMILIES:
        for index in elastic.parts(family.name) if family.in_parts else [family.name]:
            elastic.drop(index)
        elastic.wire.ask("DELETE", ["_index_template", elastic.name(family.name)], allow=frozenset({404}))
