"""
Every operation on Elasticsearch under every fault of the line: done exactly once, or refused by its name; never a hang.

The proxy spoils what passes between our client and the real server; another client, without it, says what is there.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from pipeline.adapters.elastic.client import Change, Elastic
from pipeline.adapters.elastic.families import FAMILIES
from pipeline.adapters.elastic.wire import ElasticSettings, Wire
from pipeline.domain.errors import StoreUnavailable
from tests import fault_proxy as faults
from tests.fault_proxy import FOREVER, Fault, FaultProxy, Reply, Request
from tests.servers import fresh_prefix

INDEX = "commands"
BEFORE = {"there": 1, "other": 1}
OLD, NEW = {"unit": "yunxi-mz", "seq": 1}, {"unit": "yunxi-mz", "seq": 2}
FULL = "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark, index has {}]"
FLOOD = FULL.format("read-only-allow-delete block")


@dataclass(frozen=True, slots=True)
class Line:
    """A client behind the proxy, and one beside it that tells what is true."""

    proxy: FaultProxy
    url: str
    truth: Elastic

    def client(self, *, request: float = 5.0, patience: float = 10.0) -> Elastic:
        """Return a client that asks through the proxy."""
        settings = ElasticSettings(
            (self.proxy.url,),
            prefix=self.truth.prefix,
            replicas=0,
            request_seconds=request,
            patience_seconds=patience,
        )
        return Elastic(Wire(settings))


@pytest.fixture(scope="module")
def truth(elastic_address: str) -> Iterator[Elastic]:
    """A client without the proxy, of an installation that has one index."""
    elastic = Elastic(Wire(ElasticSettings((elastic_address,), prefix=fresh_prefix(), replicas=0)))
    fields = next(family.fields for family in FAMILIES if family.name == INDEX)
    made = {"settings": {"number_of_replicas": 0}, "mappings": {"dynamic": "strict", "properties": fields}}
    elastic.wire.ask("PUT", [elastic.name(INDEX)], made)
    yield elastic
    elastic.drop(INDEX)
    elastic.close()


@pytest.fixture
def line(truth: Elastic) -> Iterator[Line]:
    """The real server behind a proxy; two documents are there, `there` and `other`."""
    (url,) = truth.wire.settings.urls
    left = [Change("delete", INDEX, name) for name in numbers(truth)]
    truth.bulk([*left, *(Change("create", INDEX, name, OLD) for name in BEFORE)])
    truth.refresh(INDEX)
    with FaultProxy(url) as proxy:
        yield Line(proxy, url, truth)


def numbers(elastic: Elastic) -> dict[str, int]:
    """Return id → seq of every document that is there."""
    elastic.refresh(INDEX)
    return {doc.id: doc.source["seq"] for doc in elastic.scan(INDEX, {"match_all": {}}, [{"_shard_doc": "asc"}])}


def _creates(elastic: Elastic) -> object:
    return elastic.create(INDEX, "new", NEW)


def _replaces(elastic: Elastic) -> object:
    seen = elastic.get(INDEX, "there")
    assert seen is not None
    now = elastic.replace(seen, NEW)
    return now is not None and now.seq_no > seen.seq_no and dict(now.source) == NEW


def _puts(elastic: Elastic) -> object:
    elastic.put(INDEX, "there", NEW)
    return True


def _deletes(elastic: Elastic) -> object:
    return elastic.delete(INDEX, "there")


def _bulks(elastic: Elastic) -> object:
    seen = elastic.get(INDEX, "there")
    changes = [
        Change("create", INDEX, "new", NEW),
        Change("create", INDEX, "other", NEW),
        Change("index", INDEX, "there", NEW, seen),
        Change("delete", INDEX, "nobody"),
    ]
    made = list(elastic.bulk(changes))
    return made[:3]  # what was never there may have been deleted, for all that a lost answer tells


WRITES: dict[str, tuple[Callable[[Elastic], object], str, object, dict[str, int]]] = {
    "create": (_creates, "*/_create/*", True, {**BEFORE, "new": 2}),
    "replace": (_replaces, "*/_doc/*", True, {"there": 2, "other": 1}),
    "put": (_puts, "*/_doc/*", True, {"there": 2, "other": 1}),
    "delete": (_deletes, "*/_doc/*", True, {"other": 1}),
    "bulk": (_bulks, "*/_bulk", [True, False, True], {"there": 2, "other": 1, "new": 2}),
}
READS: dict[str, tuple[Callable[[Elastic], object], str, object]] = {
    "get": (lambda e: bool(e.get(INDEX, "there")), "*/_doc/*", True),
    "get of nothing": (lambda e: e.get(INDEX, "nobody"), "*/_doc/*", None),
    "mget": (lambda e: len(e.mget([(INDEX, "there"), (INDEX, "nobody"), ("nowhere", "x")])), "*/_mget", 1),
    "search": (lambda e: len(e.found(INDEX, {"query": {"match_all": {}}})), "*/_search", 2),
    "scan opens": (lambda e: len(numbers(e)), "*/_pit", 2),
    "scan reads": (lambda e: len(numbers(e)), "/_search", 2),
    "refresh": (lambda e: len(numbers(e)), "*/_refresh", 2),
    "parts": (lambda e: e.parts("nothings"), "*/_settings", []),
}
ONCE: dict[str, Fault] = {
    "cut before": faults.cuts_before,
    "cut after": faults.cuts_after,
    "cut within the answer": faults.cuts_within,
    "429": faults.says(429, "es_rejected_execution_exception"),
    "429 with Retry-After": faults.says(429, "es_rejected_execution_exception", Retry_After="1"),
    "500": faults.says(500, "node_closed_exception"),
    "503": faults.says(503, "unavailable_shards_exception"),
    "504 after it was done": faults.says_after(504),
    "garbage after it was done": faults.garbles,
    "a page instead": faults.page(200),
    "a page that says not found": faults.page(404),
}


@pytest.mark.parametrize("fault", ONCE)
@pytest.mark.parametrize("write", WRITES)
def test_a_write_whose_line_fails_once_is_done_exactly_once(line: Line, write: str, fault: str) -> None:
    """It says that it was done, and what is there is what it would have been."""
    act, path, said, after = WRITES[write]
    method = "DELETE" if write == "delete" else "P*"
    line.proxy.spoil(ONCE[fault], method, path)
    assert act(line.client()) == said
    assert numbers(line.truth) == after
    assert line.proxy.count(method, path) == 2


@pytest.mark.parametrize("fault", ONCE)
@pytest.mark.parametrize("read", READS)
def test_a_read_whose_line_fails_once_says_the_truth(line: Line, read: str, fault: str) -> None:
    """Never that nothing is there because nobody answered."""
    act, path, said = READS[read]
    line.proxy.spoil(ONCE[fault], "*", path)
    assert act(line.client()) == said
    assert line.proxy.count("*", path) >= 2


LASTING: dict[str, tuple[Fault, str]] = {
    "cut before": (faults.cuts_before, "STO-307"),
    "cut after": (faults.cuts_after, "STO-307"),
    "429": (faults.says(429, "es_rejected_execution_exception"), "STO-302"),
    "429, come back in an hour": (faults.says(429, "circuit_breaking_exception", Retry_After="3600"), "STO-302"),
    "503": (faults.says(503, "cluster_block_exception", "blocked by: [state not recovered]"), "STO-302"),
    "disk full": (faults.says(429, "cluster_block_exception", FLOOD), "STO-303"),
    "disk full, by a 403": (
        faults.says(
            403, "cluster_block_exception", "blocked by: [FORBIDDEN/13/cluster read-only / allow delete (api)]"
        ),
        "STO-303",
    ),
    "set to read-only": (
        faults.says(403, "cluster_block_exception", "blocked by: [FORBIDDEN/5/index read-only]"),
        "STO-304",
    ),
    "no rights": (faults.says(403, "security_exception", "action is unauthorized"), "STO-305"),
    "a request that is wrong": (faults.says(400, "parsing_exception", "no"), "STO-304"),
    "garbage": (faults.garbles, "STO-306"),
    "another server": (faults.page(200, b'{"welcome": true}', "application/json"), "STO-306"),
    "another server without the thing": (faults.page(404), "STO-306"),
    "another server of its name": (faults.page(200, marked=True), "STO-306"),
}


@pytest.mark.parametrize("fault", LASTING)
@pytest.mark.parametrize("act", ["create", "bulk", "get", "mget", "search"])
def test_a_fault_that_lasts_is_refused_by_its_name(line: Line, act: str, fault: str) -> None:
    """The code is the runbook's, and the question had an end."""
    spoilt, code = LASTING[fault]
    done = (WRITES.get(act) or READS[act])[0]
    line.proxy.spoil(spoilt, times=FOREVER)
    with pytest.raises(StoreUnavailable) as refusal:
        done(line.client(patience=0.1))
    assert refusal.value.code == code


