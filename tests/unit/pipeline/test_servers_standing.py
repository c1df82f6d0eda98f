"""What is wrong with a server is told apart: each cause has a sentence of its own, with the next step and its code."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipeline.adapters.elastic.client import Elastic
from pipeline.adapters.elastic.layout import install
from pipeline.adapters.elastic.standing import examine
from pipeline.adapters.elastic.wire import ElasticSettings, Wire
from pipeline.adapters.kafka.settings import KafkaSettings
from pipeline.adapters.kafka.standing import examine as examine_kafka
from pipeline.adapters.kafka.topics import Topics
from pipeline.adapters.system_clock import SystemClock
from tests.servers import fresh_prefix

NOW = SystemClock().now
GB = 1 << 30
Answers = dict[str, tuple[int, Mapping[str, Any]]]
Serve = Callable[[Answers], str]


@pytest.fixture(name="scripted")
def a_scripted_elasticsearch() -> Iterator[Serve]:
    """A server on loopback that answers as it is told, by the beginning of the path; everything else is empty."""
    servers: list[ThreadingHTTPServer] = []

    def serve(answers: Answers) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                known = [told for path, told in answers.items() if self.path.split("?")[0] == path]
                status, body = known[0] if known else (200, WELL.get(self.path.split("?")[0], {}))
                said = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("x-elastic-product", "Elasticsearch")
                self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            do_POST = do_PUT = do_GET  # noqa: N815 - the library's names

            def log_message(self, *_said: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def node(free: int, ahead: int = 0) -> Mapping[str, Any]:
    stats = {"name": "es-1", "fs": {"total": {"total_in_bytes": 1000 * GB, "available_in_bytes": free * GB}}}
    return {"nodes": {"n1": {**stats, "jvm": {"timestamp": NOW() + ahead}}}}


WELL: Mapping[str, Any] = {
    "/": {"version": {"number": "9.5.3"}},
    "/_cluster/health/huiyin-*": {"indices": {}, "number_of_data_nodes": 1},
    "/_nodes/stats/fs": node(free=500),
    "/_nodes/stats/jvm": node(free=500),
}


def elastic(url: str, prefix: str = "huiyin", **given: Any) -> Elastic:
    return Elastic(Wire(ElasticSettings((url,), prefix=prefix, patience_seconds=0.3, **given)))


def told(url: str, **given: Any) -> str:
    return "\n".join(found.says for found in examine(elastic(url, **given), NOW) if found.state != "well")


def test_an_address_where_nothing_listens() -> None:
    """The address is named, and nothing else is said: one cause, one sentence."""
    (found,) = examine(elastic("http://127.0.0.1:1"), NOW)

    assert (found.state, "127.0.0.1:1 cannot be reached" in found.says, "[STO-307]" in found.says) == (
        "problem", True, True,
    )  # fmt: skip


def test_a_wrong_password_names_the_user_and_not_the_password(scripted: Serve) -> None:
    """Who is refused, and what to check."""
    refused = {"error": {"type": "security_exception", "reason": "unable to authenticate user [huiyin]"}, "status": 401}
    said = told(scripted({"/": (401, refused)}), user="huiyin", password="a wrong secret")

    assert "refuses user huiyin" in said
    assert "[STO-305]" in said
    assert "a wrong secret" not in said


def test_an_index_that_lost_every_copy_is_told_from_one_that_lacks_a_copy(scripted: Serve) -> None:
    """Red keeps Huiyin from its work, yellow does not yet."""
    health = {
        "number_of_data_nodes": 1,
        "indices": {"huiyin-log": {"status": "red"}, "huiyin-heads": {"status": "yellow"}},
    }
    both = scripted({"/_cluster/health/huiyin-*": (200, health)})
    yellow = {**health, "indices": {"huiyin-heads": {"status": "yellow"}}}
    one = scripted({"/_cluster/health/huiyin-*": (200, yellow)})

    assert "without any living copy: huiyin-log; bring their nodes back" in told(both)
    assert "[STO-312]" in told(one)
    assert "[STO-311]" not in told(one)


@pytest.mark.parametrize(
    ("free", "marks", "sentence"),
    [
        (500, {}, ""),
        (120, {}, "low watermark"),
        (90, {}, "high watermark"),
        (40, {}, "flood stage"),
        (120, {"low": "10gb", "high": "5gb", "flood_stage": "1gb"}, ""),
        (120, {"low": "80%", "high": "95%", "flood_stage": "97%"}, "low watermark"),
        (30, {"low": "0.9", "high": "0.96", "flood_stage": "0.99"}, "high watermark"),
    ],
)
def test_a_disk_is_measured_as_elasticsearch_measures_it(
    free: int, marks: dict[str, str], sentence: str, scripted: Serve
) -> None:
    """By size, percentage, ratio or the shipped marks with their headroom; of 1,000 GB so many are free."""
    keys = {f"cluster.routing.allocation.disk.watermark.{name}": value for name, value in marks.items()}
    said = told(scripted({"/_nodes/stats/fs": (200, node(free)), "/_cluster/settings": (200, {"persistent": keys})}))

    assert ("[STO-313]" in said, sentence in said) == (bool(sentence), True)


def test_a_node_whose_clock_is_off_is_named(scripted: Serve) -> None:
    """Leases go by clocks."""
    said = told(scripted({"/_nodes/stats/jvm": (200, node(500, ahead=60_000))}))

    assert "the clock of node es-1 is 60" in said
    assert "ahead of this machine's; set both by chrony or ntpd [CLK-101]" in said


def test_an_old_server_is_told(scripted: Serve) -> None:
    """Before a strange refusal is."""
    assert "version 7.17.0 is not one that Huiyin was tried on" in told(
        scripted({"/": (200, {"version": {"number": "7.17.0"}})})
    )


def test_a_snapshot_repository_that_is_not_there_is_told_from_none_named(scripted: Serve) -> None:
    """One is registered, the other named first."""
    url = scripted({"/_snapshot/backups": (404, {"error": {"reason": "missing"}, "status": 404})})

    assert "[BAK-201]" in told(url)
    assert "there is no snapshot repository backups" in told(url, snapshots="backups")


def test_a_real_elasticsearch_tells_what_is_missing_and_what_is_foreign(elastic_address: str) -> None:
    """With an index of somebody else's under our name, and without it once Huiyin has started."""
    ours = elastic(elastic_address, fresh_prefix(), replicas=0)
    ours.wire.ask("PUT", [f"{ours.prefix}-log"], {"mappings": {"properties": {"unit": {"type": "text"}}}})
    foreign = told(elastic_address, prefix=ours.prefix)
    ours.drop("log")
    install(ours)
    after = told(elastic_address, prefix=ours.prefix)
    ours.wire.ask("DELETE", [",".join(sorted(_indices(ours)))])

    assert f"index {ours.prefix}-log was not made by Huiyin; choose another [elasticsearch] prefix" in foreign
    assert f"missing: {ours.prefix}-heads" in foreign
    assert "STO-315" not in after


