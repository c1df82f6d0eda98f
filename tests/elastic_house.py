"""An installation's indices on a real Elasticsearch: one prefix per run, emptied before each test."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack

import pytest
from elastic_transport import BaseNode

from pipeline.adapters.elastic.client import Change, Elastic
from pipeline.adapters.elastic.families import FAMILIES
from pipeline.adapters.elastic.layout import install
from pipeline.adapters.elastic.wire import ElasticSettings, Wire
from tests.elastic_guard import GuardedNode
from tests.servers import fresh_prefix

_PLAIN = tuple(one.name for one in FAMILIES if not one.in_parts)


def leave_bytes(elastic: Elastic, indices: Sequence[str]) -> None:
    """Nothing is searched for any more, while bytes may lie in files: for tests that do not ask for bytes."""
    elastic.refresh(*indices)


class ElasticHouse:
    """Opens the same indices again and again, each time as another process would."""

    def __init__(self, url: str, prefix: str) -> None:
        self.settings = ElasticSettings((url,), prefix=prefix, replicas=0)
        self._opened = ExitStack()

    def open(self, line: type[BaseNode] | None = None) -> Elastic:
        """Return a client of its own, which knows of nothing that another has read or written; `line`: how it asks."""
        elastic = Elastic(Wire(self.settings, node_class=line or GuardedNode))
        self._opened.callback(elastic.close)
        return elastic

    def empty(self) -> None:
        """No document is left of an earlier test; indices stay, since to make one takes long."""
        elastic = self.open()
        indices = (*_PLAIN, *_parts(elastic))
        elastic.refresh(*indices)
        while left := elastic.found(indices, {"size": 1_000, "query": {"match_all": {}}, "_source": False}):
            elastic.bulk([Change("delete", doc.index, doc.id) for doc in left])
            elastic.refresh(*{doc.index for doc in left})

    def close(self) -> None:
        """No connection is open."""
        self._opened.close()

    def remove(self) -> None:
        """No index and no template of the prefix is left."""
        elastic = self.open()
        for index in (*_parts(elastic), *_PLAIN):
            elastic.drop(index)
        for family in FAMILIES:
            elastic.wire.ask("DELETE", ["_index_template", elastic.name(family.name)], allow=frozenset({404}))


def _parts(elastic: Elastic) -> list[str]:
    return [part for one in FAMILIES if one.in_parts for part in elastic.parts(one.name)]


@pytest.fixture(scope="session")
def elastic_indices(elastic_address: str) -> Iterator[ElasticHouse]:
    """The indices of one run's tests, of one worker of it."""
    house = ElasticHouse(elastic_address, fresh_prefix())
    install(house.open())
    yield house
    house.remove()
    house.close()


@pytest.fixture
def elastic_house(elastic_indices: ElasticHouse) -> ElasticHouse:
    """The same indices, empty."""
    elastic_indices.empty()
    return elastic_indices