@pytest.mark.parametrize("act", ["create", "bulk", "search"])
@pytest.mark.parametrize("fault", [faults.hangs, faults.hangs_after, faults.dribbles(0.2)])
def test_an_answer_that_does_not_come_is_not_waited_for(line: Line, act: str, fault: Fault) -> None:
    """Nor one that comes a byte at a time; asked again, it is found out what happened."""
    done, path, said = (WRITES.get(act) or READS[act])[:3]
    line.proxy.spoil(fault, "*", path)
    assert done(line.client(request=1.0, patience=30.0)) == said
    line.proxy.spoil(fault, times=FOREVER)
    began = time.monotonic()
    with pytest.raises(StoreUnavailable, match="STO-307"):
        line.client(request=0.3, patience=0.1).get(INDEX, "there")
    assert time.monotonic() - began < 30  # not the time that the answer would have taken


def test_a_server_that_is_away_is_refused_and_found_again(line: Line) -> None:
    """Every connection is refused; when it is back the same client goes on."""
    client = line.client(patience=0.1)
    assert client.get(INDEX, "there")
    with line.proxy.is_away(), pytest.raises(StoreUnavailable, match="STO-307"):
        client.create(INDEX, "new", NEW)
    assert client.create(INDEX, "new", NEW)


def test_of_a_bulk_what_was_not_taken_is_sent_again_alone(line: Line) -> None:
    """Single changes of a bulk were refused for now: they are made, and the others not twice."""
    for status, error in ((429, "es_rejected_execution_exception"), (503, "unavailable_shards_exception")):
        line.proxy.spoil(faults.refuses_items(status, error, "full"), "POST", "/_bulk", times=2)
        names = [f"{status}-{number}" for number in range(7)]
        assert all(line.client().bulk([Change("create", INDEX, name, NEW) for name in names]))
        assert dict.fromkeys(names, 2).items() <= numbers(line.truth).items()


