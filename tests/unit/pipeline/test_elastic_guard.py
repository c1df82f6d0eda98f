"""What the adapter asks of Elasticsearch is of its free core; the contract suites run behind this guard."""

import json

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.wire import ElasticSettings, Wire
from tests.elastic_guard import ForbiddenRequest, GuardedNode, refuse
from tests.elastic_house import ElasticHouse

NOWHERE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("method", "target", "said"),
    [
        ("POST", "/t-posts-*/_update_by_query", {}),
        ("POST", "/t-posts-*/_delete_by_query", {"query": {"match_all": {}}}),
        ("POST", "/_reindex", {}),
        ("POST", "/t-posts/_update/p1", {"doc": {}}),
        ("PUT", "/_ilm/policy/t", {}),
        ("PUT", "/_data_stream/t", {}),
        ("PUT", "/_ingest/pipeline/t", {}),
        ("PUT", "/_scripts/t", {}),
        ("POST", "/_sql", {}),
        ("POST", "/_query", {}),
        ("GET", "/_xpack/usage", None),
        ("PUT", "/_watcher/watch/t", {}),
        ("PUT", "/_ml/anomaly_detectors/t", {}),
        ("GET", "/_security/user", None),
        ("POST", "/t-posts/_rollup/x", {}),
        ("DELETE", "/_all/_doc", None),
        ("POST", "/_bulk?pipeline=x", None),
        ("POST", "/t-posts/_search", {"query": {"script_score": {}}}),
        ("POST", "/t-posts/_search", {"aggs": {"a": {"scripted_metric": {}}}}),
        ("POST", "/t-posts/_search", {"runtime_mappings": {}}),
        ("POST", "/t-posts/_search", {"sort": [{"_script": {}}]}),
        ("PUT", "/_index_template/t", {"data_stream": {}}),
        ("PUT", "/_index_template/t", {"template": {"settings": {"index": {"lifecycle": {"name": "x"}}}}}),
        ("PUT", "/_index_template/t", {"template": {"mappings": {"properties": {"a": {"type": "semantic_text"}}}}}),
    ],
)
def test_what_must_never_be_asked_is_refused(method: str, target: str, said: object) -> None:
    """Scripts, changes by query, reindexing, lifecycles, data streams, pipelines, what is paid for."""
    with pytest.raises(ForbiddenRequest):
        refuse(method, target, None if said is None else json.dumps(said).encode())


def test_a_bulk_creates_indexes_and_deletes_only() -> None:
    """An update would be a script or a partial write whose answer, when it is lost, says nothing."""
    lines = [{"create": {"_id": "a"}}, {"post": "p"}, {"delete": {"_id": "b"}}, {"index": {"_id": "c"}}, {}]
    refuse("POST", "/_bulk", b"\n".join(json.dumps(line).encode() for line in lines))
    with pytest.raises(ForbiddenRequest, match="update"):
        refuse("POST", "/_bulk", b'{"update":{"_id":"a"}}\n{"doc":{}}\n')


def test_words_of_a_post_are_not_taken_for_requests() -> None:
    """What people write stands in values, and may name anything."""
    refuse("PUT", "/t-posts/_doc/p1", json.dumps({"body": '{"script": 1}', "id": "script"}).encode())


def test_the_guard_stands_between_the_adapter_and_the_server() -> None:
    """Nothing is sent: the address answers nobody."""
    elastic = Elastic(Wire(ElasticSettings((NOWHERE,)), node_class=GuardedNode))
    with pytest.raises(ForbiddenRequest):
        elastic.wire.ask("POST", [elastic.name("posts-*"), "_delete_by_query"], {})


def test_the_houses_of_the_contract_suites_ask_through_the_guard() -> None:
    """Who opens a store for a test without a line of his own gets this one."""
    elastic = ElasticHouse(NOWHERE, "t").open()
    with pytest.raises(ForbiddenRequest):
        elastic.wire.ask("POST", ["_reindex"], {})