def _indices(ours: Elastic) -> list[str]:
    return list(ours.wire.ask("GET", [f"{ours.prefix}-*", "_settings"]).body)


def test_a_kafka_where_nothing_listens_is_told_from_something_else_that_does(elastic_address: str) -> None:
    """A wrong port is the commonest mistake of all."""
    nobody = examine_kafka(KafkaSettings(servers=("127.0.0.1:1",)), NOW)
    strange = examine_kafka(KafkaSettings(servers=(elastic_address.removeprefix("http://"),)), NOW)

    assert [found.says[-9:] for found in (*nobody, *strange)] == ["[BUS-301]", "[BUS-318]"]


def test_a_real_kafka_tells_its_topics_and_what_waits(kafka_address: str) -> None:
    """Missing, then made; what the store does not answer for yet is counted for each partition."""
    settings = KafkaSettings(
        servers=tuple(kafka_address.split(",")), prefix=fresh_prefix(), partitions=2, replication=1
    )
    before = examine_kafka(settings, NOW, lambda _stream, _partition: None)
    Topics(settings).ensure()
    after = examine_kafka(settings, NOW, lambda _stream, _partition: None)

    assert sum("[BUS-310]" in found.says for found in before) == 3
    assert {found.state for found in after} == {"well"}
    assert f"waiting in {settings.posts}, by partition: none" in {found.says for found in after}