@pytest.mark.parametrize(
    ("status", "reason", "code"), [(429, "full", "STO-302"), (429, FLOOD, "STO-303"), (400, "no", "STO-304")]
)
def test_of_a_bulk_what_is_never_taken_is_refused_by_its_name(line: Line, status: int, reason: str, code: str) -> None:
    """What was taken of it stands; sent again it is found to be ours by whoever looks."""
    line.proxy.spoil(faults.refuses_items(status, "some_exception", reason), "POST", "/_bulk", times=FOREVER)
    with pytest.raises(StoreUnavailable) as refusal:
        line.client(patience=0.1).bulk([Change("create", INDEX, name, NEW) for name in ("a", "b", "c", "d")])
    assert refusal.value.code == code
    assert {"a", "c"} <= numbers(line.truth).keys()


def test_a_lost_answer_is_remembered_until_the_bulk_is_done(line: Line) -> None:
    """The answer was lost, then the server was full, then it said that the document exists: it is our own."""
    lost, full = faults.cuts_after, faults.refuses_items(429, "es_rejected_execution_exception", "full")
    tries = iter([lost, full])

    def fault(request: Request) -> Reply | Iterator[bytes]:
        return next(tries)(request)

    line.proxy.spoil(fault, "POST", "/_bulk", times=2)
    made = line.client().bulk([Change("create", INDEX, name, NEW) for name in ("a", "b")])
    assert list(made) == [True, True]


def test_a_shard_that_cannot_say_what_it_has_is_not_taken_for_empty(line: Line) -> None:
    """Of an _mget it is asked again, and refused where it stays silent."""
    silent = faults.blanks_docs("no_shard_available_action_exception", "no shard")
    line.proxy.spoil(silent, "POST", "/_mget")
    assert len(line.client().mget([(INDEX, "there")])) == 1
    line.proxy.spoil(silent, "POST", "/_mget", times=FOREVER)
    with pytest.raises(StoreUnavailable, match="STO-302"):
        line.client(patience=0.1).mget([(INDEX, "there")])


def test_what_was_written_with_a_lost_answer_is_found_by_the_next_search(line: Line) -> None:
    """A refresh that a failed write owes is made, also after a refresh that failed."""
    client = line.client(patience=0.1)
    client.fresh(INDEX)
    line.proxy.spoil(faults.cuts_after, "PUT", times=FOREVER)
    with pytest.raises(StoreUnavailable):
        client.create(INDEX, "new", NEW)
    line.proxy.spoil(faults.cuts_before, "*", "*/_refresh", times=FOREVER)
    with pytest.raises(StoreUnavailable):
        client.fresh(INDEX, within=3600.0)
    line.proxy.heal()
    client.fresh(INDEX, within=3600.0)
    assert len(client.found(INDEX, {"query": {"match_all": {}}})) == 3


def test_a_scan_that_ends_does_not_fail_with_its_farewell(line: Line) -> None:
    """Everything was read; that the server keeps the moment two minutes longer harms nobody."""
    line.proxy.spoil(faults.cuts_before, "DELETE", "/_pit", times=FOREVER)
    assert len(numbers(line.client(patience=0.1))) == 2


def test_a_node_that_is_gone_costs_no_question(line: Line) -> None:
    """Of two addresses one refuses connections: what is asked is answered by the other."""
    with FaultProxy(line.url) as gone, gone.is_away():
        settings = ElasticSettings((gone.url, line.proxy.url), prefix=line.truth.prefix, replicas=0)
        for _ in range(4):
            assert Elastic(Wire(settings)).get(INDEX, "there")


def test_a_node_that_hangs_costs_one_question_and_not_each_third(line: Line) -> None:
    """The one behind it is asked from then on."""
    with FaultProxy(line.url) as stuck:
        stuck.spoil(faults.hangs, times=FOREVER)
        settings = ElasticSettings(
            (stuck.url, line.proxy.url), prefix=line.truth.prefix, request_seconds=2.0, patience_seconds=30.0
        )
        client = Elastic(Wire(settings))
        assert [bool(client.get(INDEX, "there")) for _ in range(6)] == [True] * 6
        assert stuck.count("*", "*") <= 1


def test_a_disk_that_is_full_on_the_real_server_stops_writes_alone(line: Line) -> None:
    """Reads go on, and the end of whole indices; when the block is taken away the same client writes on."""
    client = line.client(patience=0.1)
    block = [line.truth.name(INDEX), "_settings"]
    line.truth.wire.ask("PUT", block, {"index.blocks.read_only_allow_delete": True})
    try:
        for write in (_creates, _replaces, _puts, _deletes, _bulks):
            with pytest.raises(StoreUnavailable) as refusal:
                write(client)
            assert refusal.value.code == "STO-303"
        assert client.get(INDEX, "there")
    finally:
        line.truth.wire.ask("PUT", block, {"index.blocks.read_only_allow_delete": None})
    assert client.create(INDEX, "new", NEW)
    assert numbers(line.truth) == {**BEFORE, "new": 2}
